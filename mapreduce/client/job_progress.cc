#include "mapreduce/client/job_progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "mapreduce/model/counters.h"

namespace tusk::mapreduce {

namespace {

constexpr int64_t kQuietMs = 1000;
constexpr int kBarWidth = 22;

std::string Tasks(const proto::TaskCountsProto& counts, std::string_view noun) {
  return fmt::format("{}+{}/{} {}", counts.succeeded(), counts.running(), counts.total(), noun);
}

/// "2.5e+06 records/s", from the counters that came with the state; empty when nothing is known yet
/// or the maps are done.
std::string RateOf(const proto::JobStatusProto& status, int64_t elapsed_ms) {
  constexpr int kRecords = static_cast<int>(BuiltinCounter::kMapInputRecords);
  const auto& builtin = status.counters().builtin();
  if (elapsed_ms <= 0 || builtin.size() <= kRecords || builtin.Get(kRecords) <= 0 ||
      status.maps().succeeded() == status.maps().total()) {
    return "";
  }
  return fmt::format("  {:.3g} records/s", static_cast<double>(builtin.Get(kRecords)) * 1000 /
                                               static_cast<double>(elapsed_ms));
}

}  // namespace

JobProgress::JobProgress() : terminal_(isatty(STDERR_FILENO) != 0) {}

std::string HadoopProgressLine(const proto::JobStatusProto& status) {
  return fmt::format(" map {}% reduce {}%", static_cast<int>(status.maps().progress() * 100),
                     static_cast<int>(status.reduces().progress() * 100));
}

std::string TerminalProgressLine(const proto::JobStatusProto& status, int64_t elapsed_ms) {
  const bool reduces = status.reduces().total() > 0;
  const double progress = reduces ? (status.maps().progress() + status.reduces().progress()) / 2.0
                                  : status.maps().progress();
  const int filled = std::clamp(static_cast<int>(progress * kBarWidth), 0, kBarWidth);
  std::string bar(static_cast<size_t>(filled), '=');
  if (filled < kBarWidth) bar += '>';
  bar.resize(kBarWidth, ' ');
  std::string line = fmt::format(" {}  [{}] {:3} %  {}", status.name(), bar,
                                 static_cast<int>(progress * 100), Tasks(status.maps(), "maps"));
  if (reduces) line += "  " + Tasks(status.reduces(), "reduces");
  const uint32_t failed = status.maps().failed_attempts() + status.reduces().failed_attempts();
  if (failed > 0) line += fmt::format("  {} failed attempts", failed);
  line += RateOf(status, elapsed_ms);
  return line + fmt::format("  {:.1f} s", static_cast<double>(elapsed_ms) / 1000);
}

void JobProgress::Show(const proto::JobStatusProto& status, int64_t elapsed_ms) {
  if (elapsed_ms < kQuietMs) return;
  if (terminal_) {
    fmt::print(stderr, "\r{}\033[K", TerminalProgressLine(status, elapsed_ms));
    drawn_ = true;
  } else {
    std::string line = HadoopProgressLine(status);
    if (line == last_) return;
    fmt::print(stderr, "{}\n", line);
    last_ = std::move(line);
  }
  std::fflush(stderr);
}

void JobProgress::End() {
  if (drawn_) fmt::print(stderr, "\r\033[K");
  drawn_ = false;
  std::fflush(stderr);
}

}  // namespace tusk::mapreduce

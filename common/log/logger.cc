#include "common/log/logger.h"

#include <algorithm>
#include <deque>
#include <memory>

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <strings.h>

#include "common/base/mutex.h"

namespace tusk {

namespace internal {
std::atomic<LogLevel> log_level{LogLevel::kInfo};
}  // namespace internal

namespace {

constexpr size_t kRecentLines = 1000;
/// A line is cut here: an event that prints a hostile name must not fill the disk.
constexpr size_t kMaxTextBytes = 16 * 1024;
constexpr std::string_view kLevelNames[] = {"DEBUG", "INFO", "WARN", "ERROR", "OFF"};
/// Hadoop's layout: comma before the milliseconds, level padded to five.
constexpr char kPattern[] = "%Y-%m-%d %H:%M:%S,%e %v";

/// Keeps the last lines for the logs page. spdlog holds the sink's lock around each call.
class RecentLinesSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  std::vector<std::string> Last(size_t max_lines) {
    std::lock_guard<std::mutex> lock(mutex_);
    const size_t n = std::min(max_lines, lines_.size());
    return {lines_.end() - static_cast<ptrdiff_t>(n), lines_.end()};
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    while (text.size() > 0 && text[text.size() - 1] == '\n') text.resize(text.size() - 1);
    if (lines_.size() == kRecentLines) lines_.pop_front();
    lines_.emplace_back(text.data(), text.size());
  }
  void flush_() override {}

  std::deque<std::string> lines_;
};

/// Where the process's lines go.
struct Log {
  std::shared_ptr<RecentLinesSink> recent = std::make_shared<RecentLinesSink>();
  Mutex mutex;
  std::shared_ptr<spdlog::logger> logger GUARDED_BY(mutex);
  std::chrono::steady_clock::time_point last_flush GUARDED_BY(mutex);
};

std::shared_ptr<spdlog::logger> MakeLogger(Log& log, const LogOptions& options) {
  std::vector<spdlog::sink_ptr> sinks = {log.recent};
  if (options.to_stderr) sinks.push_back(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  if (!options.file.empty()) {
    sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
        options.file, std::max<uint64_t>(options.max_file_bytes, 1024),
        static_cast<size_t>(std::clamp(options.max_files, 1, 1000))));
  }
  auto logger = std::make_shared<spdlog::logger>("tusk", sinks.begin(), sinks.end());
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::err);
  logger->set_pattern(kPattern);
  // A full disk must not stop the program, and complaining about it must not fill stderr.
  logger->set_error_handler([](const std::string&) {});
  return logger;
}

/// Never destroyed: threads may log until the very end.
Log& TheLog() {
  static Log* const log = new Log;
  return *log;
}

std::shared_ptr<spdlog::logger> CurrentLogger() {
  Log& log = TheLog();
  MutexLock lock(log.mutex);
  if (log.logger == nullptr) log.logger = MakeLogger(log, LogOptions());
  return log.logger;
}

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

/// One event, one line: control characters of a text are written escaped.
void AppendOneLine(std::string_view text, std::string& out) {
  for (const char c : text.substr(0, kMaxTextBytes)) {
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  if (text.size() > kMaxTextBytes) out += "...";
}

}  // namespace

std::string_view LogLevelName(LogLevel level) { return kLevelNames[static_cast<size_t>(level)]; }

Result<LogLevel> ParseLogLevel(std::string_view text) {
  for (size_t i = 0; i < std::size(kLevelNames); ++i) {
    if (text.size() == kLevelNames[i].size() &&
        strncasecmp(text.data(), kLevelNames[i].data(), text.size()) == 0) {
      return static_cast<LogLevel>(i);
    }
  }
  return Status::Error(StatusCode::kInvalidArgument,
                       "no log level \"{}\": expected DEBUG, INFO, WARN, ERROR or OFF", text);
}

Status SetUpLog(const LogOptions& options) {
  Log& log = TheLog();
  std::shared_ptr<spdlog::logger> logger;
  try {
    logger = MakeLogger(log, options);
  } catch (const std::exception& error) {
    return Status::Error(StatusCode::kIoError, "open log file {}: {}", options.file, error.what());
  }
  MutexLock lock(log.mutex);
  if (log.logger != nullptr) log.logger->flush();
  log.logger = std::move(logger);
  internal::log_level.store(options.level, std::memory_order_relaxed);
  return Status();
}

void SetLogLevel(LogLevel level) { internal::log_level.store(level, std::memory_order_relaxed); }

std::vector<std::string> RecentLogLines(size_t max_lines) {
  return TheLog().recent->Last(max_lines);
}

void FlushLog() { CurrentLogger()->flush(); }

namespace internal {

void WriteLog(LogLevel level, std::string_view module, fmt::string_view format,
              fmt::format_args args) {
  std::string line = fmt::format("{:<5} {}: ", LogLevelName(level), module);
  AppendOneLine(fmt::vformat(format, args), line);
  std::shared_ptr<spdlog::logger> logger = CurrentLogger();
  logger->log(SpdlogLevel(level), spdlog::string_view_t(line.data(), line.size()));
  const auto now = std::chrono::steady_clock::now();
  Log& log = TheLog();
  bool flush = false;
  {
    MutexLock lock(log.mutex);
    flush = now - log.last_flush >= std::chrono::seconds(1);
    if (flush) log.last_flush = now;
  }
  if (flush) logger->flush();
}

}  // namespace internal

}  // namespace tusk

#include "dfs/namenode/ops/safe_mode.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "common/log/logger.h"

namespace tusk::dfs::namenode {

SafeMode::SafeMode(SafeModeOptions options, const Clock& clock,
                   std::function<SafeModeCounts()> counts, std::function<void(bool)> on_change)
    : options_(std::move(options)),
      clock_(clock),
      counts_(std::move(counts)),
      on_change_(std::move(on_change)) {}

uint64_t SafeMode::Needed(const SafeModeCounts& counts) const {
  return static_cast<uint64_t>(
      std::floor(static_cast<double>(counts.total_blocks) * options_.threshold));
}

bool SafeMode::ThresholdsMet(const SafeModeCounts& counts) const {
  return options_.threshold <= 1.0 && counts.safe_blocks >= Needed(counts) &&
         counts.live_datanodes >= options_.min_datanodes;
}

void SafeMode::Start() {
  const SafeModeCounts counts = counts_();
  LOG_INFO("safemode", "started blocks={} needed={} min_datanodes={}", counts.total_blocks,
           Needed(counts), options_.min_datanodes);
  Check();
}

void SafeMode::Check() {
  if (!IsOn()) return;
  const SafeModeCounts counts = counts_();
  {
    MutexLock lock(mutex_);
    if (state_ != State::kWaiting && state_ != State::kExtension) return;
    if (!ThresholdsMet(counts)) {
      state_ = State::kWaiting;
      return;
    }
    const auto now = clock_.SteadyNow();
    if (state_ == State::kWaiting) {
      state_ = State::kExtension;
      reached_ = now;
    }
    const bool all_reported = counts.safe_blocks >= counts.total_blocks;
    if (!all_reported && now - reached_ < options_.extension) return;
    // A namespace that is older than the disks: a person has to decide.
    if (counts.blocks_in_future > 0) return;
    state_ = State::kOff;
    on_.store(false, std::memory_order_release);
  }
  LOG_INFO("safemode", "left blocks={} reported={} datanodes={}", counts.total_blocks,
           counts.safe_blocks, counts.live_datanodes);
  on_change_(false);
}

bool SafeMode::IsOn() const { return on_.load(std::memory_order_acquire); }

void SafeMode::Enter() {
  {
    MutexLock lock(mutex_);
    state_ = State::kManual;
    if (on_.exchange(true)) return;
  }
  LOG_INFO("safemode", "entered by an administrator");
  on_change_(true);
}

bool SafeMode::Leave(bool force) {
  if (!force && counts_().blocks_in_future > 0) return false;
  {
    MutexLock lock(mutex_);
    state_ = State::kOff;
    if (!on_.exchange(false)) return true;
  }
  LOG_INFO("safemode", "left by an administrator");
  on_change_(false);
  return true;
}

std::string SafeMode::Tip() const {
  const SafeModeCounts counts = counts_();
  State state;
  Clock::SteadyTime reached;
  {
    MutexLock lock(mutex_);
    state = state_;
    reached = reached_;
  }
  if (state == State::kOff) return "Safe mode is OFF.";
  if (state == State::kManual) {
    return "It was turned on manually. Use \"hdfs dfsadmin -safemode leave\" to turn safe mode "
           "off.";
  }
  const uint64_t needed = Needed(counts);
  const double percent = counts.total_blocks == 0
                             ? 100.0
                             : 100.0 * static_cast<double>(counts.safe_blocks) /
                                   static_cast<double>(counts.total_blocks);
  std::string tip;
  if (counts.safe_blocks < needed) {
    tip = fmt::format(
        "The reported blocks {} needs additional {} blocks to reach the threshold {:.4f} of total "
        "blocks {} ({:.1f}% reported). ",
        counts.safe_blocks, needed - counts.safe_blocks, options_.threshold, counts.total_blocks,
        percent);
  } else {
    tip = fmt::format(
        "The reported blocks {} has reached the threshold {:.4f} of total blocks {} ({:.1f}% "
        "reported). ",
        counts.safe_blocks, options_.threshold, counts.total_blocks, percent);
  }
  if (counts.live_datanodes < options_.min_datanodes) {
    tip += fmt::format(
        "The number of live datanodes {} needs an additional {} live datanodes to reach the "
        "minimum number {}. ",
        counts.live_datanodes, options_.min_datanodes - counts.live_datanodes,
        options_.min_datanodes);
  } else if (options_.min_datanodes > 0) {
    tip += fmt::format("The number of live datanodes {} has reached the minimum number {}. ",
                       counts.live_datanodes, options_.min_datanodes);
  } else {
    tip += "The minimum number of live datanodes is not required. ";
  }
  if (counts.blocks_in_future > 0) {
    return tip + fmt::format(
                     "{} blocks on datanodes are newer than this namespace; leave safe "
                     "mode by force only if that data may be lost.",
                     counts.blocks_in_future);
  }
  if (state == State::kWaiting) {
    return tip +
           "Safe mode will be turned off automatically once the thresholds have been reached.";
  }
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(
      options_.extension - (clock_.SteadyNow() - reached));
  return tip + fmt::format(
                   "In safe mode extension. Safe mode will be turned off automatically in "
                   "{} seconds.",
                   std::max<int64_t>(0, left.count()));
}

Status SafeMode::CheckWritable(std::string_view what, std::string_view path) const {
  if (!IsOn()) [[likely]]
    return Status::Ok();
  return Status::Error(StatusCode::kSafeMode,
                       "{}{}. Name node is in safe mode.\n{} "
                       "NamenodeHostName:{}",
                       what, path, Tip(), options_.host_name);
}

}  // namespace tusk::dfs::namenode

#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/mutex.h"
#include "common/base/status.h"
#include "common/time/clock.h"
#include "dfs/namenode/blocks/block_manager.h"

namespace tusk::dfs::namenode {

/// Hadoop's dfs.namenode.safemode.*.
struct SafeModeOptions {
  double threshold = 0.999;  ///< part of the blocks that must have enough replicas; > 1: never
  std::chrono::milliseconds extension{30'000};
  uint32_t min_datanodes = 0;
  std::string host_name;  ///< named in refusals
};

/// The time after a start in which the namespace is read-only and no datanode is told to copy or
/// delete, because reports of blocks are still coming in (Hadoop's BlockManagerSafeMode).
///
/// It ends by itself: when the threshold of blocks and datanodes has been reached and the
/// extension has passed, at once when there are no blocks, and without the rest of the extension
/// when every block has been reported. An administrator may enter and leave it at will; then it
/// stays until told. Thread-safe.
class SafeMode {
 public:
  /// `counts` says how far the reports are; `on_change(on)` is called, with no lock held, when
  /// safe mode was entered or left. `clock` must outlive this object.
  SafeMode(SafeModeOptions options, const Clock& clock, std::function<SafeModeCounts()> counts,
           std::function<void(bool on)> on_change);

  /// Begins, when the blocks of the namespace are known; leaves at once if nothing is missing.
  void Start();
  /// Looks whether it can end; to be called about every second, and after reports.
  void Check();

  bool IsOn() const;
  /// By an administrator: stays on until Leave.
  void Enter();
  /// False when it must stay: blocks from the future were reported and `force` is not set.
  bool Leave(bool force);

  /// Ok when changes are allowed, else kSafeMode with Hadoop's sentences: `what` and `path`, what
  /// is missing, and when it will end.
  Status CheckWritable(std::string_view what, std::string_view path) const;
  /// Hadoop's tip: how many blocks are reported, needed, and in which part.
  std::string Tip() const;

 private:
  enum class State : uint8_t { kOff, kWaiting, kExtension, kManual };

  bool ThresholdsMet(const SafeModeCounts& counts) const;
  uint64_t Needed(const SafeModeCounts& counts) const;

  const SafeModeOptions options_;
  const Clock& clock_;
  const std::function<SafeModeCounts()> counts_;
  const std::function<void(bool)> on_change_;
  mutable Mutex mutex_;
  State state_ GUARDED_BY(mutex_) = State::kWaiting;
  Clock::SteadyTime reached_ GUARDED_BY(mutex_);
  std::atomic<bool> on_{true};
};

}  // namespace tusk::dfs::namenode

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/status.h"

namespace tusk::mapreduce {

/// The engine's own counters. Names and groups are Hadoop's (org.apache.hadoop.mapreduce
/// TaskCounter, JobCounter, FileInputFormatCounter, FileOutputFormatCounter), since scripts and
/// people know them; GC_TIME_MILLIS has no meaning here and is not kept.
enum class BuiltinCounter : uint8_t {
  // TaskCounter
  kMapInputRecords,
  kMapOutputRecords,
  kMapOutputBytes,
  kMapOutputMaterializedBytes,
  kSplitRawBytes,
  kCombineInputRecords,
  kCombineOutputRecords,
  kReduceInputGroups,
  kReduceShuffleBytes,
  kReduceInputRecords,
  kReduceOutputRecords,
  kSpilledRecords,
  kShuffledMaps,
  kFailedShuffle,
  kMergedMapOutputs,
  kCpuMilliseconds,
  kPhysicalMemoryBytes,
  // JobCounter
  kTotalLaunchedMaps,
  kTotalLaunchedReduces,
  kNumFailedMaps,
  kNumFailedReduces,
  kNumKilledMaps,
  kNumKilledReduces,
  kDataLocalMaps,
  kRackLocalMaps,
  kOtherLocalMaps,
  kMillisMaps,
  kMillisReduces,
  // FileInputFormatCounter, FileOutputFormatCounter
  kBytesRead,
  kBytesWritten,
  kCount,
};
inline constexpr size_t kBuiltinCounterCount = static_cast<size_t>(BuiltinCounter::kCount);

/// How a built-in counter is shown.
struct BuiltinCounterName {
  std::string_view group;          // "org.apache.hadoop.mapreduce.TaskCounter"
  std::string_view group_display;  // "Map-Reduce Framework"
  std::string_view name;           // "MAP_INPUT_RECORDS"
  std::string_view display;        // "Map input records"
};
const BuiltinCounterName& NameOf(BuiltinCounter counter);

/// Named sums: the built-in ones in an array, the user's by group and name.
///
/// Merging adds (kPhysicalMemoryBytes keeps the greatest: the peak of a task). Bounded: at most
/// kMaxUserCounters names of at most kMaxNameBytes each; what goes beyond is refused, and counted
/// in no other name. A plain value: one thread at a time.
class Counters {
 public:
  static constexpr size_t kMaxUserCounters = 120;  // mapreduce.job.counters.max
  static constexpr size_t kMaxNameBytes = 128;

  void Add(BuiltinCounter counter, int64_t amount) {
    builtin_[static_cast<size_t>(counter)] += amount;
  }
  void Set(BuiltinCounter counter, int64_t value) {
    builtin_[static_cast<size_t>(counter)] = value;
  }
  int64_t Get(BuiltinCounter counter) const { return builtin_[static_cast<size_t>(counter)]; }

  /// Adds to a user counter. Fails with kTooLarge for a name or number of names over the bound,
  /// with kInvalidArgument for an empty name.
  Status Add(std::string_view group, std::string_view name, int64_t amount);
  /// The sum of a user counter or of a built-in one by its names; 0 when nobody counted.
  int64_t Get(std::string_view group, std::string_view name) const;

  /// Adds everything of `other`. User counters beyond the bound are left out.
  void Merge(const Counters& other);

  /// Calls `visit(group, group_display, name, display, value)` for each counter that is not zero
  /// (and for each user counter): built-in ones in order of declaration, then the user's by name.
  using Visitor =
      std::function<void(std::string_view group, std::string_view group_display,
                         std::string_view name, std::string_view display, int64_t value)>;
  void ForEach(const Visitor& visit) const;
  /// Calls `visit(group, name, value)` for each user counter, by name.
  using UserVisitor =
      std::function<void(std::string_view group, std::string_view name, int64_t value)>;
  void ForEachUser(const UserVisitor& visit) const;

  friend bool operator==(const Counters&, const Counters&) = default;

 private:
  std::array<int64_t, kBuiltinCounterCount> builtin_{};
  std::map<std::pair<std::string, std::string>, int64_t> user_;
};

}  // namespace tusk::mapreduce

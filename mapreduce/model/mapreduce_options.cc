#include "mapreduce/model/mapreduce_options.h"

#include <array>

namespace tusk::mapreduce {

std::span<const OptionBase* const> MapreduceOptions() {
  static constexpr std::array<const OptionBase*, 20> kAll = {
      &kJobtrackerAddress, &kJobtrackerHttpAddress, &kJobtrackerDir,      &kStagingRoot,
      &kTrackerExpiry,     &kTrackerHeartbeat,      &kNodeWait,           &kRackWait,
      &kReduceSlowstart,   &kRetainedJobs,          &kTrackerHttpAddress, &kShuffleAddress,
      &kTrackerHostname,   &kTrackerRack,           &kMapSlots,           &kReduceSlots,
      &kLocalDirs,         &kTaskTimeout,           &kKeepProcesses,      &kProgramCacheBytes};
  return kAll;
}

}  // namespace tusk::mapreduce

#include "mapreduce/client/job_options.h"

#include <array>

namespace tusk::mapreduce {

std::span<const OptionBase* const> JobOptions() {
  static constexpr std::array<const OptionBase*, 10> kAll = {
      &kSortBufferMebibytes, &kSortFactor,   &kReduces,      &kPriority, &kMapMaxAttempts,
      &kMapOutputCodec,      &kSplitMaxSize, &kSplitMinSize, &kLocalDir, &kLocalThreads};
  return kAll;
}

}  // namespace tusk::mapreduce

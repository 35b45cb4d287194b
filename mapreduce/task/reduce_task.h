#pragma once

#include <cstdint>
#include <memory>

#include "common/base/result.h"
#include "mapreduce/sort/spill_file.h"
#include "mapreduce/task/map_task.h"

namespace tusk::mapreduce {

/// One map's records for one reduce.
struct FetchedSegment {
  uint32_t map_index = 0;
  uint64_t stored_bytes = 0;
  std::unique_ptr<SegmentSource> source;
};

/// Where a reduce gets its input from: local files, or the shuffle. Called from the task's thread.
class MapOutputSource {
 public:
  virtual ~MapOutputSource() = default;
  /// The next segment that has arrived, in any order; waits for it. One without a source when all
  /// maps have been seen. A map whose segment is empty may be left out.
  virtual Result<FetchedSegment> Next() = 0;
};

/// Takes the segments, merges, groups, reduces, writes, and commits after the reporter's
/// permission. Values of a key come in the order of maps, in whatever order they arrived. What was
/// committed, for the manifest. Otherwise as RunMapTask; `request.split` is not used.
Result<TaskOutput> RunReduceTask(const TaskRequest& request, MapOutputSource& source,
                                 Counters* counters);

}  // namespace tusk::mapreduce

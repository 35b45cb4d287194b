#pragma once

#include <map>
#include <set>
#include <string>

#include "common/base/mutex.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "dfs/model/located_block.h"

namespace tusk::dfs {

/// Which replica of a block to read: the nearest that did not fail lately. The namenode's order is
/// the order of distance; nodes that failed this client in the last minute come last, so that one
/// dead node costs one timeout and not one for each block. Thread-safe.
class ReplicaSelector {
 public:
  explicit ReplicaSelector(const Clock& clock) : clock_(clock) {}

  /// The place to try next; nullptr when all are in `tried` (uuids). Valid as long as `block`.
  const ReplicaLocation* Choose(const LocatedBlock& block, const std::set<std::string>& tried);

  void ReportFailure(const std::string& uuid);
  void ReportSuccess(const std::string& uuid);

 private:
  const Clock& clock_;
  Mutex mutex_;
  std::map<std::string, Deadline> failed_ GUARDED_BY(mutex_);  // until when, by uuid
};

}  // namespace tusk::dfs

#include "dfs/client/replica_selector.h"

#include <chrono>

namespace tusk::dfs {
namespace {

constexpr std::chrono::seconds kMemory{60};

}  // namespace

const ReplicaLocation* ReplicaSelector::Choose(const LocatedBlock& block,
                                               const std::set<std::string>& tried) {
  MutexLock lock(mutex_);
  const ReplicaLocation* last_resort = nullptr;
  for (const ReplicaLocation& location : block.locations) {
    const std::string& uuid = location.datanode.id.uuid;
    if (tried.contains(uuid)) continue;
    const auto failed = failed_.find(uuid);
    if (failed == failed_.end()) return &location;
    if (failed->second.Expired(clock_)) {
      failed_.erase(failed);
      return &location;
    }
    if (last_resort == nullptr) last_resort = &location;
  }
  return last_resort;
}

void ReplicaSelector::ReportFailure(const std::string& uuid) {
  MutexLock lock(mutex_);
  failed_.insert_or_assign(uuid, Deadline::After(clock_, kMemory));
}

void ReplicaSelector::ReportSuccess(const std::string& uuid) {
  MutexLock lock(mutex_);
  failed_.erase(uuid);
}

}  // namespace tusk::dfs

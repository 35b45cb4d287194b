#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "common/base/mutex.h"
#include "dfs/datanode/storage/live_replica.h"
#include "dfs/datanode/storage/replica.h"

namespace tusk::dfs::datanode {

/// What a datanode knows about one of its replicas. The files are in the volume's directory of the
/// state (of recovered_from while under recovery).
struct Replica {
  Block block;  ///< length: of a replica that grows see `live`
  ReplicaState state = ReplicaState::kFinalized;
  ReplicaState recovered_from = ReplicaState::kFinalized;
  uint32_t volume = 0;
  GenerationStamp recovery_id;
  std::shared_ptr<LiveReplica> live;  ///< of kBeingWritten and kTemporary

  ReplicaFacts Facts() const;
  /// The state that tells where the files are.
  ReplicaState Place() const {
    return state == ReplicaState::kUnderRecovery ? recovered_from : state;
  }
};

/// Block id -> replica. Only memory: nothing here waits. Thread-safe.
class ReplicaMap {
 public:
  std::optional<Replica> Find(BlockId id) const EXCLUDES(mutex_);
  /// False when there is one.
  bool Insert(const Replica& replica) EXCLUDES(mutex_);
  void Put(const Replica& replica) EXCLUDES(mutex_);
  bool Erase(BlockId id) EXCLUDES(mutex_);
  void EraseVolume(uint32_t volume) EXCLUDES(mutex_);
  size_t size() const EXCLUDES(mutex_);
  /// Copies of all on one volume.
  std::vector<Replica> OfVolume(uint32_t volume) const EXCLUDES(mutex_);
  uint64_t CountOnVolume(uint32_t volume) const EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  std::unordered_map<BlockId, Replica> replicas_ GUARDED_BY(mutex_);
};

}  // namespace tusk::dfs::datanode

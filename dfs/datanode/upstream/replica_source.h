#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/net/task.h"
#include "dfs/model/block.h"
#include "dfs/model/datanode_info.h"
#include "dfs/model/located_block.h"
#include "dfs/model/storage_type.h"

namespace tusk::dfs::datanode {

/// State of a replica as block reports tell it. Values are Hadoop's ReplicaStateProto.
enum class ReportedState : uint8_t {
  kFinalized = 0,
  kBeingWritten = 1,
  kWaitingForRecovery = 2,  ///< was being written when the datanode ended
  kUnderRecovery = 3,
};

/// One line of a full block report.
struct ReportedReplica {
  Block block;
  ReportedState state = ReportedState::kFinalized;
};

/// One storage with its usage. Sizes in bytes.
struct StorageState {
  std::string id;
  StorageType type = StorageType::kDisk;
  bool failed = false;
  uint64_t capacity = 0;
  uint64_t dfs_used = 0;
  uint64_t remaining = 0;
};

/// What the conversation with the namenode needs of the datanode's storage. Thread-safe.
class ReplicaSource {
 public:
  virtual ~ReplicaSource() = default;

  /// All storages, failed ones included, with usage as last measured. Does not wait for a disk.
  virtual std::vector<StorageState> Storages() const = 0;
  /// Every replica of one storage that is to be reported (no temporary ones), in no order.
  virtual std::vector<ReportedReplica> ListReplicas(const std::string& storage_id) const = 0;
  /// Begins to delete replicas whose stamp is not newer than the one named. Each deletion is told
  /// through the incremental report when it is done.
  virtual void Invalidate(std::span<const Block> blocks) = 0;
};

/// Order of the namenode to copy a block to other datanodes.
struct TransferOrder {
  Block block;
  std::vector<ReplicaLocation> targets;  ///< pipeline, first target first
};

/// Order to lead the recovery of a block (RECOVERBLOCK).
struct RecoveryOrder {
  Block block;
  GenerationStamp recovery_id;  ///< the block's stamp after the recovery
  std::vector<ReplicaLocation> replicas;
};

/// What the conversation with the namenode needs of the parts that move data. Thread-safe. The
/// tasks end on kCancelled.
class BlockWorker {
 public:
  virtual ~BlockWorker() = default;

  virtual Task<Status> Transfer(TransferOrder order) = 0;
  virtual Task<Status> Recover(RecoveryOrder order) = 0;
  /// Open block streams, as heartbeats tell it.
  virtual uint32_t OpenStreams() const = 0;
};

}  // namespace tusk::dfs::datanode

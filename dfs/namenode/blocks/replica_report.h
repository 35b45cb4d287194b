#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "common/base/result.h"
#include "dfs/model/block.h"
#include "dfs/model/storage_type.h"

namespace tusk::dfs::namenode {

/// State of a replica on a datanode's disk; values are those of Hadoop's block reports.
enum class ReplicaState : uint8_t {
  kFinalized = 0,
  kBeingWritten = 1,     ///< RBW
  kWaitingRecovery = 2,  ///< RWR: was being written when the datanode stopped
  kUnderRecovery = 3,    ///< RUR
  kTemporary = 4,        ///< a copy on its way; not reported
};

/// One replica in a full report.
struct ReportedReplica {
  Block block;
  ReplicaState state = ReplicaState::kFinalized;

  friend bool operator==(const ReportedReplica&, const ReportedReplica&) = default;
};

/// Walks the replicas of one storage's full report.
class ReplicaReader {
 public:
  virtual ~ReplicaReader() = default;
  /// Fills `replicas` with the next ones and says how many; 0 at the end. An error ends the report
  /// without effect on what was not listed yet.
  virtual Result<size_t> Next(std::span<ReportedReplica> replicas) = 0;
  /// How many replicas the report claims to have; a hint for sizes only.
  virtual uint64_t Count() const = 0;
};

/// What happened to one replica since the last report (ReceivedDeletedBlockInfoProto).
struct ReplicaChange {
  enum class Kind : uint8_t { kReceiving = 1, kReceived = 2, kDeleted = 3 };
  Block block;
  Kind kind = Kind::kReceived;
  std::string delete_hint;  ///< uuid of the datanode that the balancer moved it from, or ""
};

/// A storage as a report names it.
struct StorageName {
  std::string id;  ///< "DS-<uuid>"
  StorageType type = StorageType::kDisk;
};

}  // namespace tusk::dfs::namenode

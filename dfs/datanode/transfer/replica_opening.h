#pragma once

#include <functional>
#include <memory>

#include "common/base/result.h"
#include "common/net/task.h"
#include "dfs/datanode/storage/replica_writer.h"
#include "dfs/datanode/transfer/transfer_context.h"
#include "dfs/proto/data_transfer.pb.h"
#include "dfs/wire/checksum_spec.h"

namespace tusk::dfs::datanode {

/// What the fields of a WRITE_BLOCK say together.
struct WriteRequest {
  ExtendedBlock block;
  ChecksumSpec checksum;
  proto::OpWriteBlockProto::BlockConstructionStage stage =
      proto::OpWriteBlockProto::PIPELINE_SETUP_CREATE;
  bool from_client = true;  ///< false: a copy that the namenode ordered
  bool transfer = false;    ///< a copy into a pipeline that is being repaired

  /// Each packet is acknowledged, and so is the set-up.
  bool Acknowledged() const { return from_client && !transfer; }
  /// Ends with the set-up.
  bool OnlyCloses() const { return stage == proto::OpWriteBlockProto::PIPELINE_CLOSE_RECOVERY; }
};

/// kInvalidArgument for checksums out of bounds and for stages that no operation has.
Result<WriteRequest> ParseWriteRequest(const proto::OpWriteBlockProto& op);

/// Creates or reopens the replica as the stage demands, stopping its
/// present writer where the stage takes over. `interrupt` as in BlockStore::Create. Without a
/// writer when the stage only closes the replica: it is final then. Errors of BlockStore.
Task<Result<std::unique_ptr<ReplicaWriter>>> OpenReplica(TransferContext& context,
                                                         const WriteRequest& request,
                                                         const proto::OpWriteBlockProto& op,
                                                         std::function<void()> interrupt);

}  // namespace tusk::dfs::datanode

#pragma once

#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/net/stream.h"
#include "common/net/task.h"
#include "dfs/datanode/transfer/transfer_context.h"
#include "dfs/model/block.h"
#include "dfs/model/located_block.h"
#include "dfs/proto/data_transfer.pb.h"

namespace tusk::dfs::datanode {

/// A replica to send, and to whom.
struct CopyOrder {
  Block block;
  std::vector<ReplicaLocation> targets;  ///< at least one; the first passes it on to the others
  /// Empty for a copy that the namenode ordered: of a final replica only. Otherwise into the
  /// pipeline of that client, of what is visible of a replica that may still be written.
  std::string client_name;
};

/// Sends the replica on the caller's strand. Ok when the first target has taken all of it, and, for
/// a client, said so. kNotFound, kFailedPrecondition, kCorruption (told), errors of the network.
Task<Status> SendCopy(TransferContext& context, CopyOrder order);

/// Serves TRANSFER_BLOCK: sends the replica, then answers.
Task<void> ServeTransferBlock(TransferContext& context, Stream& stream,
                              proto::OpTransferBlockProto op);

}  // namespace tusk::dfs::datanode

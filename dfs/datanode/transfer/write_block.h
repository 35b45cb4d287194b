#pragma once

#include "common/net/stream.h"
#include "common/net/stream_io.h"
#include "common/net/task.h"
#include "dfs/datanode/transfer/transfer_context.h"
#include "dfs/proto/data_transfer.pb.h"

namespace tusk::dfs::datanode {

/// Serves WRITE_BLOCK in all its stages: opens the replica, connects to the next datanode, answers,
/// receives packets. The connection is to be closed afterwards.
Task<void> ServeWriteBlock(TransferContext& context, Stream& stream, BufferedStreamReader& reader,
                           proto::OpWriteBlockProto op);

}  // namespace tusk::dfs::datanode

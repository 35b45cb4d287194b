#pragma once

#include "common/net/stream.h"
#include "common/net/stream_io.h"
#include "common/net/task.h"
#include "dfs/datanode/transfer/transfer_context.h"
#include "dfs/proto/data_transfer.pb.h"

namespace tusk::dfs::datanode {

/// Serves READ_BLOCK: the answer, packets, the reader's last word. True when the reader has had all
/// it asked for and the connection may carry another operation.
Task<bool> ServeReadBlock(TransferContext& context, Stream& stream, BufferedStreamReader& reader,
                          proto::OpReadBlockProto op);

/// Serves COPY_BLOCK: the whole replica for a datanode that will replace it.
Task<void> ServeCopyBlock(TransferContext& context, Stream& stream, proto::OpCopyBlockProto op);

}  // namespace tusk::dfs::datanode

#pragma once

#include <cstdint>

#include "common/base/result.h"
#include "common/net/stream.h"
#include "common/net/task.h"
#include "dfs/datanode/transfer/transfer_context.h"
#include "dfs/proto/data_transfer.pb.h"

namespace tusk::dfs::datanode {

/// One checksum over the first `block.length` bytes of a replica, made of the checksums of its
/// chunks: their MD5, or the checksum that the data has as a whole (COMPOSITE_CRC, with a
/// stripe length one for each stripe). kFailedPrecondition when it has fewer bytes or no
/// checksums, kInvalidArgument for a stripe that is not of whole chunks. Blocks.
Result<proto::OpBlockChecksumResponseProto> ComputeBlockChecksum(
    TransferContext& context, const Block& block, const proto::BlockChecksumOptionsProto& options);

/// Serves BLOCK_CHECKSUM.
Task<void> ServeBlockChecksum(TransferContext& context, Stream& stream,
                              proto::OpBlockChecksumProto op);

}  // namespace tusk::dfs::datanode

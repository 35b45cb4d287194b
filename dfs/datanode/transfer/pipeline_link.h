#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/net/stream.h"
#include "common/net/stream_io.h"
#include "common/net/task.h"
#include "dfs/datanode/transfer/transfer_context.h"
#include "dfs/model/datanode_info.h"
#include "dfs/proto/data_transfer.pb.h"

namespace tusk::dfs::datanode {

/// The connection to the next datanode of a pipeline, or to the receiver of a copy. Owned by the
/// strand that it was opened for.
struct PipelineLink {
  std::unique_ptr<Stream> stream;
  std::unique_ptr<BufferedStreamReader> reader;
  std::string name;    ///< "ip:port" of the datanode, as pipelines name it
  size_t further = 0;  ///< datanodes behind it
};

/// The operation as the first of its targets gets it: that one taken off the lists.
proto::OpWriteBlockProto OpForNextNode(const proto::OpWriteBlockProto& op);

/// Connects to `target` and sends it `op`, whose targets are those behind it. Errors name it.
Task<Result<PipelineLink>> OpenLink(TransferContext& context, Executor strand, DatanodeId target,
                                    proto::OpWriteBlockProto op);

/// Reads the datanode's answer to the operation, or to the end of a copy. What it says is not
/// looked at.
Task<Result<proto::BlockOpResponseProto>> ReadResponse(TransferContext& context,
                                                       PipelineLink& link);

}  // namespace tusk::dfs::datanode

#pragma once

#include <vector>

#include "common/base/status.h"
#include "dfs/client/client_context.h"
#include "dfs/client/data_streamer.h"
#include "dfs/client/namenode_proxy.h"

namespace tusk::dfs {

/// The block that a stream is writing.
struct BlockBeingWritten {
  ExtendedBlock block;  ///< with the generation stamp in force and the bytes known so far
  AccessToken token;
  std::vector<ReplicaLocation> nodes;  ///< the pipeline
  std::vector<DatanodeInfo> failed;    ///< nodes that were dropped from it
  uint16_t replication = 0;            ///< wanted copies of the file
  bool must_keep_copies = false;       ///< data was flushed, or the block was appended to
  bool appending = false;              ///< opened for append, nothing sent yet
  bool closing = false;                ///< all data is acknowledged, only the end is not
};

/// True when the policy wants another node for a pipeline that shrank to `nodes`.
bool WantsAnotherNode(ReplaceDatanodePolicy policy, uint16_t replication, size_t nodes,
                      bool must_keep_copies);

/// Gives `block` a working pipeline again, after `streamer` failed on its node `bad_node()`, as
/// Hadoop's DataStreamer does:
///
///   1. drop the bad node; with none left the write is lost;
///   2. where the policy asks for it, get another node and have a survivor copy the block to it;
///   3. get a new generation stamp, which makes every replica elsewhere stale;
///   4. open the pipeline in the recovery stage; each node cuts its replica to what all
///      acknowledged. When that fails on another node, start again;
///   5. tell the namenode the new stamp and nodes.
///
/// On success the unacknowledged packets are lined up in `streamer` again (in the closing stage:
/// the end is done). `cause` is the failure, kept as first cause.
Status RecoverPipeline(ClientContext& context, const OpenFile& file, DataStreamer& streamer,
                       BlockBeingWritten& block, const Status& cause);

}  // namespace tusk::dfs

#pragma once

#include <chrono>

#include "common/rpc/rpc_service.h"
#include "common/time/clock.h"
#include "dfs/datanode/storage/block_store.h"

namespace tusk::dfs::datanode {

/// InterDatanodeProtocol as the leader of a block's recovery calls it
/// (org.apache.hadoop.hdfs.server.protocol.InterDatanodeProtocol, version 1): stops the writer,
/// freezes the replica, later cuts and finalizes it. Disk work runs in the volume's pool.
class InterDatanodeService {
 public:
  /// All must outlive the service. A writer that does not end for `stop_writer_timeout` fails the
  /// call (kDeadlineExceeded).
  InterDatanodeService(BlockStore& store, const Clock& clock,
                       std::chrono::nanoseconds stop_writer_timeout);

  rpc::RpcService& rpc() { return rpc_; }

 private:
  rpc::RpcService rpc_;
};

}  // namespace tusk::dfs::datanode

#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/net/task.h"
#include "common/rpc/rpc_service.h"
#include "dfs/namenode/blocks/block_manager.h"

namespace tusk {
class WorkPool;
}

namespace tusk::dfs::namenode {

struct BlockSynchronization;

/// What the datanode side needs of the rest of the namenode. Set before the server starts.
struct DatanodeProtocolHooks {
  /// Makes the result of a block recovery durable; an error goes back to the datanode.
  std::function<Task<Status>(BlockSynchronization)> synchronize;
  /// Newest transaction, told in heartbeat answers.
  std::function<uint64_t()> last_txid;
  /// Replicas were reported: safe mode may end.
  std::function<void()> reported;
};

/// DatanodeProtocol as datanodes call it (org.apache.hadoop.hdfs.server.protocol.DatanodeProtocol,
/// version 1): messages into calls of the BlockManager and its orders back, nothing else.
///
/// Full reports and registrations (which may run the rack script) are worked in `pool`; all else
/// is answered on the connection's strand. Messages of another block pool are refused. Lists are
/// bounded by the server's frame size.
class DatanodeProtocolService {
 public:
  /// All must outlive the service.
  DatanodeProtocolService(BlockManager& blocks, WorkPool& pool, DatanodeProtocolHooks hooks);

  rpc::RpcService& rpc() { return rpc_; }

 private:
  void AddConnecting();
  void AddReports();
  void AddOthers();
  Status CheckPool(const std::string& block_pool_id) const;

  BlockManager& blocks_;
  WorkPool& pool_;
  const DatanodeProtocolHooks hooks_;
  rpc::RpcService rpc_;
};

}  // namespace tusk::dfs::namenode

#pragma once

#include <functional>
#include <string>

#include "common/rpc/rpc_service.h"
#include "common/time/clock.h"
#include "dfs/datanode/storage/block_store.h"

namespace tusk::dfs::datanode {

/// What ClientDatanodeProtocol needs beside the replicas. Set before the server starts.
struct ClientDatanodeHooks {
  std::string superuser;  ///< who may administrate: the user of the process
  std::string software_version;
  uint64_t reserved_bytes = 0;  ///< of each volume
  /// A report to the namenode is due: a full one, or only what changed.
  std::function<void(bool full)> report;
  /// Ends the daemon; null where that is not possible (refused).
  std::function<void()> shut_down;
};

/// ClientDatanodeProtocol as clients and administrators call it
/// (org.apache.hadoop.hdfs.protocol.ClientDatanodeProtocol, version 1). Everything is answered on
/// the connection's strand, from memory. Administrators' calls are refused to others
/// (kPermissionDenied).
class ClientDatanodeService {
 public:
  /// All must outlive the service.
  ClientDatanodeService(BlockStore& store, const Clock& clock, ClientDatanodeHooks hooks);

  rpc::RpcService& rpc() { return rpc_; }

 private:
  void AddReads();
  void AddAdministration();
  void AddUnsupported();
  Status CheckSuperuser(const rpc::CallContext& call) const;

  BlockStore& store_;
  const Clock& clock_;
  const Clock::SteadyTime started_;
  const ClientDatanodeHooks hooks_;
  rpc::RpcService rpc_;
};

/// Ok when the store is attached to the pool that a peer names: kUnavailable before the namenode
/// was met, kInvalidArgument for another pool.
Status CheckPool(const BlockStore& store, const std::string& pool_id);

}  // namespace tusk::dfs::datanode

#pragma once

#include <memory>
#include <string>

#include "common/net/endpoint.h"
#include "dfs/client/client_options.h"
#include "dfs/client/datanode_connection.h"
#include "dfs/client/lease_renewer.h"
#include "dfs/client/namenode_proxy.h"
#include "dfs/client/replica_selector.h"

namespace tusk {
class IoRuntime;
}
namespace tusk::rpc {
class RpcClient;
}

namespace tusk::dfs {

/// What the streams and calls of one client of one namenode share. Streams keep it alive. Members
/// are constant after construction and thread-safe themselves. One I/O thread is started here; the
/// lease renewer's starts with the first file that is written.
class ClientContext {
 public:
  ClientContext(Endpoint namenode, ClientOptions options);
  ~ClientContext();
  ClientContext(const ClientContext&) = delete;
  ClientContext& operator=(const ClientContext&) = delete;

  const ClientOptions options;
  const std::string client_name;  ///< holder of this client's leases

 private:
  const std::unique_ptr<IoRuntime> runtime_;
  const std::unique_ptr<rpc::RpcClient> rpc_;

 public:
  NamenodeProxy namenode;
  SocketCache sockets;
  ReplicaSelector selector;
  LeaseRenewer renewer;
};

}  // namespace tusk::dfs

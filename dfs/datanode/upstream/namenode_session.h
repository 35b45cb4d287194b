#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/mutex.h"
#include "common/base/result.h"
#include "common/net/endpoint.h"
#include "common/net/task.h"
#include "dfs/model/datanode_info.h"
#include "dfs/proto/datanode_protocol.pb.h"
#include "dfs/proto/hdfs_server.pb.h"

namespace google::protobuf {
class MessageLite;
}

namespace tusk {
class Clock;
}

namespace tusk::rpc {
class RpcClient;
}

namespace tusk::dfs::datanode {

/// Where the namenode is and how patient the datanode is with it.
struct SessionOptions {
  Endpoint namenode;
  std::string user;  ///< whom calls run as
  std::chrono::nanoseconds call_timeout = std::chrono::seconds(60);
  std::chrono::nanoseconds first_retry = std::chrono::milliseconds(100);
  std::chrono::nanoseconds last_retry = std::chrono::seconds(5);
  std::string software_version = "3.4.1";
};

/// Which namespace a namenode serves (NamespaceInfo of Hadoop).
struct ServedNamespace {
  std::string block_pool_id;
  std::string cluster_id;
  uint32_t namespace_id = 0;
  uint64_t creation_ms = 0;
  uint32_t layout_version = 0;

  friend bool operator==(const ServedNamespace&, const ServedNamespace&) = default;
};

/// The datanode's side of DatanodeProtocol: who we are for the namenode, and calls to it.
///
/// A datanode first asks which namespace it is (AwaitNamespace), matches that with its disks, then
/// registers; daemons may start in any order, so both wait for a namenode that is not there yet.
/// Register again whenever the namenode says that it does not know us.
///
/// Thread-safe; both waiting calls are made by one coroutine at a time.
class NamenodeSession {
 public:
  /// `client` and `clock` must outlive it. `self` is how this datanode names itself.
  NamenodeSession(rpc::RpcClient& client, const Clock& clock, SessionOptions options,
                  DatanodeId self);

  /// Asks until a namenode answers (versionRequest). Only kCancelled ends it without an answer.
  Task<Result<ServedNamespace>> AwaitNamespace();

  /// Registers, trying again while the namenode does not answer. Refused with kFailedPrecondition
  /// when the namenode serves another namespace now than at the first registration; errors that
  /// repeating cannot cure (excluded, other version) are returned.
  Task<Status> Register();

  /// One call of DatanodeProtocol, not repeated. Errors of RpcClient::Call.
  Task<Status> Call(std::string_view method, const google::protobuf::MessageLite& request,
                    google::protobuf::MessageLite* response);

  /// As accepted last; before the first Register what we asked for.
  proto::DatanodeRegistrationProto registration() const;
  DatanodeId id() const;
  ServedNamespace identity() const;
  bool registered() const;
  const SessionOptions& options() const { return options_; }

 private:
  Task<Result<ServedNamespace>> AskNamespace();
  Task<Status> RegisterOnce();
  proto::DatanodeRegistrationProto Request(const ServedNamespace& identity) const;

  rpc::RpcClient& client_;
  const Clock& clock_;
  const SessionOptions options_;
  const DatanodeId self_;

  mutable Mutex mutex_;
  ServedNamespace identity_ GUARDED_BY(mutex_);
  proto::DatanodeRegistrationProto registration_ GUARDED_BY(mutex_);
  bool registered_ GUARDED_BY(mutex_) = false;
};

/// True for the answers by which a namenode says that it does not know the datanode that calls.
bool MeansUnregistered(const Status& status);

}  // namespace tusk::dfs::datanode

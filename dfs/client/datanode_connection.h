#pragma once

#include <deque>
#include <optional>
#include <string>

#include "common/base/mutex.h"
#include "common/base/result.h"
#include "common/net/blocking_socket.h"
#include "common/time/deadline.h"
#include "dfs/client/client_options.h"
#include "dfs/model/datanode_info.h"
#include "dfs/wire/data_transfer_op.h"

namespace google::protobuf {
class MessageLite;
}
namespace tusk::dfs::proto {
class BlockOpResponseProto;
}

namespace tusk::dfs {

/// The endpoint of a datanode's block streams, by address or by name as the options say.
Endpoint TransferEndpoint(const DatanodeId& datanode, const ClientOptions& options);

/// Connects to it. Errors name the address that was tried.
Result<BlockingSocket> ConnectDatanode(const DatanodeId& datanode, const ClientOptions& options);

/// Sends one operation.
Status SendOp(BlockingSocket& socket, DataTransferOp op,
              const google::protobuf::MessageLite& message, Deadline deadline);

/// Reads the answer to an operation, not a byte more. kInvalidArgument for what is none.
Status ReceiveOpResponse(BlockingSocket& socket, Deadline deadline,
                         proto::BlockOpResponseProto* response);

/// Idle connections to datanodes, for the next read at the same one. Datanodes close theirs after
/// some seconds too, so a connection from here may turn out dead: callers try a fresh one then.
/// Thread-safe.
class SocketCache {
 public:
  explicit SocketCache(const ClientOptions& options) : options_(options) {}

  /// The youngest idle connection to `address`; nothing when there is none.
  std::optional<BlockingSocket> Take(const std::string& address);
  /// Keeps a connection on which no answer is outstanding.
  void Put(const std::string& address, BlockingSocket socket);

 private:
  /// A connection that nobody uses now.
  struct Idle {
    std::string address;
    BlockingSocket socket;
    Deadline expiry;
  };

  void DropExpired() REQUIRES(mutex_);

  const ClientOptions& options_;
  Mutex mutex_;
  std::deque<Idle> idle_ GUARDED_BY(mutex_);  // oldest first
};

}  // namespace tusk::dfs

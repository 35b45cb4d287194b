#pragma once

#include <memory>
#include <string>

#include "common/net/stream.h"
#include "common/net/stream_io.h"
#include "common/net/task.h"
#include "dfs/datanode/transfer/transfer_context.h"
#include "dfs/wire/data_transfer_op.h"

namespace google::protobuf {
class MessageLite;
}

namespace tusk::dfs::datanode {

/// One connection of a peer: reads operations and has them carried out, one after the other.
///
/// Owned by the stream's strand.
class TransferConnection {
 public:
  TransferConnection(TransferContext& context, std::unique_ptr<Stream> stream);

  /// Serves until the peer goes, breaks the protocol, or an operation ends the connection.
  Task<void> Run();

  /// Ends the connection now if no operation runs, else after it.
  void FinishSoon();
  Executor executor() const { return stream_->executor(); }

 private:
  Task<Status> ReadOp();
  /// True when the connection may carry another operation.
  Task<bool> Dispatch();
  /// Fills `message` from the operation; false when it is no such message.
  bool Parse(google::protobuf::MessageLite* message);
  Task<void> Refuse();

  TransferContext& context_;
  const std::unique_ptr<Stream> stream_;
  BufferedStreamReader reader_;
  bool idle_ = true;
  bool finishing_ = false;
  // The operation that was read last.
  DataTransferOp op_ = DataTransferOp::kReadBlock;
  std::string message_;
};

}  // namespace tusk::dfs::datanode

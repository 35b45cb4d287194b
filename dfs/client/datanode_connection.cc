#include "dfs/client/datanode_connection.h"

#include <array>

#include "common/base/status_macros.h"
#include "common/time/deadline.h"
#include "common/time/system_clock.h"
#include "dfs/proto/data_transfer.pb.h"
#include "dfs/wire/delimited.h"

namespace tusk::dfs {

Endpoint TransferEndpoint(const DatanodeId& datanode, const ClientOptions& options) {
  return Endpoint{options.use_datanode_hostname ? datanode.host_name : datanode.ip_address,
                  datanode.transfer_port};
}

Result<BlockingSocket> ConnectDatanode(const DatanodeId& datanode, const ClientOptions& options) {
  const Endpoint endpoint = TransferEndpoint(datanode, options);
  const Deadline deadline = Deadline::After(SystemClock::Get(), options.connect_timeout);
  Result<BlockingSocket> socket = BlockingSocket::Connect(endpoint, deadline);
  if (socket.ok()) return socket;
  return socket.status().WithContext(
      fmt::format("datanode {} ({})", endpoint.ToString(), datanode.host_name));
}

Status SendOp(BlockingSocket& socket, DataTransferOp op,
              const google::protobuf::MessageLite& message, Deadline deadline) {
  std::string bytes;
  AppendOp(op, message, &bytes);
  return socket.SendAll(AsBytes(bytes), deadline);
}

Status ReceiveOpResponse(BlockingSocket& socket, Deadline deadline,
                         proto::BlockOpResponseProto* response) {
  // The size comes byte by byte: packets may follow the answer at once, and they are not ours.
  std::array<uint8_t, 5> size_bytes;
  uint64_t size = 0;
  for (size_t i = 0;; ++i) {
    if (i == size_bytes.size()) {
      return Status(StatusCode::kInvalidArgument, "the answer of a datanode has no size");
    }
    RETURN_IF_ERROR(socket.RecvExactly(MutableByteView(size_bytes).subspan(i, 1), deadline));
    size |= static_cast<uint64_t>(size_bytes[i] & 0x7F) << (7 * i);
    if ((size_bytes[i] & 0x80) == 0) break;
  }
  if (size > kMaxOpMessageBytes) {
    return Status::Error(StatusCode::kTooLarge, "the answer of a datanode has {} bytes", size);
  }
  std::vector<uint8_t> bytes(size);
  RETURN_IF_ERROR(socket.RecvExactly(bytes, deadline));
  return ParseMessage(bytes, response);
}

void SocketCache::DropExpired() {
  while (!idle_.empty() && idle_.front().expiry.Expired(SystemClock::Get())) idle_.pop_front();
}

std::optional<BlockingSocket> SocketCache::Take(const std::string& address) {
  MutexLock lock(mutex_);
  DropExpired();
  for (auto idle = idle_.rbegin(); idle != idle_.rend(); ++idle) {
    if (idle->address != address) continue;
    BlockingSocket socket = std::move(idle->socket);
    idle_.erase(std::next(idle).base());
    return socket;
  }
  return std::nullopt;
}

void SocketCache::Put(const std::string& address, BlockingSocket socket) {
  if (options_.idle_sockets == 0) return;
  MutexLock lock(mutex_);
  DropExpired();
  if (idle_.size() >= options_.idle_sockets) idle_.pop_front();
  idle_.push_back(
      {address, std::move(socket), Deadline::After(SystemClock::Get(), options_.idle_socket_time)});
}

}  // namespace tusk::dfs

#include "common/net/blocking_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "common/base/status_macros.h"
#include "common/net/fd_stream.h"
#include "common/time/system_clock.h"

namespace tusk {
namespace {

constexpr size_t kMaxParts = 512;

Status Late(std::string_view what, int fd) {
  return Status::Error(StatusCode::kDeadlineExceeded, "{} {}: no progress before the deadline",
                       what, internal::PeerText(fd));
}

Status FinishConnect(BlockingSocket& socket, const std::string& shown, Deadline deadline) {
  pollfd entry{socket.fd(), POLLOUT, 0};
  for (;;) {
    const auto left = deadline.Remaining(SystemClock::Get());
    const int wait = static_cast<int>(std::min<int64_t>(left.count() / 1'000'000 + 1, 60'000));
    const int ready = ::poll(&entry, 1, left.count() == 0 ? 0 : wait);
    if (ready > 0) break;
    if (ready < 0 && errno != EINTR) return ErrnoStatus(errno, "poll");
    if (deadline.Expired(SystemClock::Get())) {
      return Status::Error(StatusCode::kDeadlineExceeded,
                           "connect to {}: no answer before the deadline", shown);
    }
  }
  int error = 0;
  socklen_t length = sizeof(error);
  if (::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
  if (error != 0) return ErrnoStatus(error, "connect to " + shown);
  return Status();
}

Result<BlockingSocket> ConnectAddress(const sockaddr* address, socklen_t length,
                                      const std::string& shown, Deadline deadline) {
  const int fd = ::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return ErrnoStatus(errno, "make a socket for " + shown);
  BlockingSocket socket(fd);
  if (::connect(fd, address, length) != 0) {
    if (errno != EINPROGRESS) return ErrnoStatus(errno, "connect to " + shown);
    RETURN_IF_ERROR(FinishConnect(socket, shown, deadline));
  }
  return socket;
}

}  // namespace

BlockingSocket::BlockingSocket(int fd) : fd_(fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags >= 0) ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  const int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));  // refused for Unix sockets: fine
}

BlockingSocket::~BlockingSocket() { Close(); }

BlockingSocket::BlockingSocket(BlockingSocket&& other) noexcept : fd_(other.Release()) {}

BlockingSocket& BlockingSocket::operator=(BlockingSocket&& other) noexcept {
  if (this != &other) {
    Close();
    fd_ = other.Release();
  }
  return *this;
}

Result<BlockingSocket> BlockingSocket::Connect(const Endpoint& endpoint, Deadline deadline) {
  ASSIGN_OR_RETURN(const std::vector<SocketAddress> addresses, Resolve(endpoint));
  Status failure(StatusCode::kUnavailable, "host name without address: " + endpoint.host);
  for (const SocketAddress& address : addresses) {
    Result<BlockingSocket> socket = ConnectAddress(reinterpret_cast<const sockaddr*>(address.bytes),
                                                   address.length, endpoint.ToString(), deadline);
    if (socket.ok()) return socket;
    failure = socket.status();
    if (failure.code() == StatusCode::kDeadlineExceeded) break;
  }
  return failure;
}

Result<BlockingSocket> BlockingSocket::ConnectUnix(const std::string& path, Deadline deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    return Status::Error(StatusCode::kInvalidArgument, "bad path of a socket: {}", path);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return ConnectAddress(reinterpret_cast<const sockaddr*>(&address), sizeof(address), path,
                        deadline);
}

Result<bool> BlockingSocket::Poll(short events, Deadline deadline) {
  pollfd entry{fd_, events, 0};
  for (;;) {
    int wait = -1;
    if (!deadline.is_never()) {
      const int64_t left = deadline.Remaining(SystemClock::Get()).count();
      wait = static_cast<int>(std::min<int64_t>((left + 999'999) / 1'000'000, 3'600'000));
    }
    const int ready = ::poll(&entry, 1, wait);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return ErrnoStatus(errno, "poll");
    if (deadline.Expired(SystemClock::Get())) return false;
  }
}

Result<bool> BlockingSocket::PollReadable(Deadline deadline) { return Poll(POLLIN, deadline); }

Result<size_t> BlockingSocket::Recv(MutableByteView buffer, Deadline deadline) {
  for (;;) {
    const ssize_t count = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count >= 0) return static_cast<size_t>(count);
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
      return ErrnoStatus(errno, "read from " + PeerAddress());
    ASSIGN_OR_RETURN(const bool ready, Poll(POLLIN, deadline));
    if (!ready) return Late("read from", fd_);
  }
}

Status BlockingSocket::RecvExactly(MutableByteView buffer, Deadline deadline) {
  while (!buffer.empty()) {
    ASSIGN_OR_RETURN(const size_t count, Recv(buffer, deadline));
    if (count == 0) {
      return Status::Error(StatusCode::kNotResponding, "connection closed by {}", PeerAddress());
    }
    buffer = buffer.subspan(count);
  }
  return Status();
}

Status BlockingSocket::SendAll(std::span<iovec> parts, Deadline deadline) {
  while (!parts.empty()) {
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = std::min(parts.size(), kMaxParts);
    ssize_t sent = ::sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK)
        return ErrnoStatus(errno, "write to " + PeerAddress());
      ASSIGN_OR_RETURN(const bool ready, Poll(POLLOUT, deadline));
      if (!ready) return Late("write to", fd_);
      continue;
    }
    while (!parts.empty() && static_cast<size_t>(sent) >= parts.front().iov_len) {
      sent -= static_cast<ssize_t>(parts.front().iov_len);
      parts = parts.subspan(1);
    }
    if (sent > 0) {
      parts.front().iov_base = static_cast<uint8_t*>(parts.front().iov_base) + sent;
      parts.front().iov_len -= static_cast<size_t>(sent);
    }
  }
  return Status();
}

Status BlockingSocket::SendAll(ByteView bytes, Deadline deadline) {
  iovec part{const_cast<uint8_t*>(bytes.data()), bytes.size()};
  return SendAll(std::span<iovec>(&part, 1), deadline);
}

void BlockingSocket::Shutdown() {
  if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);
}

void BlockingSocket::Close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

int BlockingSocket::Release() { return std::exchange(fd_, -1); }

std::string BlockingSocket::PeerAddress() const { return internal::PeerText(fd_); }
std::string BlockingSocket::LocalAddress() const { return internal::LocalText(fd_); }

}  // namespace tusk

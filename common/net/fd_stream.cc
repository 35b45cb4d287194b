#include "common/net/fd_stream.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "common/net/sleep.h"
#include "common/time/deadline.h"
#include "common/time/system_clock.h"

namespace tusk::internal {
namespace {

using Descriptor = boost::asio::posix::stream_descriptor;

// Reads or writes done without a wait before others of the strand get a turn.
constexpr int kTurn = 32;
constexpr int kMaxParts = 64;

// One direction: its deadline, and a timer that runs at most once at a time.
struct Side {
  explicit Side(const Executor& executor) : timer(executor) {}
  Deadline deadline = Deadline::Never();
  boost::asio::steady_timer timer;
  Deadline armed = Deadline::Never();  // when the timer fires; Never = not running
  bool waiting = false;
  int turns = 0;
};

// What outlives the stream object while a timer handler is queued. Owned by the strand.
struct Core : std::enable_shared_from_this<Core> {
  Core(const Executor& executor, int fd)
      : descriptor(executor), read(executor), write(executor), strand(executor), raw_fd(fd) {}

  Descriptor descriptor;
  Side read;
  Side write;
  const Executor strand;
  const int raw_fd;
  std::string peer;
  Status dead;  // why nothing works any more

  void Arm(Side& side) {
    if (!side.armed.is_never() && side.armed.time() <= side.deadline.time()) return;
    side.armed = side.deadline;
    side.timer.expires_at(side.deadline.time());
    side.timer.async_wait([weak = weak_from_this(), &side](const boost::system::error_code& error) {
      const std::shared_ptr<Core> core = weak.lock();
      if (error || core == nullptr) return;
      side.armed = Deadline::Never();
      if (!side.waiting || side.deadline.is_never()) return;
      if (side.deadline.Expired(SystemClock::Get())) {
        core->Expire(side);
      } else {
        core->Arm(side);
      }
    });
  }

  void Expire(const Side& side) {
    dead = Status::Error(StatusCode::kDeadlineExceeded, "no {} {} before the deadline",
                         &side == &read ? "data from" : "progress writing to", peer);
    descriptor.cancel();
  }

  Task<Status> Wait(Side& side, Descriptor::wait_type kind) {
    if (!dead.ok()) co_return dead;
    if (co_await IsCancelled()) co_return Status(StatusCode::kCancelled, "cancelled");
    if (!side.deadline.is_never()) {
      if (side.deadline.Expired(SystemClock::Get())) Expire(side);
      if (!dead.ok()) co_return dead;
      Arm(side);
    }
    side.turns = 0;
    side.waiting = true;
    auto [error] =
        co_await descriptor.async_wait(kind, boost::asio::as_tuple(boost::asio::use_awaitable));
    side.waiting = false;
    if (!dead.ok()) co_return dead;
    if (error == boost::asio::error::operation_aborted) {
      co_return Status(StatusCode::kCancelled, "cancelled");
    }
    if (error) co_return Status(StatusCode::kIoError, "wait for " + peer + ": " + error.message());
    co_return Status();
  }
};

class FdStream final : public Stream {
 public:
  explicit FdStream(std::shared_ptr<Core> core)
      : core_(std::move(core)), local_(LocalText(core_->raw_fd)) {}
  ~FdStream() override { Close(); }

  Task<Result<size_t>> ReadSome(MutableByteView buffer) override {
    const std::shared_ptr<Core> core = core_;
    CHECK(!buffer.empty());
    if (++core->read.turns > kTurn) {
      core->read.turns = 0;
      co_await Yield();
    }
    for (;;) {
      if (!core->dead.ok()) co_return core->dead;
      const ssize_t count = ::recv(core->raw_fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (count >= 0) co_return static_cast<size_t>(count);
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK)
        co_return ErrnoStatus(errno, "read from " + core->peer);
      CO_RETURN_IF_ERROR(co_await core->Wait(core->read, Descriptor::wait_read));
    }
  }

  using Stream::WriteAll;
  Task<Status> WriteAll(std::span<const ByteView> parts) override {
    const std::shared_ptr<Core> core = core_;
    size_t part = 0;
    size_t offset = 0;  // within parts[part]
    while (part < parts.size()) {
      if (!core->dead.ok()) co_return core->dead;
      iovec vector[kMaxParts];
      const int count = Gather(parts.subspan(part), offset, vector);
      msghdr message{};
      message.msg_iov = vector;
      message.msg_iovlen = count;
      const ssize_t sent = ::sendmsg(core->raw_fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent >= 0) {
        Advance(parts, static_cast<size_t>(sent), &part, &offset);
        continue;
      }
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK)
        co_return ErrnoStatus(errno, "write to " + core->peer);
      CO_RETURN_IF_ERROR(co_await core->Wait(core->write, Descriptor::wait_write));
    }
    co_return Status();
  }

  void SetReadDeadline(Deadline deadline) override { Set(core_->read, deadline); }
  void SetWriteDeadline(Deadline deadline) override { Set(core_->write, deadline); }

  void Close() override {
    if (core_->dead.ok() || core_->descriptor.is_open()) {
      if (core_->dead.ok()) core_->dead = Status(StatusCode::kCancelled, "connection closed here");
      boost::system::error_code ignored;
      core_->descriptor.close(ignored);
      core_->read.timer.cancel();
      core_->write.timer.cancel();
    }
  }

  Status ShutdownWrite() override {
    if (!core_->dead.ok()) return core_->dead;
    if (::shutdown(core_->raw_fd, SHUT_WR) != 0)
      return ErrnoStatus(errno, "shutdown " + core_->peer);
    return Status();
  }

  std::string PeerAddress() const override { return core_->peer; }
  std::string LocalAddress() const override { return local_; }
  std::string PeerIp() const override {
    if (core_->peer.starts_with("unix")) return "127.0.0.1";
    std::string ip = core_->peer.substr(0, core_->peer.rfind(':'));
    if (ip.size() > 2 && ip.front() == '[') ip = ip.substr(1, ip.size() - 2);
    return ip;
  }
  int NativeHandle() const override { return core_->descriptor.is_open() ? core_->raw_fd : -1; }
  Executor executor() const override { return core_->strand; }

 private:
  void Set(Side& side, Deadline deadline) {
    side.deadline = deadline;
    if (side.waiting && !deadline.is_never()) core_->Arm(side);
  }

  static int Gather(std::span<const ByteView> parts, size_t offset, iovec* out) {
    int count = 0;
    for (const ByteView part : parts.first(std::min<size_t>(parts.size(), kMaxParts))) {
      out[count].iov_base = const_cast<uint8_t*>(part.data()) + offset;
      out[count].iov_len = part.size() - offset;
      ++count;
      offset = 0;
    }
    return count;
  }

  static void Advance(std::span<const ByteView> parts, size_t sent, size_t* part, size_t* offset) {
    while (*part < parts.size() && sent >= parts[*part].size() - *offset) {
      sent -= parts[*part].size() - *offset;
      *offset = 0;
      ++*part;
    }
    *offset += sent;
  }

  const std::shared_ptr<Core> core_;
  const std::string local_;
};

std::string AddressText(int fd, int (*get)(int, sockaddr*, socklen_t*)) {
  sockaddr_storage address{};
  socklen_t length = sizeof(address);
  if (get(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return "unknown";
  if (address.ss_family == AF_UNIX) {
    const auto* unix_address = reinterpret_cast<const sockaddr_un*>(&address);
    if (length <= offsetof(sockaddr_un, sun_path)) return "unix";
    const size_t size = length - offsetof(sockaddr_un, sun_path);
    return "unix:" + std::string(unix_address->sun_path, strnlen(unix_address->sun_path, size));
  }
  SocketAddress out;
  out.length = length;
  std::memcpy(out.bytes, &address, std::min<size_t>(length, sizeof(out.bytes)));
  return out.ToEndpoint().ToString();
}

Result<std::shared_ptr<Core>> MakeCore(const Executor& strand, int fd) {
  auto core = std::make_shared<Core>(strand, fd);
  boost::system::error_code error;
  core->descriptor.assign(fd, error);
  if (error) {
    ::close(fd);
    return Status(StatusCode::kIoError, "cannot watch a socket: " + error.message());
  }
  return core;
}

}  // namespace

std::string PeerText(int fd) { return AddressText(fd, ::getpeername); }
std::string LocalText(int fd) { return AddressText(fd, ::getsockname); }

Result<std::unique_ptr<Stream>> MakeFdStream(Executor strand, int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
    const int error = errno;
    ::close(fd);
    return ErrnoStatus(error, "make a socket non-blocking");
  }
  const int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));  // refused for Unix sockets: fine
  ASSIGN_OR_RETURN(std::shared_ptr<Core> core, MakeCore(strand, fd));
  core->peer = PeerText(fd);
  std::unique_ptr<Stream> stream = std::make_unique<FdStream>(std::move(core));
  return stream;
}

Task<Result<std::unique_ptr<Stream>>> ConnectFd(Executor strand, SocketAddress address,
                                                std::string shown, Deadline deadline) {
  const auto* raw = reinterpret_cast<const sockaddr*>(address.bytes);
  const int fd = ::socket(raw->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) co_return ErrnoStatus(errno, "make a socket for " + shown);
  int error = ::connect(fd, raw, address.length) == 0 ? 0 : errno;
  if (error != 0 && error != EINPROGRESS) {
    ::close(fd);
    co_return ErrnoStatus(error, "connect to " + shown);
  }
  if (error == EINPROGRESS) {
    // Only for the wait: the stream that is made afterwards starts afresh.
    CO_ASSIGN_OR_RETURN(std::shared_ptr<Core> core, MakeCore(strand, fd));
    core->peer = shown;
    core->write.deadline = deadline;
    Status ready = co_await core->Wait(core->write, Descriptor::wait_write);
    if (!ready.ok()) co_return ready.WithContext("connect");
    socklen_t length = sizeof(error);
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
    if (error != 0) co_return ErrnoStatus(error, "connect to " + shown);
    core->descriptor.release();
    core->write.timer.cancel();
  }
  co_return MakeFdStream(strand, fd);
}

}  // namespace tusk::internal

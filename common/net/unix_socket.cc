#include "common/net/unix_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/base/status_macros.h"
#include "common/net/fd_stream.h"
#include "common/time/deadline.h"

namespace tusk {
namespace {

Result<SocketAddress> UnixAddress(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "path of a socket must have 1 to {} bytes: {}",
                         sizeof(address.sun_path) - 1, path);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  SocketAddress out;
  out.length = sizeof(address);
  std::memcpy(out.bytes, &address, sizeof(address));
  return out;
}

}  // namespace

Task<Result<std::unique_ptr<Stream>>> ConnectUnix(Executor strand, std::string path) {
  CO_ASSIGN_OR_RETURN(const SocketAddress address, UnixAddress(path));
  co_return co_await internal::ConnectFd(strand, address, path, Deadline::Never());
}

Result<std::pair<int, int>> UnixSocketPair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
    return ErrnoStatus(errno, "make a pair of sockets");
  }
  return std::pair<int, int>(fds[0], fds[1]);
}

Result<std::unique_ptr<UnixListener>> UnixListener::Bind(IoRuntime& runtime,
                                                         const std::string& path,
                                                         const ListenerOptions& options) {
  ASSIGN_OR_RETURN(const SocketAddress address, UnixAddress(path));
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return ErrnoStatus(errno, "make a socket to listen on " + path);
  ::unlink(path.c_str());
  const auto* raw = reinterpret_cast<const sockaddr*>(address.bytes);
  if (::bind(fd, raw, address.length) != 0 || ::chmod(path.c_str(), 0600) != 0 ||
      ::listen(fd, options.backlog) != 0) {
    const int error = errno;
    ::close(fd);
    return ErrnoStatus(error, "listen on " + path);
  }
  return std::unique_ptr<UnixListener>(
      new UnixListener(NewState(runtime, fd, "unix:" + path, 0, options)));
}

}  // namespace tusk

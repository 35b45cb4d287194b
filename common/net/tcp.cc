#include "common/net/tcp.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/base/status_macros.h"
#include "common/net/fd_stream.h"
#include "common/time/deadline.h"

namespace tusk {
namespace {

// The resolver has a thread of its own, so a slow name server delays nobody else.
Task<Result<std::vector<SocketAddress>>> ResolveAsync(Executor strand, Endpoint endpoint) {
  std::vector<SocketAddress> out;
  if (Result<SocketAddress> numeric = ParseNumeric(endpoint); numeric.ok()) {
    out.push_back(*numeric);
    co_return out;
  }
  boost::asio::ip::tcp::resolver resolver(strand);
  auto [error, results] =
      co_await resolver.async_resolve(endpoint.host, std::to_string(endpoint.port),
                                      boost::asio::as_tuple(boost::asio::use_awaitable));
  if (error) {
    co_return Status::Error(StatusCode::kUnavailable, "cannot resolve host name {}: {}",
                            endpoint.host, error.message());
  }
  for (const bool v4 : {true, false}) {
    for (const auto& entry : results) {
      const auto address = entry.endpoint();
      if (address.address().is_v4() != v4) continue;
      SocketAddress socket_address;
      socket_address.length = static_cast<uint32_t>(address.size());
      std::memcpy(socket_address.bytes, address.data(), address.size());
      out.push_back(socket_address);
    }
  }
  co_return out;
}

}  // namespace

Task<Result<std::unique_ptr<Stream>>> ConnectTcp(Executor strand, Endpoint endpoint,
                                                 Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const std::vector<SocketAddress> addresses,
                      co_await ResolveAsync(strand, endpoint));
  Status failure(StatusCode::kUnavailable, "host name without address: " + endpoint.host);
  for (const SocketAddress& address : addresses) {
    const std::string shown = endpoint.ToString();
    Result<std::unique_ptr<Stream>> stream =
        co_await internal::ConnectFd(strand, address, shown, deadline);
    if (stream.ok()) co_return stream;
    failure = stream.status();
    if (failure.code() == StatusCode::kCancelled || failure.code() == StatusCode::kDeadlineExceeded)
      break;
  }
  co_return failure;
}

Result<std::unique_ptr<Stream>> AdoptSocket(Executor strand, int fd) {
  return internal::MakeFdStream(std::move(strand), fd);
}

Result<std::unique_ptr<TcpListener>> TcpListener::Bind(IoRuntime& runtime, const Endpoint& endpoint,
                                                       const ListenerOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<SocketAddress> addresses, Resolve(endpoint));
  const auto* raw = reinterpret_cast<const sockaddr*>(addresses.front().bytes);
  const int fd = ::socket(raw->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return ErrnoStatus(errno, "make a socket to listen on " + endpoint.ToString());
  const int one = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
  if (::bind(fd, raw, addresses.front().length) != 0 || ::listen(fd, options.backlog) != 0) {
    const int error = errno;
    ::close(fd);
    if (error == EADDRINUSE) {
      return Status::Error(StatusCode::kAlreadyExists, "address is in use: {}", endpoint);
    }
    return ErrnoStatus(error, "listen on " + endpoint.ToString());
  }
  const std::string address = internal::LocalText(fd);
  const int port = Endpoint::Parse(address).value_or(endpoint).port;
  return std::unique_ptr<TcpListener>(
      new TcpListener(NewState(runtime, fd, address, port, options)));
}

}  // namespace tusk

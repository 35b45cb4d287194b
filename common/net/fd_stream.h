#pragma once

#include <memory>

#include "common/base/result.h"
#include "common/net/endpoint.h"
#include "common/net/stream.h"
#include "common/net/task.h"

namespace tusk::internal {

/// A Stream over a connected, non-blocking socket, which it owns. Reads and writes are tried at
/// once and wait for the reactor only when the kernel says so.
Result<std::unique_ptr<Stream>> MakeFdStream(Executor strand, int fd);

/// Connects a new socket of `address` and waits for the outcome. `shown` names the peer in errors.
Task<Result<std::unique_ptr<Stream>>> ConnectFd(Executor strand, SocketAddress address,
                                                std::string shown, Deadline deadline);

/// The addresses of a socket as text.
std::string PeerText(int fd);
std::string LocalText(int fd);

}  // namespace tusk::internal

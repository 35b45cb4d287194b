#pragma once

#include <memory>

#include "common/base/result.h"
#include "common/net/endpoint.h"
#include "common/net/listener.h"
#include "common/net/stream.h"
#include "common/net/task.h"

namespace tusk {

/// Connects to `endpoint`, trying its addresses one after the other. The stream belongs to
/// `strand`, on which this is awaited. TCP_NODELAY is set. kNotResponding when refused,
/// kDeadlineExceeded, kUnavailable when the name does not resolve.
Task<Result<std::unique_ptr<Stream>>> ConnectTcp(Executor strand, Endpoint endpoint,
                                                 Deadline deadline);

/// Takes over a connected socket (TCP or Unix). Makes it non-blocking. `strand` owns the stream.
Result<std::unique_ptr<Stream>> AdoptSocket(Executor strand, int fd);

/// A listener on a TCP port.
class TcpListener : public StreamListener {
 public:
  /// Binds and listens (SO_REUSEADDR); port 0 takes a free one. kAlreadyExists when the port is in
  /// use: the message names it.
  static Result<std::unique_ptr<TcpListener>> Bind(IoRuntime& runtime, const Endpoint& endpoint,
                                                   const ListenerOptions& options = {});

 private:
  using StreamListener::StreamListener;
};

}  // namespace tusk

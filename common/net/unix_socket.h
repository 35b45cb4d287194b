#pragma once

#include <memory>
#include <string>
#include <utility>

#include "common/base/result.h"
#include "common/net/listener.h"
#include "common/net/stream.h"
#include "common/net/task.h"

namespace tusk {

/// Connects to the Unix socket at `path`. Errors as ConnectTcp. An inherited descriptor is adopted
/// with AdoptSocket (tcp.h).
Task<Result<std::unique_ptr<Stream>>> ConnectUnix(Executor strand, std::string path);

/// Two connected, blocking, close-on-exec descriptors: one end for us, one for a child process.
Result<std::pair<int, int>> UnixSocketPair();

/// A listener on a Unix socket.
class UnixListener : public StreamListener {
 public:
  /// Replaces a stale socket file at `path`; the new one has mode 0600. Stop removes it.
  static Result<std::unique_ptr<UnixListener>> Bind(IoRuntime& runtime, const std::string& path,
                                                    const ListenerOptions& options = {});

 private:
  using StreamListener::StreamListener;
};

}  // namespace tusk

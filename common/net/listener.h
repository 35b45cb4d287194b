#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/net/io_runtime.h"
#include "common/net/stream.h"
#include "common/net/task.h"

namespace tusk {

class Deadline;

/// Limits of a listener.
struct ListenerOptions {
  /// Connections served at the same time; further ones wait in the kernel's queue, and once
  /// `max_connections` are open an accepted one is closed at once.
  size_t max_connections = 10000;
  int backlog = 1024;
};

/// Serves one connection; the connection ends when it returns. Runs on the stream's strand.
using ConnectionHandler = std::function<Task<void>(std::unique_ptr<Stream>)>;

/// Accepts connections and runs a handler for each, on a strand of its own. Running out of file
/// descriptors pauses accepting for a moment, serves what is open, and recovers.
///
/// Thread-safe. Made by TcpListener::Bind and UnixListener::Bind.
class StreamListener {
 public:
  /// Stop must have been called if Serve was (checked).
  ~StreamListener();
  StreamListener(const StreamListener&) = delete;
  StreamListener& operator=(const StreamListener&) = delete;

  /// Starts accepting. Once only. The handler must outlive Stop in what it refers to.
  void Serve(ConnectionHandler handler);

  /// Closes the listening socket, cancels every connection and waits until all handlers have
  /// returned. Idempotent. Not from an I/O thread.
  void Stop();
  /// Only closes the listening socket; connections go on. For servers that drain first.
  void StopAccepting();

  /// Where it listens, with the real port: "127.0.0.1:41234" or "unix:/path".
  std::string address() const;
  /// The port; 0 for Unix sockets.
  int port() const;
  /// Connections being served now.
  size_t connections() const;

 protected:
  struct State;
  explicit StreamListener(std::shared_ptr<State> state);
  static std::shared_ptr<State> NewState(IoRuntime& runtime, int fd, std::string address, int port,
                                         ListenerOptions options);

  std::shared_ptr<State> state_;
};

}  // namespace tusk

#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <string>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "common/net/endpoint.h"
#include "common/time/deadline.h"

namespace tusk {

/// A connected socket used from plain threads. The data path of the client library and of tasks:
/// a read costs one wake-up of the thread that wants the bytes, no I/O thread is involved.
///
/// Every wait is a poll with a deadline; the descriptor is non-blocking and close-on-exec. Owns it.
/// One thread reads and one writes at a time; Shutdown may come from any thread.
class BlockingSocket {
 public:
  /// Not connected.
  BlockingSocket() = default;
  /// Takes over a connected socket.
  explicit BlockingSocket(int fd);
  ~BlockingSocket();
  BlockingSocket(BlockingSocket&& other) noexcept;
  BlockingSocket& operator=(BlockingSocket&& other) noexcept;

  /// Connects over TCP (TCP_NODELAY), trying each address of a name. Errors as ConnectTcp.
  static Result<BlockingSocket> Connect(const Endpoint& endpoint, Deadline deadline);
  /// Connects to a Unix socket.
  static Result<BlockingSocket> ConnectUnix(const std::string& path, Deadline deadline);

  /// Reads at least one byte, or returns 0 at the end of the stream. Tries before it polls.
  Result<size_t> Recv(MutableByteView buffer, Deadline deadline);
  /// Fills `buffer`; kNotResponding when the stream ends before.
  Status RecvExactly(MutableByteView buffer, Deadline deadline);
  /// Writes everything. `parts` is used up: its elements are changed while parts are sent.
  Status SendAll(std::span<iovec> parts, Deadline deadline);
  Status SendAll(ByteView bytes, Deadline deadline);

  /// True when `Recv` would not wait; false when the deadline passed.
  Result<bool> PollReadable(Deadline deadline);

  /// Both directions end; a thread that waits in another call wakes with an error or end of stream.
  void Shutdown();
  /// Shutdown and release of the descriptor. Not while another thread uses the socket.
  void Close();
  /// Gives the descriptor away.
  int Release();

  bool connected() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  /// "10.0.0.7:50010" or "unix".
  std::string PeerAddress() const;
  std::string LocalAddress() const;

 private:
  Result<bool> Poll(short events, Deadline deadline);

  int fd_ = -1;
};

}  // namespace tusk

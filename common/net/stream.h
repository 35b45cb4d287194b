#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "common/net/task.h"

namespace tusk {

class Deadline;

/// A connection that carries bytes both ways: TCP, Unix socket, or memory in tests. Abstract so
/// that protocol code neither includes Asio's sockets nor knows which kind it speaks over.
///
/// One read and one write may be under way at the same time, no more. After any error other than
/// kInvalidArgument the stream is dead: only Close remains. Owned by one strand, executor(): every
/// method is called on it.
class Stream {
 public:
  virtual ~Stream() = default;

  /// Reads at least one byte into `buffer` (which is not empty) and returns how many; 0 means that
  /// the peer will send no more. kDeadlineExceeded when the read deadline passes first, kCancelled
  /// after Close or a stop, kNotResponding when the peer reset the connection.
  virtual Task<Result<size_t>> ReadSome(MutableByteView buffer) = 0;

  /// Writes all of `parts` in order, gathered in as few system calls as possible. The viewed bytes
  /// (and the span's elements) must stay until it returns. On an error an unknown part was sent.
  virtual Task<Status> WriteAll(std::span<const ByteView> parts) = 0;
  /// The same for one part.
  Task<Status> WriteAll(ByteView bytes);

  /// All reads (writes) from now on, one under way included, fail once `deadline` has passed. Cheap
  /// enough for each packet: it stores a time, a timer runs only while something waits.
  virtual void SetReadDeadline(Deadline deadline) = 0;
  virtual void SetWriteDeadline(Deadline deadline) = 0;

  /// Ends the connection; what waits returns kCancelled. Idempotent. The destructor does it too.
  virtual void Close() = 0;
  /// The peer will read end of stream after what was written. Reads go on.
  virtual Status ShutdownWrite() = 0;

  /// "10.0.0.7:50010", "unix:/path" or "memory"; kept after Close.
  virtual std::string PeerAddress() const = 0;
  virtual std::string LocalAddress() const = 0;
  /// The peer's IP without port, "127.0.0.1" for Unix and memory streams.
  virtual std::string PeerIp() const = 0;

  /// The socket, for sendfile, SO_PEERCRED and the like; -1 if there is none. Stays owned here.
  virtual int NativeHandle() const = 0;
  virtual Executor executor() const = 0;
};

}  // namespace tusk

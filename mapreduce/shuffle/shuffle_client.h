#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "common/net/blocking_socket.h"
#include "common/net/endpoint.h"
#include "mapreduce/model/ids.h"

namespace tusk {
class Clock;
}

namespace tusk::mapreduce {

/// One connection of a reduce to a tracker's shuffle server. Blocking; one thread.
///
///   Request(job, reduce, maps), then for each map in order NextOutput and, of what it says, Read
///   until everything was read.
class ShuffleClient {
 public:
  /// Connects within `timeout`, which also bounds each later wait for bytes.
  static Result<ShuffleClient> Connect(const Endpoint& server, const Clock& clock,
                                       std::chrono::milliseconds timeout);

  /// Asks for one reduce's slices of these maps.
  Status Request(const JobId& job, uint32_t reduce, std::span<const AttemptId> maps);

  /// The size of the next slice in bytes. kNotFound: the tracker has no such output, for certain.
  /// After another error the connection is of no more use.
  Result<uint64_t> NextOutput(const AttemptId& expected);

  /// Reads exactly `out.size()` bytes of the slice.
  Status Read(MutableByteView out);

 private:
  ShuffleClient(BlockingSocket socket, const Clock& clock, std::chrono::milliseconds timeout)
      : socket_(std::move(socket)), clock_(&clock), timeout_(timeout) {}

  BlockingSocket socket_;
  const Clock* clock_;
  std::chrono::milliseconds timeout_;
};

}  // namespace tusk::mapreduce

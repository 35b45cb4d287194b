#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "common/net/stream.h"

namespace tusk {

/// How one end of an in-memory connection misbehaves.
struct MemoryStreamOptions {
  size_t max_read = SIZE_MAX;  // a read returns at most that many bytes
  size_t capacity = 1 << 20;   // a writer waits while the other end has that much unread
  int fail_operation = -1;     // the n-th read or write (from 0) of this end fails with kIoError
};

/// Two ends of a connection in memory, each owned by its strand. They honour deadlines, Close and
/// cancellation as sockets do.
std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> MakeMemoryStreams(
    Executor first_strand, Executor second_strand, MemoryStreamOptions first = {},
    MemoryStreamOptions second = {});

}  // namespace tusk

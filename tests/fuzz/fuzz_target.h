#pragma once

#include "common/base/byte_span.h"
#include "common/base/check.h"

/// The body of a fuzz target: `FUZZ_TARGET(PacketHeader) { ... bytes ... }` looks at `bytes` and
/// stops the program (CHECK) when a property does not hold. It is the function
/// `void tusk::FuzzPacketHeader(ByteView)`; fuzz_program.cc makes a libFuzzer program of it.
#define FUZZ_TARGET(name)          \
  namespace tusk {                 \
  void Fuzz##name(ByteView bytes); \
  }                                \
  void tusk::Fuzz##name(ByteView bytes)

#pragma once

#include <cstddef>
#include <cstdint>

#include "common/base/byte_span.h"
#include "common/base/check.h"

/// The body of a fuzz target: `FUZZ_TARGET(PacketHeader) { ... bytes ... }` looks at `bytes` and
/// stops the program (CHECK) when a property does not hold. It is a libFuzzer program if
/// TUSK_FUZZ_PROGRAM is defined, else the function `void tusk::FuzzPacketHeader(ByteView)`.
#ifdef TUSK_FUZZ_PROGRAM
#define FUZZ_TARGET(name)                                                   \
  namespace tusk {                                                          \
  void Fuzz##name(ByteView bytes);                                          \
  }                                                                         \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { \
    tusk::Fuzz##name({data, size});                                         \
    return 0;                                                               \
  }                                                                         \
  void tusk::Fuzz##name(ByteView bytes)
#else
#define FUZZ_TARGET(name)          \
  namespace tusk {                 \
  void Fuzz##name(ByteView bytes); \
  }                                \
  void tusk::Fuzz##name(ByteView bytes)
#endif

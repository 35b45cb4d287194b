// A libFuzzer program of one target: TUSK_FUZZ_FUNCTION is its function.

#include <cstddef>
#include <cstdint>

#include "common/base/byte_span.h"

namespace tusk {
void TUSK_FUZZ_FUNCTION(ByteView bytes);
}  // namespace tusk

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tusk::TUSK_FUZZ_FUNCTION({data, size});
  return 0;
}

#pragma once

#include "common/codec/compression.h"

namespace tusk {

/// The codec "lz4" (LZ4 block format).
const Codec& Lz4Codec();

}  // namespace tusk

#pragma once

#include "common/codec/compression.h"

namespace tusk {

/// The codec "zstd" (RFC 8878, level 3).
const Codec& ZstdCodec();

}  // namespace tusk

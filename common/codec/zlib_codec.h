#pragma once

#include "common/codec/compression.h"

namespace tusk {

/// The codec "zlib" (RFC 1950, level 6).
const Codec& ZlibCodec();

}  // namespace tusk

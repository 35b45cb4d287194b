#pragma once

#include "common/codec/compression.h"

namespace tusk {

/// The codec "snappy" (google/snappy, format_description.txt).
const Codec& SnappyCodec();

}  // namespace tusk

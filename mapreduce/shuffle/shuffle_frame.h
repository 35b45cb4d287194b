#pragma once

#include <cstdint>
#include <string>

#include "common/base/byte_span.h"
#include "common/base/result.h"

namespace google::protobuf {
class MessageLite;
}

namespace tusk::mapreduce {

/// Frames of the shuffle and of the umbilical: a 32-bit big-endian length, then that many bytes of
/// one protobuf message (docs/formats/shuffle.md). Lengths are checked before anything is
/// allocated.
inline constexpr size_t kFrameHeaderBytes = 4;
inline constexpr uint32_t kMaxFrameBytes = 64 << 20;

/// Appends one frame to `out`.
void AppendFrame(const google::protobuf::MessageLite& message, std::string* out);

/// The length in a frame's first four bytes; kTooLarge beyond `limit`.
Result<uint32_t> ParseFrameLength(const uint8_t* header, uint32_t limit);

/// Parses the body of a frame; kCorruption when it is not such a message.
Status ParseFrameBody(ByteView body, google::protobuf::MessageLite* message);

}  // namespace tusk::mapreduce

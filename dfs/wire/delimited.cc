#include "dfs/wire/delimited.h"

#include <google/protobuf/message_lite.h>

#include <cstdint>

#include "common/base/check.h"

namespace tusk::dfs {
namespace {

/// Bytes of the longest varint of 32 bits.
constexpr size_t kMaxVarintBytes = 5;

}  // namespace

Result<std::optional<DelimitedFrame>> ParseDelimited(ByteView bytes, size_t limit) {
  uint64_t length = 0;
  size_t used = 0;
  while (true) {
    if (used == kMaxVarintBytes) {
      return Status(StatusCode::kInvalidArgument, "the size of a message is no varint of 32 bits");
    }
    if (used == bytes.size()) return std::optional<DelimitedFrame>();
    const uint8_t byte = bytes[used];
    length |= static_cast<uint64_t>(byte & 0x7F) << (7 * used);
    ++used;
    if ((byte & 0x80) == 0) break;
  }
  if (length > limit) {
    return Status::Error(StatusCode::kTooLarge, "a message of {} bytes, at most {} are allowed",
                         length, limit);
  }
  if (bytes.size() - used < length) return std::optional<DelimitedFrame>();
  DelimitedFrame frame;
  frame.message = bytes.subspan(used, length);
  frame.size = used + length;
  return std::optional<DelimitedFrame>(frame);
}

Status ParseMessage(ByteView bytes, google::protobuf::MessageLite* message) {
  // The partial form, as the full one writes to standard error.
  if (bytes.size() > static_cast<size_t>(INT32_MAX) ||
      !message->ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Status::Error(StatusCode::kInvalidArgument, "{} bytes are no {}", bytes.size(),
                         message->GetTypeName());
  }
  if (!message->IsInitialized()) {
    return Status::Error(StatusCode::kInvalidArgument, "a {} lacks a required field",
                         message->GetTypeName());
  }
  return Status::Ok();
}

void AppendDelimited(const google::protobuf::MessageLite& message, std::string* out) {
  CHECK(message.IsInitialized());
  size_t length = message.ByteSizeLong();
  while (length >= 0x80) {
    out->push_back(static_cast<char>((length & 0x7F) | 0x80));
    length >>= 7;
  }
  out->push_back(static_cast<char>(length));
  CHECK(message.AppendPartialToString(out));
}

}  // namespace tusk::dfs

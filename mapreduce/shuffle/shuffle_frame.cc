#include "mapreduce/shuffle/shuffle_frame.h"

#include <google/protobuf/message_lite.h>

namespace tusk::mapreduce {

void AppendFrame(const google::protobuf::MessageLite& message, std::string* out) {
  const size_t start = out->size();
  out->resize(start + kFrameHeaderBytes);
  message.AppendToString(out);
  const auto length = static_cast<uint32_t>(out->size() - start - kFrameHeaderBytes);
  for (size_t i = 0; i < kFrameHeaderBytes; ++i) {
    (*out)[start + i] = static_cast<char>(length >> (8 * (kFrameHeaderBytes - 1 - i)));
  }
}

Result<uint32_t> ParseFrameLength(const uint8_t* header, uint32_t limit) {
  uint32_t length = 0;
  for (size_t i = 0; i < kFrameHeaderBytes; ++i) length = length << 8 | header[i];
  if (length > limit) {
    return Status::Error(StatusCode::kTooLarge, "a frame of {} bytes, at most {}", length, limit);
  }
  return length;
}

Status ParseFrameBody(ByteView body, google::protobuf::MessageLite* message) {
  // Partial: ParseFromArray would print to stderr whatever a peer sends without a required field.
  if (message->ParsePartialFromArray(body.data(), static_cast<int>(body.size())) &&
      message->IsInitialized())
    return Status::Ok();
  return Status::Error(StatusCode::kCorruption, "a frame of {} bytes is no {}", body.size(),
                       message->GetTypeName());
}

}  // namespace tusk::mapreduce

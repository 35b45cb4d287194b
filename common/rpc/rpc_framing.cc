#include "common/rpc/rpc_framing.h"

#include <google/protobuf/message_lite.h>

#include "common/rpc/proto/RpcHeader.pb.h"

namespace tusk::rpc {
namespace {

size_t VarintSize(size_t value) {
  size_t size = 1;
  while (value >= 0x80) {
    value >>= 7;
    ++size;
  }
  return size;
}

void AppendVarint(size_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

void AppendLength(size_t value, std::string* out) {
  for (int shift = 24; shift >= 0; shift -= 8) out->push_back(static_cast<char>(value >> shift));
}

// ByteSizeLong of `message` must have been asked just before: sizes of parts are cached.
void AppendSized(const google::protobuf::MessageLite& message, size_t size, std::string* out) {
  AppendVarint(size, out);
  const size_t begin = out->size();
  out->resize(begin + size);
  message.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(out->data() + begin));
}

}  // namespace

Preamble ParsePreamble(ByteView bytes) {
  Preamble out;
  const std::string_view magic = AsText(bytes.first(4));
  out.version = bytes[4];
  out.auth = bytes[6];
  if (magic == "GET ") {
    out.kind = PreambleKind::kHttp;
  } else if (magic != "hrpc") {
    out.kind = PreambleKind::kForeign;
  } else if (out.version != kRpcVersion) {
    out.kind = PreambleKind::kWrongVersion;
  } else if (out.auth != kAuthNone && out.auth != kAuthSasl) {
    out.kind = PreambleKind::kUnknownAuth;
  } else {
    out.kind = PreambleKind::kRpc;
  }
  return out;
}

std::string EncodePreamble(uint8_t auth) {
  std::string out = "hrpc";
  out.push_back(static_cast<char>(kRpcVersion));
  out.push_back('\0');
  out.push_back(static_cast<char>(auth));
  return out;
}

Result<size_t> ParseFrameLength(ByteView bytes, size_t max_bytes) {
  uint32_t length = 0;
  for (int i = 0; i < 4; ++i) length = length << 8 | bytes[i];
  if (static_cast<int32_t>(length) < 0 || length > max_bytes) {
    return Status::Error(StatusCode::kTooLarge, "frame of {} bytes announced, at most {} are taken",
                         static_cast<int32_t>(length), max_bytes);
  }
  return static_cast<size_t>(length);
}

bool TakeDelimited(ByteView* rest, ByteView* message) {
  uint64_t size = 0;
  for (size_t i = 0; i < 5 && i < rest->size(); ++i) {
    const uint8_t byte = (*rest)[i];
    size |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
    if ((byte & 0x80) != 0) continue;
    if (size > rest->size() - i - 1) return false;
    *message = rest->subspan(i + 1, size);
    *rest = rest->subspan(i + 1 + size);
    return true;
  }
  return false;
}

bool TakeMessage(ByteView* rest, google::protobuf::MessageLite* message) {
  ByteView bytes;
  return TakeDelimited(rest, &bytes) &&
         message->ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size())) &&
         message->IsInitialized();
}

void AppendDelimited(const google::protobuf::MessageLite& message, std::string* out) {
  AppendSized(message, message.ByteSizeLong(), out);
}

void AppendResponse(const proto::RpcResponseHeaderProto& header,
                    const google::protobuf::MessageLite* body, std::string* out) {
  const size_t header_size = header.ByteSizeLong();
  const size_t body_size = body == nullptr ? 0 : body->ByteSizeLong();
  size_t total = VarintSize(header_size) + header_size;
  if (body != nullptr) total += VarintSize(body_size) + body_size;
  AppendLength(total, out);
  AppendSized(header, header_size, out);
  if (body != nullptr) AppendSized(*body, body_size, out);
}

void AppendEncodedResponse(const proto::RpcResponseHeaderProto& header, std::string_view body,
                           std::string* out) {
  const size_t header_size = header.ByteSizeLong();
  AppendLength(VarintSize(header_size) + header_size + body.size(), out);
  AppendSized(header, header_size, out);
  out->append(body);
}

std::string EncodeRequest(const proto::RpcRequestHeaderProto& header,
                          const google::protobuf::MessageLite* call,
                          const google::protobuf::MessageLite* request) {
  std::string out(4, '\0');
  AppendDelimited(header, &out);
  if (call != nullptr) AppendDelimited(*call, &out);
  if (request != nullptr) AppendDelimited(*request, &out);
  const size_t length = out.size() - 4;
  for (int i = 0; i < 4; ++i) out[i] = static_cast<char>(length >> (24 - 8 * i));
  return out;
}

}  // namespace tusk::rpc

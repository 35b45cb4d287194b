#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/byte_span.h"
#include "common/base/result.h"

namespace google::protobuf {
class MessageLite;
}
namespace tusk::rpc::proto {
class RpcRequestHeaderProto;
class RpcResponseHeaderProto;
}  // namespace tusk::rpc::proto

// The frames of Hadoop RPC version 9: a big-endian 32-bit length, then length-delimited messages.
// Parsers take any bytes and return a Status or false; they keep views into what they were given.

namespace tusk::rpc {

inline constexpr size_t kPreambleSize = 7;
inline constexpr uint8_t kRpcVersion = 9;
inline constexpr uint8_t kAuthNone = 0x00;
inline constexpr uint8_t kAuthSasl = 0xDF;

inline constexpr int32_t kCallIdNone = -1;
inline constexpr int32_t kCallIdContext = -3;
inline constexpr int32_t kCallIdPing = -4;
inline constexpr int32_t kCallIdSasl = -33;

/// The 7 bytes that open a connection.
enum class PreambleKind { kRpc, kHttp, kForeign, kWrongVersion, kUnknownAuth };
struct Preamble {
  PreambleKind kind = PreambleKind::kForeign;
  uint8_t version = 0;
  uint8_t auth = 0;
};
/// `bytes` has kPreambleSize bytes.
Preamble ParsePreamble(ByteView bytes);
std::string EncodePreamble(uint8_t auth);

/// The length that starts a frame, or kTooLarge when it is negative or above `max_bytes`. `bytes`
/// has at least 4.
Result<size_t> ParseFrameLength(ByteView bytes, size_t max_bytes);

/// Takes one length-delimited message off the front of `rest`. False when it is cut off or its
/// length is no varint of at most 5 bytes.
bool TakeDelimited(ByteView* rest, ByteView* message);
/// Takes and parses one.
bool TakeMessage(ByteView* rest, google::protobuf::MessageLite* message);

/// Appends one length-delimited message.
void AppendDelimited(const google::protobuf::MessageLite& message, std::string* out);

/// Appends a whole response frame; `body` may be null (errors have none).
void AppendResponse(const proto::RpcResponseHeaderProto& header,
                    const google::protobuf::MessageLite* body, std::string* out);
/// The same with a body that is encoded already, its length in front.
void AppendEncodedResponse(const proto::RpcResponseHeaderProto& header, std::string_view body,
                           std::string* out);
/// A whole request frame. `call` and `request` may be null (ping, context).
std::string EncodeRequest(const proto::RpcRequestHeaderProto& header,
                          const google::protobuf::MessageLite* call,
                          const google::protobuf::MessageLite* request);

}  // namespace tusk::rpc

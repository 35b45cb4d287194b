#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/byte_span.h"
#include "common/base/result.h"

namespace google::protobuf {
class MessageLite;
}

namespace tusk::dfs {

/// Version of the data transfer protocol, in front of each operation.
inline constexpr uint16_t kDataTransferVersion = 28;

/// First four bytes of a connection that starts with a handshake instead of an operation.
inline constexpr uint32_t kHandshakeMagic = 0xDEADBEEF;

/// Operations of the data transfer protocol; values are those of the wire. In parentheses the
/// message that follows.
enum class DataTransferOp : uint8_t {
  kWriteBlock = 80,              // OpWriteBlockProto
  kReadBlock = 81,               // OpReadBlockProto
  kReadMetadata = 82,            // unused
  kReplaceBlock = 83,            // OpReplaceBlockProto
  kCopyBlock = 84,               // OpCopyBlockProto
  kBlockChecksum = 85,           // OpBlockChecksumProto
  kTransferBlock = 86,           // OpTransferBlockProto
  kRequestShortCircuitFds = 87,  // OpRequestShortCircuitAccessProto
  kReleaseShortCircuitFds = 88,  // ReleaseShortCircuitAccessRequestProto
  kRequestShortCircuitShm = 89,  // ShortCircuitShmRequestProto
  kBlockGroupChecksum = 90,      // OpBlockGroupChecksumProto
  kCustom = 127,                 // OpCustomProto
};

/// Hadoop's name: "WRITE_BLOCK", ...; "UNKNOWN" for a number not listed.
std::string_view DataTransferOpName(DataTransferOp op);

/// Bytes in front of the delimited message: version (big-endian) and opcode.
inline constexpr size_t kOpHeadBytes = 3;

/// Bytes that the message of an operation, or the answer to one, may have.
inline constexpr size_t kMaxOpMessageBytes = 1U << 20;

/// The operation that three bytes announce. kInvalidArgument if there are not three bytes;
/// kVersionMismatch for another version, which includes a handshake; kUnsupported for an unknown
/// opcode. In each case the connection is to be closed.
Result<DataTransferOp> ParseOpHead(ByteView head);

/// An operation as it stands in a stream.
struct OpFrame {
  DataTransferOp op = DataTransferOp::kReadBlock;
  ByteView message;  ///< without its size; see ParseMessage in dfs/wire/delimited.h
  size_t size = 0;   ///< bytes of all of it
};

/// The operation at the front of `bytes`; nothing if `bytes` ends before it does. Errors of
/// ParseOpHead and ParseDelimited with kMaxOpMessageBytes.
Result<std::optional<OpFrame>> ParseOpFrame(ByteView bytes);

/// Appends head and delimited `message`, whose required fields must be set, to `out`.
void AppendOp(DataTransferOp op, const google::protobuf::MessageLite& message, std::string* out);

}  // namespace tusk::dfs

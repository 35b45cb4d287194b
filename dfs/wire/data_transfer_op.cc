#include "dfs/wire/data_transfer_op.h"

#include "common/base/status_macros.h"
#include "dfs/wire/delimited.h"

namespace tusk::dfs {

std::string_view DataTransferOpName(DataTransferOp op) {
  switch (op) {
    case DataTransferOp::kWriteBlock:
      return "WRITE_BLOCK";
    case DataTransferOp::kReadBlock:
      return "READ_BLOCK";
    case DataTransferOp::kReadMetadata:
      return "READ_METADATA";
    case DataTransferOp::kReplaceBlock:
      return "REPLACE_BLOCK";
    case DataTransferOp::kCopyBlock:
      return "COPY_BLOCK";
    case DataTransferOp::kBlockChecksum:
      return "BLOCK_CHECKSUM";
    case DataTransferOp::kTransferBlock:
      return "TRANSFER_BLOCK";
    case DataTransferOp::kRequestShortCircuitFds:
      return "REQUEST_SHORT_CIRCUIT_FDS";
    case DataTransferOp::kReleaseShortCircuitFds:
      return "RELEASE_SHORT_CIRCUIT_FDS";
    case DataTransferOp::kRequestShortCircuitShm:
      return "REQUEST_SHORT_CIRCUIT_SHM";
    case DataTransferOp::kBlockGroupChecksum:
      return "BLOCK_GROUP_CHECKSUM";
    case DataTransferOp::kCustom:
      return "CUSTOM";
  }
  return "UNKNOWN";
}

Result<DataTransferOp> ParseOpHead(ByteView head) {
  if (head.size() < kOpHeadBytes) {
    return Status::Error(StatusCode::kInvalidArgument, "{} bytes are no head of an operation",
                         head.size());
  }
  const unsigned version = unsigned{head[0]} << 8 | head[1];
  if (version != kDataTransferVersion) {
    return Status::Error(StatusCode::kVersionMismatch,
                         "data transfer version {} is spoken, the peer sent {}",
                         kDataTransferVersion, version);
  }
  const auto op = static_cast<DataTransferOp>(head[2]);
  if (DataTransferOpName(op) == "UNKNOWN") {
    return Status::Error(StatusCode::kUnsupported, "unknown data transfer operation {}", head[2]);
  }
  return op;
}

Result<std::optional<OpFrame>> ParseOpFrame(ByteView bytes) {
  if (bytes.size() < kOpHeadBytes) return std::optional<OpFrame>();
  OpFrame frame;
  ASSIGN_OR_RETURN(frame.op, ParseOpHead(bytes.first(kOpHeadBytes)));
  ASSIGN_OR_RETURN(const std::optional<DelimitedFrame> message,
                   ParseDelimited(bytes.subspan(kOpHeadBytes), kMaxOpMessageBytes));
  if (!message.has_value()) return std::optional<OpFrame>();
  frame.message = message->message;
  frame.size = kOpHeadBytes + message->size;
  return std::optional<OpFrame>(frame);
}

void AppendOp(DataTransferOp op, const google::protobuf::MessageLite& message, std::string* out) {
  out->push_back(static_cast<char>(kDataTransferVersion >> 8));
  out->push_back(static_cast<char>(kDataTransferVersion & 0xFF));
  out->push_back(static_cast<char>(op));
  AppendDelimited(message, out);
}

}  // namespace tusk::dfs

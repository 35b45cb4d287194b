#include "tests/dfs/wire/golden_stream.h"

#include <google/protobuf/message_lite.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "common/rpc/proto/IpcConnectionContext.pb.h"
#include "common/rpc/proto/ProtobufRpcEngine.pb.h"
#include "common/rpc/proto/RpcHeader.pb.h"
#include "dfs/proto/data_transfer.pb.h"
#include "dfs/wire/data_transfer_op.h"
#include "dfs/wire/delimited.h"
#include "dfs/wire/packet_codec.h"
#include "dfs/wire/pipeline_ack.h"
#include "tests/support/source_tree.h"

namespace tusk::dfs {
namespace {

namespace fs = std::filesystem;

constexpr size_t kRpcPreambleBytes = 7;
constexpr size_t kMaxRpcFrameBytes = 1U << 20;
constexpr int kContextCallId = -3;

fs::path GoldenRoot() { return fs::path(SourceDir()) / "tests/golden/hdfs"; }

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Status Broken(std::string_view what, size_t position) {
  return Status::Error(StatusCode::kInvalidArgument, "{} at byte {}", what, position);
}

/// A cursor over a stream that collects decoded pieces.
class Decoder {
 public:
  explicit Decoder(ByteView stream) : stream_(stream) {}

  ByteView rest() const { return stream_.subspan(position_); }
  bool AtEnd() const { return position_ == stream_.size(); }
  size_t position() const { return position_; }
  GoldenItems TakeItems() { return std::move(items_); }

  void Add(std::string what, size_t size, std::string encoded) {
    items_.push_back({position_, position_ + size, std::move(what), std::move(encoded)});
    position_ += size;
  }

  /// Decodes one delimited message; false if the stream ends before it does.
  Result<bool> TakeDelimited(std::string what, google::protobuf::MessageLite* message) {
    ASSIGN_OR_RETURN(const auto frame, ParseDelimited(rest(), kMaxOpMessageBytes));
    if (!frame.has_value()) return false;
    RETURN_IF_ERROR(ParseMessage(frame->message, message));
    std::string encoded;
    AppendDelimited(*message, &encoded);
    Add(std::move(what), frame->size, std::move(encoded));
    return true;
  }

  /// Decodes one packet; false if the stream ends before it does.
  Result<bool> TakePacket(const ChecksumSpec& spec, bool* last) {
    ASSIGN_OR_RETURN(const auto frame, ParsePacket(rest()));
    if (!frame.has_value()) return false;
    const PacketView& packet = frame->packet;
    RETURN_IF_ERROR(VerifyPacket(spec, packet));
    std::string checksums(packet.checksums.size(), '\0');
    const PacketHead head = EncodePacket(
        spec, packet.header, packet.data,
        MutableByteView(reinterpret_cast<uint8_t*>(checksums.data()), checksums.size()));
    std::string encoded(AsText(head.View()));
    encoded += checksums;
    encoded += AsText(packet.data);
    *last = packet.header.last_in_block;
    Add("packet", frame->size, std::move(encoded));
    return true;
  }

 private:
  ByteView stream_;
  size_t position_ = 0;
  GoldenItems items_;
};

/// One frame: i32 length, then its content. Nothing if it is not whole.
Result<std::optional<ByteView>> RpcFrame(ByteView rest, size_t position) {
  if (rest.size() < 4) return std::optional<ByteView>();
  const size_t length =
      size_t{rest[0]} << 24 | size_t{rest[1]} << 16 | size_t{rest[2]} << 8 | rest[3];
  if (length == 0 || length > kMaxRpcFrameBytes) return Broken("bad frame length", position);
  if (rest.size() - 4 < length) return std::optional<ByteView>();
  return std::optional<ByteView>(rest.subspan(4, length));
}

std::string WithLength(const std::string& body) {
  const auto n = static_cast<uint32_t>(body.size());
  std::string out;
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<char>(n >> shift));
  return out + body;
}

/// Decodes a delimited message at the front of `body`, drops it there and appends it encoded.
Status Convert(ByteView* body, google::protobuf::MessageLite* message, std::string* encoded) {
  ASSIGN_OR_RETURN(const auto frame, ParseDelimited(*body, kMaxRpcFrameBytes));
  if (!frame.has_value()) return Status(StatusCode::kInvalidArgument, "a frame ends in a message");
  RETURN_IF_ERROR(ParseMessage(frame->message, message));
  AppendDelimited(*message, encoded);
  *body = body->subspan(frame->size);
  return Status::Ok();
}

}  // namespace

std::vector<GoldenConnection> ReadGoldenConnections(std::string_view role) {
  std::vector<GoldenConnection> out;
  const fs::path root = GoldenRoot();
  CHECK(fs::exists(root));
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const fs::path& path = entry.path();
    if (path.extension() != ".c2s" || path.stem().string().find(role) == std::string::npos)
      continue;
    if (path.stem().string().ends_with("http")) continue;
    GoldenConnection connection;
    connection.name = fs::relative(path, root).replace_extension().string();
    connection.to_server = ReadFile(path);
    connection.to_client = ReadFile(fs::path(path).replace_extension(".s2c"));
    out.push_back(std::move(connection));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

Result<GoldenItems> DecodeRpcRequests(ByteView stream, CallMethods* calls) {
  Decoder decoder(stream);
  if (stream.size() < kRpcPreambleBytes) return GoldenItems();
  const std::string preamble(AsText(stream.first(kRpcPreambleBytes)));
  if (preamble != std::string("hrpc\x09\0\0", kRpcPreambleBytes)) return Broken("no preamble", 0);
  decoder.Add("preamble", kRpcPreambleBytes, preamble);
  while (true) {
    ASSIGN_OR_RETURN(const auto frame, RpcFrame(decoder.rest(), decoder.position()));
    if (!frame.has_value()) return decoder.TakeItems();
    ByteView body = *frame;
    std::string encoded;
    std::string what = "connection context";
    rpc::proto::RpcRequestHeaderProto header;
    RETURN_IF_ERROR(Convert(&body, &header, &encoded));
    if (header.callid() == kContextCallId) {
      rpc::proto::IpcConnectionContextProto context;
      RETURN_IF_ERROR(Convert(&body, &context, &encoded));
    } else {
      rpc::proto::RequestHeaderProto request;
      RETURN_IF_ERROR(Convert(&body, &request, &encoded));
      what = request.methodname();
      (*calls)[header.callid()] = what;
      const MethodMessages messages = MakeMethodMessages(what);
      if (messages.request == nullptr) return Broken("unknown method " + what, decoder.position());
      RETURN_IF_ERROR(Convert(&body, messages.request.get(), &encoded));
    }
    if (!body.empty()) return Broken("bytes left in a frame", decoder.position());
    decoder.Add(what, 4 + frame->size(), WithLength(encoded));
  }
}

Result<GoldenItems> DecodeRpcResponses(ByteView stream, const CallMethods& calls) {
  Decoder decoder(stream);
  while (true) {
    ASSIGN_OR_RETURN(const auto frame, RpcFrame(decoder.rest(), decoder.position()));
    if (!frame.has_value()) return decoder.TakeItems();
    ByteView body = *frame;
    std::string encoded;
    rpc::proto::RpcResponseHeaderProto header;
    RETURN_IF_ERROR(Convert(&body, &header, &encoded));
    const auto call = calls.find(header.callid());
    if (call == calls.end()) return Broken("an answer without a call", decoder.position());
    std::string what = call->second;
    if (header.status() == rpc::proto::RpcResponseHeaderProto::SUCCESS) {
      const MethodMessages messages = MakeMethodMessages(what);
      if (messages.response == nullptr) return Broken("unknown method " + what, decoder.position());
      RETURN_IF_ERROR(Convert(&body, messages.response.get(), &encoded));
    } else {
      what += " failed";
    }
    if (!body.empty()) return Broken("bytes left in a frame", decoder.position());
    decoder.Add(what, 4 + frame->size(), WithLength(encoded));
  }
}

namespace {

/// Re-encodes the message of an operation; keeps the checksum of writes.
template <typename Message>
Status ConvertOp(const OpFrame& frame, Message* message, Decoder* decoder) {
  RETURN_IF_ERROR(ParseMessage(frame.message, message));
  std::string encoded;
  AppendOp(frame.op, *message, &encoded);
  decoder->Add(std::string(DataTransferOpName(frame.op)), frame.size, std::move(encoded));
  return Status::Ok();
}

Result<ChecksumSpec> SpecOf(const proto::ChecksumProto& checksum) {
  return ChecksumSpec::Make(checksum.type(), checksum.bytesperchecksum());
}

}  // namespace

Result<GoldenItems> DecodeTransferRequests(ByteView stream, TransferScript* script) {
  Decoder decoder(stream);
  while (!decoder.AtEnd()) {
    ASSIGN_OR_RETURN(const auto frame, ParseOpFrame(decoder.rest()));
    if (!frame.has_value()) break;
    script->steps.push_back({static_cast<uint8_t>(frame->op), 0});
    TransferScript::Step& step = script->steps.back();
    if (frame->op == DataTransferOp::kReadBlock) {
      proto::OpReadBlockProto op;
      RETURN_IF_ERROR(ConvertOp(*frame, &op, &decoder));
      // Sent only by readers that came to the end; one that did not is at the end of the stream.
      if (decoder.AtEnd()) break;
      proto::ClientReadStatusProto status;
      ASSIGN_OR_RETURN(const bool whole, decoder.TakeDelimited("read status", &status));
      if (!whole) break;
    } else if (frame->op == DataTransferOp::kBlockChecksum) {
      proto::OpBlockChecksumProto op;
      RETURN_IF_ERROR(ConvertOp(*frame, &op, &decoder));
    } else if (frame->op == DataTransferOp::kWriteBlock) {
      proto::OpWriteBlockProto op;
      RETURN_IF_ERROR(ConvertOp(*frame, &op, &decoder));
      ASSIGN_OR_RETURN(const ChecksumSpec spec, SpecOf(op.requestedchecksum()));
      for (bool last = false; !last;) {
        ASSIGN_OR_RETURN(const bool whole, decoder.TakePacket(spec, &last));
        if (!whole) return decoder.TakeItems();
        ++step.packets;
      }
    } else {
      return Broken("unexpected operation", decoder.position());
    }
  }
  return decoder.TakeItems();
}

Result<GoldenItems> DecodeTransferResponses(ByteView stream, const TransferScript& script) {
  Decoder decoder(stream);
  for (const TransferScript::Step& step : script.steps) {
    proto::BlockOpResponseProto response;
    ASSIGN_OR_RETURN(const bool whole, decoder.TakeDelimited("response", &response));
    if (!whole) break;
    const auto op = static_cast<DataTransferOp>(step.op);
    if (op == DataTransferOp::kReadBlock && response.status() == proto::SUCCESS) {
      ASSIGN_OR_RETURN(const ChecksumSpec spec, SpecOf(response.readopchecksuminfo().checksum()));
      for (bool last = false; !last;) {
        ASSIGN_OR_RETURN(const bool more, decoder.TakePacket(spec, &last));
        if (!more) return decoder.TakeItems();
      }
    }
    for (size_t i = 0; op == DataTransferOp::kWriteBlock && i < step.packets; ++i) {
      ASSIGN_OR_RETURN(const auto frame, ParsePipelineAckFrame(decoder.rest()));
      if (!frame.has_value()) return decoder.TakeItems();
      std::string encoded;
      AppendPipelineAck(frame->ack, &encoded);
      decoder.Add("ack", frame->size, std::move(encoded));
    }
  }
  return decoder.TakeItems();
}

}  // namespace tusk::dfs

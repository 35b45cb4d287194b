#include "dfs/wire/pipeline_ack.h"

#include "common/base/status_macros.h"
#include "dfs/model/dfs_limits.h"
#include "dfs/proto/data_transfer.pb.h"
#include "dfs/wire/delimited.h"

namespace tusk::dfs {

std::optional<size_t> PipelineAck::FirstFailure() const {
  for (size_t i = 0; i < replies.size(); ++i) {
    if (replies[i] != TransferStatus::kSuccess) return i;
  }
  return std::nullopt;
}

bool PipelineAck::IsRestart() const {
  return !replies.empty() && replies.front() == TransferStatus::kOobRestart;
}

Result<PipelineAck> ParsePipelineAck(ByteView message) {
  proto::PipelineAckProto parsed;
  RETURN_IF_ERROR(ParseMessage(message, &parsed));
  const int replies = parsed.reply_size();
  if (replies == 0 || replies > static_cast<int>(kMaxPipelineNodes) ||
      (parsed.flag_size() != 0 && parsed.flag_size() != replies)) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "an acknowledgement with {} replies and {} flags", replies,
                         parsed.flag_size());
  }
  PipelineAck ack;
  ack.seqno = parsed.seqno();
  ack.replies.reserve(static_cast<size_t>(replies));
  for (int i = 0; i < replies; ++i) {
    ack.replies.push_back(static_cast<TransferStatus>(parsed.reply(i)));
  }
  if (parsed.has_downstreamacktimenanos()) ack.downstream_nanos = parsed.downstreamacktimenanos();
  ack.flags.assign(parsed.flag().begin(), parsed.flag().end());
  return ack;
}

Result<std::optional<PipelineAckFrame>> ParsePipelineAckFrame(ByteView bytes) {
  ASSIGN_OR_RETURN(const std::optional<DelimitedFrame> frame, ParseDelimited(bytes, kMaxAckBytes));
  if (!frame.has_value()) return std::optional<PipelineAckFrame>();
  PipelineAckFrame out;
  ASSIGN_OR_RETURN(out.ack, ParsePipelineAck(frame->message));
  out.size = frame->size;
  return std::optional<PipelineAckFrame>(std::move(out));
}

void AppendPipelineAck(const PipelineAck& ack, std::string* out) {
  proto::PipelineAckProto message;
  message.set_seqno(ack.seqno);
  for (const TransferStatus reply : ack.replies) {
    message.add_reply(static_cast<proto::Status>(reply));
  }
  if (ack.downstream_nanos.has_value()) message.set_downstreamacktimenanos(*ack.downstream_nanos);
  for (const uint32_t flag : ack.flags) message.add_flag(flag);
  AppendDelimited(message, out);
}

}  // namespace tusk::dfs

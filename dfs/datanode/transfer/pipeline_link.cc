#include "dfs/datanode/transfer/pipeline_link.h"

#include <optional>
#include <utility>

#include "common/base/status_macros.h"
#include "common/net/tcp.h"
#include "dfs/wire/data_transfer_op.h"
#include "dfs/wire/delimited.h"

namespace tusk::dfs::datanode {

proto::OpWriteBlockProto OpForNextNode(const proto::OpWriteBlockProto& op) {
  proto::OpWriteBlockProto next = op;
  next.mutable_targets()->DeleteSubrange(0, 1);
  next.clear_storagetype();
  next.clear_storageid();
  next.clear_pinning();
  // The lists beside the targets may be missing.
  if (op.targetstoragetypes_size() > 0) {
    next.set_storagetype(op.targetstoragetypes(0));
    next.mutable_targetstoragetypes()->Truncate(0);
    for (int i = 1; i < op.targetstoragetypes_size(); ++i) {
      next.add_targetstoragetypes(op.targetstoragetypes(i));
    }
  }
  if (op.targetstorageids_size() > 0) {
    next.set_storageid(op.targetstorageids(0));
    next.mutable_targetstorageids()->DeleteSubrange(0, 1);
  }
  if (op.targetpinnings_size() > 0) {
    next.set_pinning(op.targetpinnings(0));
    next.mutable_targetpinnings()->Truncate(0);
    for (int i = 1; i < op.targetpinnings_size(); ++i) {
      next.add_targetpinnings(op.targetpinnings(i));
    }
  }
  return next;
}

Task<Result<PipelineLink>> OpenLink(TransferContext& context, Executor strand, DatanodeId target,
                                    proto::OpWriteBlockProto op) {
  PipelineLink link;
  link.name = target.TransferAddress();
  link.further = static_cast<size_t>(op.targets_size());
  const Deadline deadline = context.PeerDeadline(link.further + 1);
  const bool by_name = context.options.connect_by_name && !target.host_name.empty();
  const Endpoint endpoint{by_name ? target.host_name : target.ip_address, target.transfer_port};
  CO_ASSIGN_OR_RETURN(link.stream, co_await ConnectTcp(strand, endpoint, deadline));
  link.reader = std::make_unique<BufferedStreamReader>(*link.stream, kMaxOpMessageBytes + 64, 4096);
  link.stream->SetWriteDeadline(deadline);
  std::string bytes;
  AppendOp(DataTransferOp::kWriteBlock, op, &bytes);
  CO_RETURN_IF_ERROR(co_await link.stream->WriteAll(AsBytes(bytes)));
  co_return link;
}

Task<Result<proto::BlockOpResponseProto>> ReadResponse(TransferContext& context,
                                                       PipelineLink& link) {
  link.stream->SetReadDeadline(context.PeerDeadline(link.further + 1));
  for (;;) {
    CO_ASSIGN_OR_RETURN(const std::optional<DelimitedFrame> frame,
                        ParseDelimited(link.reader->Peek(), kMaxOpMessageBytes));
    if (frame.has_value()) {
      proto::BlockOpResponseProto response;
      CO_RETURN_IF_ERROR(ParseMessage(frame->message, &response));
      link.reader->Consume(frame->size);
      link.stream->SetReadDeadline(Deadline::Never());
      co_return response;
    }
    CO_RETURN_IF_ERROR(co_await link.reader->Fill(link.reader->size() + 1));
  }
}

}  // namespace tusk::dfs::datanode

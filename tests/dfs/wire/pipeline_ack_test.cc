#include "dfs/wire/pipeline_ack.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dfs/model/dfs_limits.h"
#include "dfs/proto/data_transfer.pb.h"
#include "dfs/wire/packet_header.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

PipelineAck Ack(int64_t seqno, std::vector<TransferStatus> replies) {
  PipelineAck ack;
  ack.seqno = seqno;
  ack.replies = std::move(replies);
  return ack;
}

TEST(PipelineAck, RoundTripAndEveryPrefix) {
  std::vector<PipelineAck> acks = {
      Ack(0, {TransferStatus::kSuccess}),
      Ack(kHeartbeatSeqno, {TransferStatus::kSuccess, TransferStatus::kSuccess}),
      Ack(kUnknownSeqno, {TransferStatus::kOobRestart}),
      Ack(1LL << 40, {TransferStatus::kSuccess, TransferStatus::kErrorChecksum}),
  };
  acks[3].downstream_nanos = 123456789;
  acks[3].flags = {MakeAckFlag(TransferStatus::kSuccess, AckEcn::kCongested, AckSlow::kSlow), 2};
  for (const PipelineAck& ack : acks) {
    std::string bytes;
    AppendPipelineAck(ack, &bytes);
    ASSERT_OK_AND_ASSIGN(const auto frame, ParsePipelineAckFrame(AsBytes(bytes)));
    ASSERT_TRUE(frame.has_value());
    EXPECT_EQ(frame->ack, ack);
    EXPECT_EQ(frame->size, bytes.size());
    for (size_t length = 0; length < bytes.size(); ++length) {
      ASSERT_OK_AND_ASSIGN(const auto part, ParsePipelineAckFrame(AsBytes(bytes).first(length)));
      EXPECT_FALSE(part.has_value());
    }
  }
}

TEST(PipelineAck, WhoFailed) {
  EXPECT_TRUE(Ack(0, {TransferStatus::kSuccess, TransferStatus::kSuccess}).AllSucceeded());
  const PipelineAck broken =
      Ack(0, {TransferStatus::kSuccess, TransferStatus::kError, TransferStatus::kErrorChecksum});
  EXPECT_FALSE(broken.AllSucceeded());
  EXPECT_EQ(broken.FirstFailure(), 1U);
  EXPECT_TRUE(Ack(kUnknownSeqno, {TransferStatus::kOobRestart}).IsRestart());
  EXPECT_FALSE(broken.IsRestart());
}

TEST(PipelineAck, FlagWords) {
  const uint32_t flag =
      MakeAckFlag(TransferStatus::kErrorChecksum, AckEcn::kCongested, AckSlow::kNormal);
  EXPECT_EQ(flag, 2U | 3U << 5 | 1U << 7);
  EXPECT_EQ(AckFlagEcn(flag), AckEcn::kCongested);
  EXPECT_EQ(AckFlagSlow(flag), AckSlow::kNormal);
}

TEST(PipelineAck, RefusedAcks) {
  proto::PipelineAckProto message;
  message.set_seqno(1);
  EXPECT_THAT(ParsePipelineAck(AsBytes(message.SerializeAsString())),
              StatusIs(StatusCode::kInvalidArgument, "0 replies"));
  message.add_reply(proto::SUCCESS);
  message.add_reply(proto::SUCCESS);
  message.add_flag(0);
  const std::string uneven = message.SerializeAsString();
  EXPECT_THAT(ParsePipelineAck(AsBytes(uneven)), StatusIs(StatusCode::kInvalidArgument, "1 flags"));
  message.clear_flag();
  for (uint32_t i = 0; i < kMaxPipelineNodes; ++i) message.add_reply(proto::SUCCESS);
  const std::string many = message.SerializeAsString();
  EXPECT_THAT(ParsePipelineAck(AsBytes(many)), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(ParsePipelineAckFrame(AsBytes("\xFF\xFF\x7F")), StatusIs(StatusCode::kTooLarge));
  EXPECT_THAT(ParsePipelineAck(AsBytes("\x12")), StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tusk::dfs

#include "dfs/wire/data_transfer_op.h"

#include <gtest/gtest.h>

#include <string>

#include "dfs/proto/data_transfer.pb.h"
#include "dfs/wire/delimited.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

proto::OpCopyBlockProto CopyOp() {
  proto::OpCopyBlockProto op;
  proto::ExtendedBlockProto* block = op.mutable_header()->mutable_block();
  block->set_poolid("BP-1");
  block->set_blockid(5);
  block->set_generationstamp(1001);
  return op;
}

TEST(DataTransferOp, FirstBytes) {
  std::string bytes;
  AppendOp(DataTransferOp::kCopyBlock, CopyOp(), &bytes);
  EXPECT_EQ(bytes.substr(0, 3), std::string("\x00\x1C\x54", 3));
}

TEST(DataTransferOp, RoundTripAndEveryPrefix) {
  std::string bytes;
  AppendOp(DataTransferOp::kCopyBlock, CopyOp(), &bytes);
  ASSERT_OK_AND_ASSIGN(const auto frame, ParseOpFrame(AsBytes(bytes)));
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->op, DataTransferOp::kCopyBlock);
  EXPECT_EQ(frame->size, bytes.size());
  proto::OpCopyBlockProto back;
  ASSERT_OK(ParseMessage(frame->message, &back));
  EXPECT_EQ(back.SerializeAsString(), CopyOp().SerializeAsString());
  for (size_t length = 0; length < bytes.size(); ++length) {
    ASSERT_OK_AND_ASSIGN(const auto part, ParseOpFrame(AsBytes(bytes).first(length)));
    EXPECT_FALSE(part.has_value()) << length;
  }
}

TEST(DataTransferOp, RefusedHeads) {
  EXPECT_THAT(ParseOpHead(AsBytes("ab")), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseOpHead(AsBytes("\xDE\xAD\xBE\xEF")), StatusIs(StatusCode::kVersionMismatch));
  EXPECT_THAT(ParseOpHead(AsBytes(std::string_view("\x00\x1B\x51", 3))),
              StatusIs(StatusCode::kVersionMismatch, "sent 27"));
  EXPECT_THAT(ParseOpFrame(AsBytes("GET / HTTP/1.1")), StatusIs(StatusCode::kVersionMismatch));
}

TEST(DataTransferOp, ExactlyTheListedOpcodesAreKnown) {
  int known = 0;
  for (int op = 0; op < 256; ++op) {
    const std::string head = {'\0', '\x1C', static_cast<char>(op)};
    const auto parsed = ParseOpHead(AsBytes(head));
    const bool listed = (op >= 80 && op <= 90) || op == 127;
    EXPECT_EQ(parsed.ok(), listed) << op;
    if (!listed) {
      EXPECT_THAT(parsed, StatusIs(StatusCode::kUnsupported));
    }
    known += parsed.ok() ? 1 : 0;
  }
  EXPECT_EQ(known, 12);
  EXPECT_EQ(DataTransferOpName(DataTransferOp::kWriteBlock), "WRITE_BLOCK");
}

TEST(DataTransferOp, OversizedMessageIsRefusedAtItsLength) {
  const std::string bytes("\x00\x1C\x51\xFF\xFF\xFF\x7F", 7);
  EXPECT_THAT(ParseOpFrame(AsBytes(bytes)), StatusIs(StatusCode::kTooLarge));
}

}  // namespace
}  // namespace tusk::dfs

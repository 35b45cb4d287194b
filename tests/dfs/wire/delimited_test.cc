#include "dfs/wire/delimited.h"

#include <gtest/gtest.h>

#include <string>

#include "dfs/proto/hdfs.pb.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

TEST(Delimited, RoundTripAndEveryPrefix) {
  proto::ExtendedBlockProto message;
  message.set_poolid(std::string(300, 'p'));
  message.set_blockid(1073741825);
  message.set_generationstamp(1001);
  std::string bytes;
  AppendDelimited(message, &bytes);
  const std::string stream = bytes + "more";
  ASSERT_OK_AND_ASSIGN(const auto frame, ParseDelimited(AsBytes(stream), 1000));
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->size, bytes.size());
  proto::ExtendedBlockProto back;
  ASSERT_OK(ParseMessage(frame->message, &back));
  EXPECT_EQ(back.SerializeAsString(), message.SerializeAsString());
  for (size_t length = 0; length < bytes.size(); ++length) {
    ASSERT_OK_AND_ASSIGN(const auto part, ParseDelimited(AsBytes(bytes).first(length), 1000));
    EXPECT_FALSE(part.has_value()) << length;
  }
}

TEST(Delimited, LengthsAreRefusedBeforeTheirBytesCome) {
  EXPECT_THAT(ParseDelimited(AsBytes("\x65"), 100), StatusIs(StatusCode::kTooLarge));
  EXPECT_OK(ParseDelimited(AsBytes("\x64"), 100));
  EXPECT_THAT(ParseDelimited(AsBytes("\xFF\xFF\xFF\xFF\x0F"), 1 << 20),
              StatusIs(StatusCode::kTooLarge));
  EXPECT_THAT(ParseDelimited(AsBytes("\xFF\xFF\xFF\xFF\xFF\x01"), 1 << 20),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(Delimited, BadMessages) {
  proto::ExtendedBlockProto message;
  EXPECT_THAT(ParseMessage(AsBytes(""), &message),
              StatusIs(StatusCode::kInvalidArgument, "lacks a required field"));
  EXPECT_THAT(ParseMessage(AsBytes("\x0A\x7F"), &message),
              StatusIs(StatusCode::kInvalidArgument, "are no"));
}

}  // namespace
}  // namespace tusk::dfs

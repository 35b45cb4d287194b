#include "mapreduce/shuffle/shuffle_frame.h"

#include <gtest/gtest.h>

#include "mapreduce/model/job_codec.h"
#include "mapreduce/proto/shuffle.pb.h"
#include "tests/support/golden.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

std::string Frame(const google::protobuf::MessageLite& message) {
  std::string frame;
  AppendFrame(message, &frame);
  return frame;
}

proto::FetchHeaderProto Header() {
  proto::FetchHeaderProto header;
  ToProto(AttemptId{{{202611290001, 7}, TaskType::kMap, 2}, 1}, header.mutable_map());
  header.set_status(0);
  header.set_length(22);
  return header;
}

TEST(ShuffleFrame, FramesFollowEachOtherWithoutPadding) {
  std::string two;
  AppendFrame(Header(), &two);
  AppendFrame(Header(), &two);
  EXPECT_EQ(two, Frame(Header()) + Frame(Header()));
}

TEST(ShuffleFrame, ComesBack) {
  const std::string frame = Frame(Header());
  ASSERT_OK_AND_ASSIGN(const uint32_t length,
                       ParseFrameLength(AsBytes(frame).data(), kMaxFrameBytes));
  ASSERT_EQ(length + kFrameHeaderBytes, frame.size());
  proto::FetchHeaderProto back;
  ASSERT_OK(ParseFrameBody(AsBytes(frame).subspan(kFrameHeaderBytes), &back));
  EXPECT_EQ(back.SerializeAsString(), Header().SerializeAsString());
}

TEST(ShuffleFrame, ALengthOverTheLimitIsRefusedFromItsFourBytes) {
  const uint8_t at_limit[] = {0x00, 0x01, 0x00, 0x00};
  EXPECT_OK(ParseFrameLength(at_limit, 65'536));
  EXPECT_THAT(ParseFrameLength(at_limit, 65'535), StatusIs(StatusCode::kTooLarge));
  const uint8_t huge[] = {0xff, 0xff, 0xff, 0xff};
  EXPECT_THAT(ParseFrameLength(huge, kMaxFrameBytes), StatusIs(StatusCode::kTooLarge));
}

TEST(ShuffleFrame, EveryPrefixOfABodyIsNoMessage) {
  const std::string body = Header().SerializeAsString();
  // Cut before the optional length the message is whole: 17 bytes of map, then the status.
  const size_t without_length = body.size() - 2;
  for (size_t size = 0; size < body.size(); ++size) {
    proto::FetchHeaderProto message;
    const Status parsed = ParseFrameBody(AsBytes(body).first(size), &message);
    EXPECT_EQ(parsed.ok(), size == without_length) << size;
    EXPECT_TRUE(parsed.ok() || parsed.code() == StatusCode::kCorruption) << size;
  }
}

TEST(ShuffleFrame, FlippedBytesEndWithAStatus) {
  const std::string body = Header().SerializeAsString();
  for (size_t at = 0; at < body.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = body;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      proto::FetchHeaderProto message;
      if (ParseFrameBody(AsBytes(bad), &message).ok()) {
        static_cast<void>(FromProto(message.map()));
      }
    }
  }
}

}  // namespace
}  // namespace tusk::mapreduce

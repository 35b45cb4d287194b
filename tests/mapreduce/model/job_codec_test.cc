#include "mapreduce/model/job_codec.h"

#include <gtest/gtest.h>

#include "common/base/random.h"
#include "mapreduce/proto/job.pb.h"
#include "tests/support/golden.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

JobSpec Example() {
  JobSpec spec;
  spec.name = "word count";
  spec.user = "alice";
  spec.uuid = "0123456789abcdef0123456789abcdef";
  spec.binary_hash = std::string(64, 'a');
  spec.binary_path = "/tmp/tusk-staging/" + spec.binary_hash;
  spec.arguments = {"IN", "OUT"};
  spec.map_step = "map";
  spec.reduce_step = "reduce";
  spec.output_step = "output";
  spec.splits = {{.path = "/in", .offset = 5, .length = 7, .opaque = "", .hosts = {"one", "two"}}};
  spec.input_paths = {"/in"};
  spec.output_path = "/out";
  spec.reduces = 3;
  spec.priority = JobPriority::kHigh;
  spec.compression = MapOutputCompression::kLz4;
  spec.parameters = {{"a", "1"}, {"b", ""}};
  return spec;
}

proto::JobSpecProto Message(const JobSpec& spec) {
  proto::JobSpecProto message;
  ToProto(spec, &message);
  return message;
}

TEST(JobCodec, ASpecComesBack) {
  const Result<JobSpec> back = FromProto(Message(Example()));
  ASSERT_OK(back);
  EXPECT_TRUE(*back == Example());
}

TEST(JobCodec, AnAttemptIdIsWhatTheFormatPageSays) {
  proto::AttemptIdProto message;
  ToProto(AttemptId{{{202611290001, 7}, TaskType::kMap, 2}, 1}, &message);
  const std::string hex = HexDump(AsBytes(message.SerializeAsString()));
  EXPECT_THAT(ReadSourceFile("docs/formats/shuffle.md"), testing::HasSubstr(hex));
  ASSERT_OK_AND_ASSIGN(const AttemptId back, FromProto(message));
  EXPECT_EQ(back.ToString(), "attempt_202611290001_0007_m_000002_1");
}

TEST(JobCodec, IdsOutOfBoundsAreRefused) {
  proto::AttemptIdProto good;
  ToProto(AttemptId{{{1, 1}, TaskType::kMap, 0}, 0}, &good);
  auto bad = good;
  bad.mutable_task()->set_type(2);
  EXPECT_THAT(FromProto(bad), StatusIs(StatusCode::kInvalidArgument));
  bad = good;
  bad.mutable_task()->set_index(1'000'000'000);
  EXPECT_THAT(FromProto(bad), StatusIs(StatusCode::kInvalidArgument));
  bad = good;
  bad.set_number(1'000'000'000);
  EXPECT_THAT(FromProto(bad), StatusIs(StatusCode::kInvalidArgument));
  bad = good;
  bad.mutable_task()->mutable_job()->set_tracker_start(1'000'000'000'000'000'000);
  EXPECT_THAT(FromProto(bad), StatusIs(StatusCode::kInvalidArgument));
}

TEST(JobCodec, SpecsThatMakeNoSenseAreRefused) {
  const auto refused = [](void (*spoil)(proto::JobSpecProto&)) {
    proto::JobSpecProto message = Message(Example());
    spoil(message);
    return !FromProto(message).ok();
  };
  EXPECT_TRUE(refused([](auto& m) { m.set_name(""); }));
  EXPECT_TRUE(refused([](auto& m) { m.set_uuid("../../0123456789abcdef012345678"); }));
  EXPECT_TRUE(refused([](auto& m) { m.set_map_step(""); }));
  EXPECT_TRUE(refused([](auto& m) { m.set_reduces(0); }));
  EXPECT_TRUE(refused([](auto& m) { m.set_reduces(UINT32_MAX); }));
  EXPECT_TRUE(refused([](auto& m) { m.set_priority(5); }));
  EXPECT_TRUE(refused([](auto& m) { m.set_shuffle(2); }));
  EXPECT_TRUE(refused([](auto& m) { m.set_compression(4); }));
  EXPECT_TRUE(refused([](auto& m) { m.set_sort_buffer_bytes(0); }));
  EXPECT_TRUE(refused([](auto& m) { m.set_merge_factor(1); }));
  EXPECT_TRUE(refused([](auto& m) { m.set_max_attempts(0); }));
  EXPECT_TRUE(refused([](auto& m) { m.mutable_splits(0)->set_offset(UINT64_MAX); }));
  EXPECT_TRUE(refused([](auto& m) { m.add_parameters()->set_name(""); }));
}

TEST(JobCodec, CountersOfANewerPeerAreDropped) {
  Counters counters;
  counters.Set(BuiltinCounter::kBytesWritten, 5);
  ASSERT_OK(counters.Add("group", "name", -3));
  proto::CountersProto message;
  ToProto(counters, &message);
  for (int i = 0; i < 100; ++i) message.add_builtin(99);
  ASSERT_OK_AND_ASSIGN(const Counters back, FromProto(message));
  EXPECT_EQ(back.Get(BuiltinCounter::kBytesWritten), 5);
  proto::CountersProto again;
  ToProto(back, &again);
  EXPECT_EQ(again.builtin_size(), static_cast<int>(kBuiltinCounterCount));
  ASSERT_EQ(again.user_size(), 1);
  EXPECT_EQ(again.user(0).value(), -3);
}

TEST(JobCodec, OutputsWithNamesThatLeaveTheDirectoryAreRefused) {
  proto::TaskOutputProto message;
  ToProto(TaskOutput{"t", "a", {{"part", 1, 2, 3}}}, &message);
  ASSERT_OK_AND_ASSIGN(const TaskOutput back, FromProto(message));
  EXPECT_EQ(back, (TaskOutput{"t", "a", {{"part", 1, 2, 3}}}));
  message.mutable_files(0)->set_name("../part");
  EXPECT_THAT(FromProto(message), StatusIs(StatusCode::kInvalidArgument));
}

void DecodeAny(const std::string& bytes) {
  proto::JobSpecProto message;
  const bool parsed = message.ParsePartialFromString(bytes) && message.IsInitialized();
  if (parsed) static_cast<void>(FromProto(message));
}

TEST(JobCodec, DamagedMessagesEndWithAStatus) {
  const std::string good = Message(Example()).SerializeAsString();
  for (size_t size = 0; size < good.size(); ++size) {
    DecodeAny(good.substr(0, size));
  }
  for (size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      DecodeAny(bad);
    }
  }
}

}  // namespace
}  // namespace tusk::mapreduce

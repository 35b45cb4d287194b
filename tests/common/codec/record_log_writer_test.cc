#include "common/codec/record_log_writer.h"

#include "common/codec/record_log_reader.h"
#include "tests/support/golden.h"
#include "tests/support/memory_env.h"
#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

TEST(RecordLogWriter, GoldenBytes) {
  // The worked example of docs/formats/record_log.md.
  MemoryEnv env;
  RecordLogOptions options;
  options.log_id = 0x1122334455667788;
  ASSERT_OK_AND_ASSIGN(auto writer, RecordLogWriter::Create(env, "/log", options));
  ASSERT_OK(writer->Append(AsBytes("abc")));
  ASSERT_OK(writer->Append(AsBytes("")));
  ASSERT_OK(writer->Sync());
  ASSERT_OK(writer->Append(AsBytes("d")));
  ASSERT_OK(writer->Seal());
  ASSERT_OK_AND_ASSIGN(const std::string bytes, env.ReadSmallFile("/log", 1000));
  const std::string page = ReadSourceFile("docs/formats/record_log.md");
  EXPECT_THAT(page, testing::HasSubstr(HexDump(AsBytes(bytes))));
}

TEST(RecordLogWriter, AfterAFailureItIsDead) {
  MemoryEnv env;
  ASSERT_OK_AND_ASSIGN(auto writer, RecordLogWriter::Create(env, "/log", {}));
  ASSERT_OK(writer->Append(AsBytes("a")));
  env.FailAt(env.steps() + 2, Status(StatusCode::kIoError, "sync failed"));
  EXPECT_THAT(writer->Sync(), StatusIs(StatusCode::kIoError, "sync failed"));
  EXPECT_THAT(writer->Sync(), StatusIs(StatusCode::kIoError, "sync failed"));
  EXPECT_THAT(writer->Append(AsBytes("b")), StatusIs(StatusCode::kIoError, "sync failed"));
}

TEST(RecordLogWriter, RefusesTooLargeRecordsAndStaysUsable) {
  MemoryEnv env;
  RecordLogOptions options;
  options.max_record_bytes = 10;
  ASSERT_OK_AND_ASSIGN(auto writer, RecordLogWriter::Create(env, "/log", options));
  EXPECT_THAT(writer->Append(AsBytes("12345678901")), StatusIs(StatusCode::kTooLarge));
  EXPECT_OK(writer->Append(AsBytes("1234567890")));
  EXPECT_LT(writer->synced_offset(), writer->end_offset());
  EXPECT_OK(writer->Sync());
  EXPECT_EQ(writer->synced_offset(), writer->end_offset());
}

TEST(RecordLogWriter, SealedAndClosedLogsTakeNoRecords) {
  MemoryEnv env;
  ASSERT_OK_AND_ASSIGN(auto writer, RecordLogWriter::Create(env, "/log", {}));
  ASSERT_OK(writer->Seal());
  EXPECT_THAT(writer->Append(AsBytes("x")), StatusIs(StatusCode::kFailedPrecondition, "sealed"));
  ASSERT_OK(writer->Close());
  ASSERT_OK(writer->Close());
  EXPECT_THAT(RecordLogWriter::Create(env, "/log", {}), StatusIs(StatusCode::kAlreadyExists));
}

TEST(RecordLogWriter, ReservesSpaceAheadOfTime) {
  MemoryEnv env;
  env.SetCapacity(1000);
  RecordLogOptions options;
  options.preallocate_bytes = 4096;
  ASSERT_OK_AND_ASSIGN(auto writer, RecordLogWriter::Create(env, "/log", options));
  ASSERT_OK(writer->Append(AsBytes("x")));
  EXPECT_THAT(writer->Sync(), StatusIs(StatusCode::kNoSpace));
}

TEST(RecordLogWriter, ResumeRefusesOffsetsOutsideTheFile) {
  MemoryEnv env;
  ASSERT_OK(RecordLogWriter::Create(env, "/log", {}));
  EXPECT_THAT(RecordLogWriter::Resume(env, "/log", 31, {}), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(RecordLogWriter::Resume(env, "/log", 33, {}), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_OK(RecordLogWriter::Resume(env, "/log", 32, {}));
}

}  // namespace
}  // namespace tusk

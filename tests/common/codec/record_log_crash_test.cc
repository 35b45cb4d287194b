// The record log through every crash point and tear mode: what a Sync covered is there, what is
// there was appended, and the log goes on.
#include <fmt/core.h>

#include "common/base/random.h"
#include "common/codec/record_log_reader.h"
#include "common/codec/record_log_writer.h"
#include "tests/support/memory_env.h"
#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

constexpr size_t kRecords = 40;

std::string RecordOf(size_t index) {
  Random random(index);
  std::string record = fmt::format("record {} ", index);
  record.append(random.Below(4) == 0 ? random.Below(40'000) : random.Below(900),
                static_cast<char>('a' + index % 26));
  return record;
}

/// Appends records from `from` on with a sync now and then until something fails; returns how many
/// records in all are acknowledged.
size_t AppendSome(RecordLogWriter& writer, size_t from, size_t acknowledged) {
  for (size_t i = from; i < kRecords; ++i) {
    if (!writer.Append(AsBytes(RecordOf(i))).ok()) return acknowledged;
    if (i % 7 == 3 && !writer.Flush().ok()) return acknowledged;
    if (i % 3 == 2) {
      if (!writer.Sync().ok()) return acknowledged;
      acknowledged = i + 1;
    }
  }
  if (writer.Seal().ok()) acknowledged = kRecords;
  return acknowledged;
}

/// Reads the log after a crash; returns the number of records, all of them the right ones.
size_t CheckLog(MemoryEnv& env, size_t acknowledged, uint64_t& valid_end, bool& sealed) {
  auto reader = RecordLogReader::Open(env, "/log");
  if (!reader.ok()) {
    // Only a log whose Create did not return may be absent or have no header.
    EXPECT_EQ(acknowledged, 0u) << reader.status().ToString();
    valid_end = 0;
    return 0;
  }
  size_t count = 0;
  std::string record;
  while (true) {
    const Result<bool> more = (*reader)->Next(record);
    EXPECT_OK(more);
    if (!more.ok() || !*more) break;
    EXPECT_EQ(record, RecordOf(count));
    ++count;
  }
  EXPECT_GE(count, acknowledged);
  valid_end = (*reader)->valid_end();
  sealed = (*reader)->sealed();
  return count;
}

TEST(RecordLogCrash, NothingAcknowledgedIsLostAtAnyStepInAnyMode) {
  MemoryEnv counted;
  {
    auto writer = RecordLogWriter::Create(counted, "/log", {});
    ASSERT_OK(writer);
    ASSERT_EQ(AppendSome(**writer, 0, 0), kRecords);
  }
  const uint64_t steps = counted.steps();
  ASSERT_GT(steps, 30u);
  size_t crashes = 0;
  for (uint64_t step = 1; step <= steps + 1; ++step) {
    for (const CrashMode mode : kAllCrashModes) {
      for (uint64_t seed = 0; seed < 4; ++seed, ++crashes) {
        SCOPED_TRACE(fmt::format("step {} mode {} seed {}", step, static_cast<int>(mode), seed));
        MemoryEnv env;
        env.CrashAt(step);
        size_t acknowledged = 0;
        if (auto writer = RecordLogWriter::Create(env, "/log", {}); writer.ok())
          acknowledged = AppendSome(**writer, 0, 0);
        env.Crash(mode, seed);
        uint64_t valid_end = 0;
        bool sealed = false;
        size_t count = CheckLog(env, acknowledged, valid_end, sealed);
        if (valid_end == 0 || sealed) continue;
        // A second crash, in the middle of going on.
        env.CrashAt(env.steps() + 1 + seed * 2);
        size_t more = count;
        if (auto writer = RecordLogWriter::Resume(env, "/log", valid_end, {}); writer.ok()) {
          more = AppendSome(**writer, count, count);
        } else {
          more = acknowledged;
        }
        env.Crash(mode, seed + 100);
        CheckLog(env, more, valid_end, sealed);
        if (HasFailure()) return;
      }
    }
  }
  RecordProperty("crashes", static_cast<int>(crashes));
}

}  // namespace
}  // namespace tusk

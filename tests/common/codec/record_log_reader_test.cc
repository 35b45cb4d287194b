#include "common/codec/record_log_reader.h"

#include "common/base/random.h"
#include "common/codec/record_log_writer.h"
#include "tests/support/memory_env.h"
#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

constexpr uint64_t kLogId = 42;

std::string RecordOf(size_t index, size_t length) {
  Random random(index);
  std::string record(length, '\0');
  for (char& c : record) c = static_cast<char>(random.Next());
  return record;
}

/// A log with the records of `batches`, one sync after each batch.
std::string MakeLog(const std::vector<std::vector<std::string>>& batches,
                    std::vector<uint64_t>* ends = nullptr) {
  MemoryEnv env;
  RecordLogOptions options;
  options.log_id = kLogId;
  auto writer = RecordLogWriter::Create(env, "/log", options).value();
  for (const auto& batch : batches) {
    for (const std::string& record : batch) {
      EXPECT_OK(writer->Append(AsBytes(record)));
      if (ends != nullptr) ends->push_back(writer->end_offset());
    }
    EXPECT_OK(writer->Sync());
  }
  return env.ReadSmallFile("/log", 1 << 30).value();
}

/// What a reader finds in a file with these bytes.
struct Outcome {
  Status status;
  std::vector<std::string> records;
  uint64_t valid_end = 0;
  uint64_t dropped = 0;
  bool sealed = false;
};

Outcome ReadLog(std::string_view bytes, RecordLogReadOptions options = {}) {
  MemoryEnv env;
  EXPECT_OK(env.ReplaceFile("/log", AsBytes(bytes)));
  Outcome outcome;
  auto reader = RecordLogReader::Open(env, "/log", options);
  outcome.status = reader.status();
  if (!reader.ok()) return outcome;
  while (true) {
    std::string record;
    const Result<bool> more = (*reader)->Next(record);
    outcome.status = more.status();
    if (!more.ok() || !*more) break;
    outcome.records.push_back(std::move(record));
  }
  outcome.valid_end = (*reader)->valid_end();
  outcome.dropped = (*reader)->dropped_bytes();
  outcome.sealed = (*reader)->sealed();
  return outcome;
}

TEST(RecordLogReader, RecordsOfAllLengthsComeBack) {
  std::vector<std::vector<std::string>> batches;
  std::vector<std::string> all;
  for (const size_t length :
       {0u, 1u, 100u, 32'700u, 32'725u, 32'726u, 32'757u, 32'768u, 100'000u, 0u, 1'000'000u}) {
    all.push_back(RecordOf(all.size(), length));
    batches.push_back({all.back()});
  }
  // Lengths around the end of a block, where padding begins.
  for (size_t i = 0; i < 40; ++i) {
    batches.push_back({RecordOf(i, 32'768 - 11 - 11 - i), RecordOf(i, 5)});
    all.insert(all.end(), batches.back().begin(), batches.back().end());
  }
  const Outcome outcome = ReadLog(MakeLog(batches));
  ASSERT_OK(outcome.status);
  EXPECT_EQ(outcome.records, all);
  EXPECT_EQ(outcome.dropped, 0u);
}

TEST(RecordLogReader, ATailCutAtEveryByteIsTheRecordsBeforeIt) {
  std::vector<uint64_t> ends;
  std::vector<std::vector<std::string>> batches;
  for (size_t i = 0; i < 5; ++i) batches.push_back({RecordOf(i, 40 + i)});
  const std::string log = MakeLog(batches, &ends);
  size_t tried = 0;
  for (size_t cut = ends[1]; cut <= log.size(); ++cut, ++tried) {
    size_t whole = 0;
    while (whole < ends.size() && ends[whole] <= cut) ++whole;
    for (const size_t zeros : {0u, 1u, 500u, 70'000u}) {
      const Outcome outcome = ReadLog(log.substr(0, cut) + std::string(zeros, '\0'));
      ASSERT_OK(outcome.status);
      ASSERT_EQ(outcome.records.size(), whole) << cut;
      EXPECT_EQ(outcome.valid_end, ends[whole - 1]);
      EXPECT_LE(outcome.dropped, cut - ends[whole - 1]);
    }
    RecordLogReadOptions strict;
    strict.acknowledged_end = ends.back();
    EXPECT_EQ(ReadLog(log.substr(0, cut), strict).status.ok(), cut == log.size());
  }
  EXPECT_GT(tried, 100u);
}

TEST(RecordLogReader, GarbageAndCopiesBehindTheEndAreDropped) {
  std::vector<uint64_t> ends;
  const std::string log = MakeLog({{RecordOf(1, 50)}, {RecordOf(2, 60)}, {RecordOf(3, 70)}}, &ends);
  const std::string last = log.substr(ends[1]);
  for (const std::string& tail : {RecordOf(9, 20), RecordOf(9, 50'000), last, last + last}) {
    const Outcome outcome = ReadLog(log + tail);
    ASSERT_OK(outcome.status);
    EXPECT_EQ(outcome.records.size(), 3u);
    EXPECT_EQ(outcome.valid_end, log.size());
    EXPECT_NEAR(static_cast<double>(outcome.dropped), static_cast<double>(tail.size()), 3);
  }
}

TEST(RecordLogReader, AnyBitFlippedBeforeTheLastBatchIsCorruption) {
  std::vector<uint64_t> ends;
  const std::string log =
      MakeLog({{RecordOf(1, 20), RecordOf(2, 30)}, {RecordOf(3, 40)}, {RecordOf(4, 10)}}, &ends);
  for (size_t at = 32; at < log.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = log;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      const Outcome outcome = ReadLog(damaged);
      if (at < ends[2]) {
        EXPECT_THAT(outcome.status, StatusIs(StatusCode::kCorruption)) << at;
      } else {
        // The last durable write and a write that was never acknowledged look the same.
        EXPECT_OK(outcome.status);
        EXPECT_EQ(outcome.records.size(), 3u);
        RecordLogReadOptions strict;
        strict.acknowledged_end = log.size();
        EXPECT_THAT(ReadLog(damaged, strict).status,
                    StatusIs(StatusCode::kCorruption, "made durable"));
      }
    }
  }
}

TEST(RecordLogReader, DamagedHeadersAreRefused) {
  const std::string log = MakeLog({{"a"}});
  for (size_t at = 0; at < 32; ++at) {
    std::string damaged = log;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_THAT(ReadLog(damaged).status, StatusIs(StatusCode::kCorruption)) << at;
  }
  for (size_t cut = 0; cut < 32; ++cut) {
    EXPECT_THAT(ReadLog(log.substr(0, cut)).status,
                StatusIs(StatusCode::kFailedPrecondition, "header"));
  }
  RecordLogReadOptions other;
  other.expected_log_id = kLogId + 1;
  EXPECT_THAT(ReadLog(log, other).status, StatusIs(StatusCode::kCorruption, "expected"));
}

TEST(RecordLogReader, SalvageSkipsWhatDoesNotVerify) {
  std::vector<uint64_t> ends;
  const std::string log = MakeLog(
      {{RecordOf(1, 20)}, {RecordOf(2, 100'000)}, {RecordOf(3, 40)}, {RecordOf(4, 10)}}, &ends);
  std::string damaged = log;
  damaged[ends[0] + 50'000] ^= 1;
  EXPECT_THAT(ReadLog(damaged).status, StatusIs(StatusCode::kCorruption));
  RecordLogReadOptions salvage;
  salvage.salvage = true;
  const Outcome outcome = ReadLog(damaged, salvage);
  ASSERT_OK(outcome.status);
  EXPECT_EQ(outcome.records,
            (std::vector<std::string>{RecordOf(1, 20), RecordOf(3, 40), RecordOf(4, 10)}));
  EXPECT_EQ(outcome.dropped, ends[1] - ends[0]);
}

TEST(RecordLogReader, RecordsAboveTheBoundAreRefused) {
  RecordLogReadOptions small;
  small.max_record_bytes = 40'000;
  EXPECT_THAT(ReadLog(MakeLog({{RecordOf(1, 40'001)}}), small).status,
              StatusIs(StatusCode::kTooLarge));
  EXPECT_OK(ReadLog(MakeLog({{RecordOf(1, 40'000)}}), small).status);
}

TEST(RecordLogReader, RandomDamageIsAlwaysAnswered) {
  const std::string log =
      MakeLog({{RecordOf(1, 20), RecordOf(2, 70'000)}, {RecordOf(3, 40)}, {RecordOf(4, 10)}});
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    std::string damaged = log;
    for (uint64_t i = random.Below(20) + 1; i > 0; --i)
      damaged[random.Below(log.size())] = static_cast<char>(random.Next());
    damaged.resize(random.Below(log.size() + 1));
    RecordLogReadOptions options;
    options.salvage = random.Chance(0.5);
    const Outcome outcome = ReadLog(damaged, options);
    EXPECT_LE(outcome.records.size(), 4u) << seed;
    if (outcome.status.ok()) {
      EXPECT_LE(outcome.valid_end, damaged.size()) << seed;
    }
  }
}

}  // namespace
}  // namespace tusk

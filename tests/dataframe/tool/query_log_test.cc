#include "dataframe/tool/query_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "common/base/random.h"
#include "dfs/client/local_file_system.h"
#include "mapreduce/io/manifest_reader.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::df {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

QueryRecord ExampleRecord() {
  QueryRecord record;
  record.id = "q_0007";
  record.state = QueryRecord::State::kFailed;
  record.text = "SELECT \"a\"\nFROM t";
  record.tables = "/data";
  record.settings = {{"tusk.sql.reduces", "3"}};
  record.started_ms = 1'767'225'600'000;
  record.ended_ms = 1'767'225'601'500;
  record.driver = "node1:4711";
  record.error = "division by zero";
  record.stages.push_back({"group t", "0123456789abcdef0123456789abcdef", "job_202601010001_0001",
                           false, 10, 2345, 0.25});
  return record;
}

// The worked example of docs/formats/query_record.md.
constexpr const char* kExample =
    R"({"version":1,"id":"q_0007","state":"failed","text":"SELECT \"a\"\nFROM t","tables":"/data",)"
    R"("settings":{"tusk.sql.reduces":"3"},"started_ms":1767225600000,"ended_ms":1767225601500,)"
    R"("driver":"node1:4711","error":"division by zero","stages":[{"title":"group t",)"
    R"("fingerprint":"0123456789abcdef0123456789abcdef","job":"job_202601010001_0001",)"
    R"("reused":false,"rows":10,"bytes":2345,"seconds":2.5E-1}]})"
    "\n";

TEST(QueryRecordTest, LooksAsItsPageSays) {
  EXPECT_EQ(ExampleRecord().Encode(), kExample);
  ASSERT_OK_AND_ASSIGN(const QueryRecord back, QueryRecord::Decode(kExample));
  EXPECT_EQ(back, ExampleRecord());
}

TEST(QueryRecordTest, OtherBytesAreRefused) {
  EXPECT_EQ(QueryRecord::Decode("").status().code(), StatusCode::kCorruption);
  EXPECT_EQ(QueryRecord::Decode("{}").status().code(), StatusCode::kCorruption);
  EXPECT_EQ(QueryRecord::Decode("[1]").status().code(), StatusCode::kCorruption);
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int i = 0; i < 2000; ++i) {
    std::string damaged = kExample;
    damaged[random.Below(damaged.size())] = static_cast<char>(random.Next());
    const Result<QueryRecord> record = QueryRecord::Decode(damaged);
    if (!record.ok()) continue;
    // What is taken can be written and read again.
    EXPECT_OK(QueryRecord::Decode(record->Encode()).status());
  }
}

class QueryLogTest : public ::testing::Test {
 protected:
  QueryLog Log() { return QueryLog(*files_, dir_ / "stages"); }
  void MakeStage(const std::string& name, size_t bytes, int64_t modified_ms) {
    const std::string folder = dir_ / ("stages/" + name);
    ASSERT_OK(files_->MakeDirectories(folder));
    ASSERT_OK(mapreduce::WriteSmallFile(*files_, folder + "/part", std::string(bytes, 'x')));
    ASSERT_OK(files_->SetTimes(folder, modified_ms, -1));
  }
  bool HasStage(const std::string& name) {
    return files_->Exists(dir_ / ("stages/" + name)).value();
  }

  TempDir dir_;
  std::shared_ptr<dfs::FileSystem> files_ = dfs::MakeLocalFileSystem();
};

TEST_F(QueryLogTest, EachQueryHasAnIdOfItsOwn) {
  QueryLog log = Log();
  QueryLog other = Log();
  QueryRecord first;
  QueryRecord second;
  QueryRecord third;
  ASSERT_OK(log.Begin(&first));
  ASSERT_OK(other.Begin(&second));
  ASSERT_OK(log.Begin(&third));
  EXPECT_EQ(first.id, "q_0001");
  EXPECT_EQ(second.id, "q_0002");
  EXPECT_EQ(third.id, "q_0003");
}

TEST_F(QueryLogTest, ARecordIsFoundAsItWasWrittenLast) {
  QueryLog log = Log();
  QueryRecord record = ExampleRecord();
  ASSERT_OK(log.Begin(&record));
  record.state = QueryRecord::State::kDone;
  record.stages.clear();
  ASSERT_OK(log.Update(record));
  ASSERT_OK_AND_ASSIGN(const QueryRecord found, log.Find(record.id));
  EXPECT_EQ(found, record);
  ASSERT_OK_AND_ASSIGN(const auto records, log.List());
  EXPECT_THAT(records, ElementsAre(record));
  EXPECT_EQ(log.Find("q_9999").status().code(), StatusCode::kNotFound);
}

TEST_F(QueryLogTest, ThereAreNoQueriesBeforeTheFirst) {
  ASSERT_OK_AND_ASSIGN(const auto records, Log().List());
  EXPECT_THAT(records, IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto cleaned, Log().Clean(1, 0));
  EXPECT_EQ(cleaned.stages, 0);
}

TEST_F(QueryLogTest, WhatIsOldGoesAndThenTheOldestBeyondTheBytes) {
  MakeStage("old", 10, 1000);
  MakeStage("older_of_two", 10, 5000);
  MakeStage("newest", 10, 6000);
  QueryLog log = Log();
  QueryRecord record = ExampleRecord();
  record.ended_ms = 1500;
  ASSERT_OK(log.Begin(&record));
  QueryRecord running;
  ASSERT_OK(log.Begin(&running));
  ASSERT_OK_AND_ASSIGN(const auto by_age, log.Clean(2000, UINT64_MAX));
  EXPECT_EQ(by_age.stages, 1);
  EXPECT_EQ(by_age.bytes, 10U);
  EXPECT_EQ(by_age.queries, 1);
  EXPECT_FALSE(HasStage("old"));
  ASSERT_OK_AND_ASSIGN(const auto by_size, log.Clean(2000, 10));
  EXPECT_EQ(by_size.stages, 1);
  EXPECT_FALSE(HasStage("older_of_two"));
  EXPECT_TRUE(HasStage("newest"));
  // Nobody knows when a query without an end has ended.
  ASSERT_OK_AND_ASSIGN(const auto records, log.List());
  EXPECT_THAT(records, ElementsAre(running));
}

}  // namespace
}  // namespace tusk::df

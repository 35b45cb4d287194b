#include "dataframe/exec/spill.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tests/dataframe/exec/table_rows.h"
#include "tests/support/memory_env.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

const SchemaPtr kSchema =
    arrow::schema({arrow::field("i", arrow::int64()), arrow::field("s", arrow::utf8())});

Result<Rows> ReadAll(const SpillFile& file) {
  const auto stream = file.Read();
  Rows rows;
  while (true) {
    ASSIGN_OR_RETURN(const BatchPtr batch, stream->Next());
    if (batch == nullptr) return rows;
    Rows more = RowsOf(*batch);
    rows.insert(rows.end(), more.begin(), more.end());
  }
}

TEST(SpillFileTest, GivesBackWhatItGot) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  TestContext test(kAmple);
  Rows expected;
  ASSERT_OK_AND_ASSIGN(const auto file, SpillFile::Create(test.context, kSchema));
  for (int i = 0; i < 30; ++i) {
    const auto rows = static_cast<int64_t>(random.Below(random.Chance(0.2) ? 20'000 : 50));
    const BatchPtr batch = RandomBatch(kSchema, rows, 1000, random);
    ASSERT_OK(file->Append(batch));
    Rows more = RowsOf(*batch);
    expected.insert(expected.end(), more.begin(), more.end());
  }
  ASSERT_OK(file->Seal());
  EXPECT_EQ(file->rows(), static_cast<int64_t>(expected.size()));
  EXPECT_EQ(test.context.spilled_rows, file->rows());
  EXPECT_GT(test.context.spilled_bytes, 0);
  for (int again = 0; again < 2; ++again) {
    ASSERT_OK_AND_ASSIGN(const Rows rows, ReadAll(*file));
    ASSERT_EQ(rows.size(), expected.size());
    for (size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(TextOf(rows[i]), TextOf(expected[i])) << i;
  }
  EXPECT_TRUE(std::filesystem::is_empty(test.directory.path()));
}

TEST(SpillFileTest, SaysWhichDirectoryIsMissing) {
  TestContext test(kAmple);
  test.context.spill_directory = test.directory / "gone";
  EXPECT_THAT(SpillFile::Create(test.context, kSchema), StatusIs(StatusCode::kNotFound, "gone"));
}

TEST(SpillFileTest, SaysWhichDirectoryIsFull) {
  MemoryEnv env;
  ASSERT_OK(env.MakeDirectories("/disk/spills"));
  env.SetCapacity(100'000);
  TestContext test(kAmple);
  test.context.spill_directory = "/disk/spills";
  ASSERT_OK_AND_ASSIGN(const auto file, SpillFile::Create(test.context, env, kSchema));
  Random random(5);
  Status status;
  for (int i = 0; i < 1000 && status.ok(); ++i) {
    status = file->Append(RandomBatch(kSchema, 1000, 1'000'000, random));
  }
  EXPECT_THAT(status, StatusIs(StatusCode::kNoSpace, "/disk/spills"));
}

TEST(SpillPartsTest, RowsOfOneKeyAreInOnePart) {
  Random random(3);
  TestContext test(kAmple);
  SpillParts parts(test.context, kSchema, 0);
  for (int i = 0; i < 5; ++i) {
    const BatchPtr batch = RandomBatch(kSchema, 500, 50, random);
    ASSERT_OK(parts.Append(batch, std::span(batch->columns()).first(1)));
  }
  ASSERT_OK(parts.Seal());
  std::map<std::string, uint32_t> part_of;
  size_t rows = 0;
  for (uint32_t p = 0; p < SpillParts::kParts; ++p) {
    const auto file = parts.Release(p);
    if (file == nullptr) continue;
    ASSERT_OK_AND_ASSIGN(const Rows part, ReadAll(*file));
    rows += part.size();
    for (const Row& row : part) EXPECT_EQ(part_of.emplace(TextOf(row[0]), p).first->second, p);
  }
  EXPECT_EQ(rows, 2500u);
}

}  // namespace
}  // namespace tusk::df

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dfs/client/file_system.h"
#include "tests/dataframe/source/table_files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::df {
namespace {

const std::vector<TypePtr> kPlain = {arrow::boolean(),
                                     arrow::int8(),
                                     arrow::int16(),
                                     arrow::int32(),
                                     arrow::int64(),
                                     arrow::uint8(),
                                     arrow::uint16(),
                                     arrow::uint32(),
                                     arrow::uint64(),
                                     arrow::float32(),
                                     arrow::float64(),
                                     arrow::decimal128(15, 2),
                                     arrow::utf8(),
                                     arrow::date32(),
                                     arrow::timestamp(arrow::TimeUnit::MICRO),
                                     arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
                                     arrow::duration(arrow::TimeUnit::MICRO)};

/// NaN is equal to itself here.
bool Same(const arrow::Table& a, const arrow::Table& b) {
  if (a.num_columns() != b.num_columns() || a.num_rows() != b.num_rows()) return false;
  const auto options = arrow::EqualOptions::Defaults().nans_equal(true).signed_zeros_equal(false);
  for (int i = 0; i < a.num_columns(); ++i) {
    if (a.field(i)->name() != b.field(i)->name()) return false;
    if (!a.column(i)->Equals(*b.column(i), options)) {
      ADD_FAILURE() << a.field(i)->ToString() << " differs: " << a.column(i)->ToString() << "\n"
                    << b.column(i)->ToString();
      return false;
    }
  }
  return true;
}

/// A format, what it can hold, and whether the types have to be given.
struct Case {
  TableFormat format;
  std::vector<TypePtr> more;
  bool give_schema;
  bool odd_floats;
  std::string compression;

  friend void PrintTo(const Case& value, std::ostream* out) {
    *out << TableFormatName(value.format) << " " << value.compression;
  }
};

class RoundTripTest : public testing::TestWithParam<Case> {};

TEST_P(RoundTripTest, RandomTablesComeBack) {
  const TempDir dir;
  for (uint64_t round = 0; round < 12; ++round) {
    const uint64_t seed = RandomSeed();
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    std::vector<TypePtr> types = kPlain;
    types.insert(types.end(), GetParam().more.begin(), GetParam().more.end());
    if (round % 3 == 0) types = {types[random.Below(types.size())]};
    const int64_t rows = round % 4 == 3 ? 0 : static_cast<int64_t>(random.Below(3000));
    const auto table = RandomTable(types, rows, random, GetParam().odd_floats);
    TableWriterOptions writing;
    writing.format = GetParam().format;
    writing.compression = GetParam().compression;
    const std::string path =
        dir / ("t" + std::to_string(round) + FileEnding(writing.format, writing.compression));
    ASSERT_OK_AND_ASSIGN(
        const WrittenTable written,
        WriteTable(path, *table, writing, 1 + static_cast<int64_t>(random.Below(700))));
    EXPECT_EQ(written.rows, rows);
    ASSERT_OK_AND_ASSIGN(const auto status, LocalFiles().Stat(path));
    EXPECT_EQ(written.bytes, status.length);
    DiscoveryOptions reading;
    if (GetParam().give_schema) reading.schema = table->schema();
    for (const uint64_t target : {written.bytes / 23 + 1, uint64_t{5000}, uint64_t{1} << 30}) {
      ASSERT_OK_AND_ASSIGN(const auto read, ReadPath(path, reading, {.target_bytes = target}));
      ASSERT_TRUE(Same(*table, *read)) << "splits of " << target;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Formats, RoundTripTest,
    testing::Values(
        Case{
            TableFormat::kParquet, {arrow::binary(), arrow::list(arrow::int64())}, false, true, ""},
        Case{TableFormat::kParquet, {arrow::binary()}, false, true, "zstd"},
        Case{TableFormat::kIpc, {arrow::binary(), arrow::list(arrow::int64())}, false, true, ""},
        Case{TableFormat::kIpc, {}, false, true, "lz4"},
        Case{TableFormat::kCsv, {arrow::binary()}, true, true, ""},
        Case{TableFormat::kCsv, {}, true, true, "gzip"},
        Case{TableFormat::kJson, {arrow::list(arrow::int64())}, true, false, ""},
        Case{TableFormat::kJson, {}, true, false, "zstd"}));

}  // namespace
}  // namespace tusk::df

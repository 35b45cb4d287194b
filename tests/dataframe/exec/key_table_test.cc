#include "dataframe/exec/key_table.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include <arrow/array/util.h>
#include <arrow/builder.h>
#include <arrow/json/from_string.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "dataframe/exec/key_hash.h"
#include "dataframe/exec/partitioner.h"
#include "dataframe/exec/row_key.h"
#include "tests/dataframe/exec/table_rows.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

const std::vector<TypePtr> kAllTypes = {
    arrow::boolean(), arrow::int32(),  arrow::int64(),           arrow::float64(),
    arrow::utf8(),    arrow::date32(), arrow::decimal128(20, 2), arrow::list(arrow::int64()),
    arrow::null()};

SchemaPtr SchemaOf(const std::vector<TypePtr>& types) {
  arrow::FieldVector fields;
  for (size_t i = 0; i < types.size(); ++i) {
    fields.push_back(arrow::field("c" + std::to_string(i), types[i]));
  }
  return arrow::schema(std::move(fields));
}

std::vector<TypePtr> RandomTypes(Random& random, size_t most) {
  std::vector<TypePtr> types(1 + random.Below(most));
  for (TypePtr& type : types) type = kAllTypes[random.Below(kAllTypes.size())];
  return types;
}

bool AnyNull(const Row& row) { return std::any_of(row.begin(), row.end(), IsNull); }

TEST(KeyTableTest, NumbersKeysInTheOrderOfTheirFirstAppearance) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  for (int round = 0; round < 60; ++round) {
    const std::vector<TypePtr> types = RandomTypes(random, 3);
    const NullKeys nulls = random.Chance(0.5) ? NullKeys::kAreKeys : NullKeys::kAreNone;
    ASSERT_OK_AND_ASSIGN(auto table, KeyTable::Make(types, nulls));
    std::map<std::string, uint32_t> known;
    const SchemaPtr schema = SchemaOf(types);
    const uint64_t distinct = 1 + random.Below(2000);
    for (int b = 0; b < 4; ++b) {
      BatchPtr batch =
          RandomBatch(schema, static_cast<int64_t>(random.Below(500)), distinct, random);
      if (batch->num_rows() > 3) batch = batch->Slice(3);
      const Rows rows = RowsOf(*batch);
      std::vector<uint32_t> ids;
      std::vector<uint32_t> new_rows;
      ASSERT_OK(table->Insert(batch->columns(), batch->num_rows(), &ids, &new_rows));
      std::vector<uint32_t> expected_new;
      for (size_t i = 0; i < rows.size(); ++i) {
        if (nulls == NullKeys::kAreNone && AnyNull(rows[i])) {
          EXPECT_EQ(ids[i], kNoRow);
          continue;
        }
        const auto [at, fresh] =
            known.emplace(TextOf(rows[i]), static_cast<uint32_t>(known.size()));
        if (fresh) expected_new.push_back(static_cast<uint32_t>(i));
        ASSERT_EQ(ids[i], at->second) << TextOf(rows[i]);
      }
      EXPECT_EQ(new_rows, expected_new);
    }
    EXPECT_EQ(table->size(), known.size());
    if (random.Chance(0.5)) table->Freeze();
    const BatchPtr probe = RandomBatch(schema, 500, distinct * 2, random);
    const Rows rows = RowsOf(*probe);
    std::vector<uint32_t> ids;
    ASSERT_OK(table->Find(probe->columns(), probe->num_rows(), &ids));
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto at = known.find(TextOf(rows[i]));
      const bool none = at == known.end() || (nulls == NullKeys::kAreNone && AnyNull(rows[i]));
      ASSERT_EQ(ids[i], none ? kNoRow : at->second) << TextOf(rows[i]);
    }
  }
}

// Short keys among long ones, most of them known: the words in front of the table are kept.
TEST(KeyTableTest, PacksShortKeys) {
  const std::vector<TypePtr> types = {arrow::utf8(), arrow::int32()};
  ASSERT_OK_AND_ASSIGN(auto table, KeyTable::Make(types, NullKeys::kAreKeys));
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  const auto batch_of = [&](int64_t rows) {
    arrow::StringBuilder texts;
    arrow::Int32Builder numbers;
    for (int64_t i = 0; i < rows; ++i) {
      const std::string text = random.Below(20) == 0 ? "long " + std::to_string(random.Below(5))
                                                     : std::string(random.Below(4), 'x');
      const bool far = random.Below(20) == 0;
      const auto number = static_cast<int32_t>(random.Below(5)) - 2;
      EXPECT_TRUE(texts.Append(text).ok());
      EXPECT_TRUE(numbers.Append(far ? number * 1'000'000'000 : number).ok());
    }
    return arrow::RecordBatch::Make(SchemaOf(types), rows,
                                    Columns{*texts.Finish(), *numbers.Finish()});
  };
  std::map<std::string, uint32_t> known;
  for (int b = 0; b < 50; ++b) {
    const BatchPtr batch = batch_of(100);
    std::vector<uint32_t> ids;
    ASSERT_OK(table->Insert(batch->columns(), 100, &ids, nullptr));
    const Rows rows = RowsOf(*batch);
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto next = static_cast<uint32_t>(known.size());
      ASSERT_EQ(ids[i], known.emplace(TextOf(rows[i]), next).first->second) << TextOf(rows[i]);
    }
  }
  const BatchPtr probe = batch_of(500);
  std::vector<uint32_t> ids;
  ASSERT_OK(table->Find(probe->columns(), 500, &ids));
  const Rows rows = RowsOf(*probe);
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto at = known.find(TextOf(rows[i]));
    EXPECT_EQ(ids[i], at == known.end() ? kNoRow : at->second) << TextOf(rows[i]);
  }
}

TEST(KeyTableTest, WithoutKeysThereIsOne) {
  ASSERT_OK_AND_ASSIGN(auto table, KeyTable::Make({}, NullKeys::kAreNone));
  std::vector<uint32_t> ids;
  ASSERT_OK(table->Find({}, 2, &ids));
  EXPECT_EQ(ids, (std::vector<uint32_t>{kNoRow, kNoRow}));
  ASSERT_OK(table->Insert({}, 3, &ids, nullptr));
  EXPECT_EQ(ids, (std::vector<uint32_t>{0, 0, 0}));
  EXPECT_EQ(table->size(), 1u);
}

TEST(RowKeyTest, BytesCompareAsTheRowsDo) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  for (int round = 0; round < 60; ++round) {
    std::vector<TypePtr> types = RandomTypes(random, 3);
    for (TypePtr& type : types) {
      if (type->id() == arrow::Type::LIST) type = arrow::int64();
    }
    std::vector<RowKeyEncoder::Order> orders(types.size());
    for (auto& order : orders) order = {random.Chance(0.5), random.Chance(0.5)};
    ASSERT_OK_AND_ASSIGN(const RowKeyEncoder encoder, RowKeyEncoder::ForOrder(types, orders));
    const BatchPtr batch = RandomBatch(SchemaOf(types), 60, 30, random)->Slice(5);
    const Rows rows = RowsOf(*batch);
    RowKeys keys;
    ASSERT_OK(encoder.Encode(batch->columns(), batch->num_rows(), &keys));
    const auto order_of = [&](const Row& a, const Row& b) {
      for (size_t c = 0; c < types.size(); ++c) {
        if (IsNull(a[c]) && IsNull(b[c])) continue;
        if (IsNull(a[c]) || IsNull(b[c])) return IsNull(a[c]) == orders[c].nulls_first ? -1 : 1;
        const int order = CompareValues(a[c], b[c]);
        if (order != 0) return orders[c].descending ? -order : order;
      }
      return 0;
    };
    for (size_t i = 0; i < rows.size(); ++i) {
      for (size_t j = 0; j < rows.size(); ++j) {
        const int bytes = keys[static_cast<int64_t>(i)].compare(keys[static_cast<int64_t>(j)]);
        const int expected = order_of(rows[i], rows[j]);
        ASSERT_EQ(bytes < 0   ? -1
                  : bytes > 0 ? 1
                              : 0,
                  expected)
            << TextOf(rows[i]) << " and " << TextOf(rows[j]);
      }
    }
  }
}

TEST(RowKeyTest, ListsAreOrderedElementByElement) {
  const auto type = arrow::list(arrow::int64());
  auto lists =
      arrow::json::ArrayFromJSONString(type, "[[], [null], [1], [1, 2], [1, null], [2], null]");
  ASSERT_TRUE(lists.ok());
  const std::vector<TypePtr> types = {type};
  const std::vector<RowKeyEncoder::Order> up(1);
  ASSERT_OK_AND_ASSIGN(const RowKeyEncoder encoder, RowKeyEncoder::ForOrder(types, up));
  RowKeys keys;
  const Columns columns = {*lists};
  ASSERT_OK(encoder.Encode(columns, 7, &keys));
  const std::vector<int64_t> ascending = {0, 2, 3, 4, 5, 1, 6};  // a null element is the last
  for (size_t i = 1; i < ascending.size(); ++i) {
    EXPECT_LT(keys[ascending[i - 1]], keys[ascending[i]]) << i;
  }
}

// What comes from files may have empty columns without buffers.
TEST(RowKeyTest, EmptyListsOfAnythingAreKeys) {
  const auto type = arrow::list(arrow::decimal128(5, 2));
  const auto lists = arrow::json::ArrayFromJSONString(type, "[[], null, []]");
  ASSERT_TRUE(lists.ok());
  const std::shared_ptr<arrow::ArrayData> data = (*lists)->data()->Copy();
  data->child_data[0] = data->child_data[0]->Copy();
  data->child_data[0]->buffers[1] = nullptr;
  const Columns columns = {arrow::MakeArray(data)};
  const std::vector<TypePtr> types = {type};
  ASSERT_OK_AND_ASSIGN(const auto table, KeyTable::Make(types, NullKeys::kAreKeys));
  std::vector<uint32_t> ids;
  ASSERT_OK(table->Insert(columns, 3, &ids, nullptr));
  EXPECT_EQ(ids, (std::vector<uint32_t>{0, 1, 0}));
  std::vector<uint64_t> hashes;
  ASSERT_OK(HashRows(columns, 3, 0, &hashes));
  EXPECT_EQ(hashes[0], hashes[2]);
  EXPECT_NE(hashes[0], hashes[1]);
}

TEST(PartitionerTest, RowsOfEqualKeysMeetAndKeepTheirOrder) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  for (int round = 0; round < 40; ++round) {
    const std::vector<TypePtr> types = RandomTypes(random, 3);
    const auto parts = static_cast<uint32_t>(1 + random.Below(9));
    std::map<std::string, uint32_t> part_of;
    size_t seen = 0;
    for (int b = 0; b < 2; ++b) {
      const BatchPtr batch = RandomBatch(SchemaOf(types), 300, 40, random);
      std::vector<BatchPtr> divided;
      ASSERT_OK(PartitionByKeys(batch, batch->columns(), 7, parts, &divided));
      std::map<uint32_t, std::vector<std::string>> expected;
      for (uint32_t p = 0; p < parts; ++p) {
        if (divided[p] == nullptr) continue;
        for (const Row& row : RowsOf(*divided[p])) {
          const auto at = part_of.emplace(TextOf(row), p).first;
          ASSERT_EQ(at->second, p) << TextOf(row);
          ++seen;
        }
      }
      for (const Row& row : RowsOf(*batch)) expected[part_of[TextOf(row)]].push_back(TextOf(row));
      for (const auto& [p, texts] : expected) {
        std::vector<std::string> got;
        for (const Row& row : RowsOf(*divided[p])) got.push_back(TextOf(row));
        EXPECT_EQ(got, texts);
      }
    }
    EXPECT_EQ(seen, 600u);
  }
}

// Partitions of a shuffle are made in many processes: the values are for ever.
TEST(KeyHashTest, ValuesDoNotChange) {
  const auto words = arrow::json::ArrayFromJSONString(arrow::int64(), "[1, null, -1]");
  const auto narrow = arrow::json::ArrayFromJSONString(arrow::int32(), "[1, null, -1]");
  const auto decimals =
      arrow::json::ArrayFromJSONString(arrow::decimal128(5, 0), R"(["1", null, "-1"])");
  const auto texts = arrow::json::ArrayFromJSONString(arrow::utf8(), R"(["a", null, ""])");
  const auto hash = [](const ArrayPtr& column) {
    std::vector<uint64_t> hashes;
    EXPECT_OK(HashRows(Columns{column}, column->length(), 0, &hashes));
    return hashes;
  };
  EXPECT_EQ(hash(*words), hash(*narrow));
  EXPECT_EQ(hash(*words), hash(*decimals));
  EXPECT_EQ(hash(*words), (std::vector<uint64_t>{2371371713009326880U, 6649314803333364083U,
                                                 17484556661174321963U}));
  EXPECT_EQ(hash(*texts), (std::vector<uint64_t>{6060046266130574951U, 6649314803333364083U,
                                                 3932204974815105334U}));
}

TEST(KeyHashTest, SpreadsConsecutiveNumbersEvenly) {
  arrow::Int64Builder builder;
  for (int64_t i = 0; i < 16'000; ++i) ASSERT_TRUE(builder.Append(i).ok());
  const BatchPtr batch =
      arrow::RecordBatch::Make(SchemaOf({arrow::int64()}), 16'000, Columns{*builder.Finish()});
  std::vector<BatchPtr> divided;
  ASSERT_OK(PartitionByKeys(batch, batch->columns(), kShuffleSeed, 16, &divided));
  for (const BatchPtr& part : divided) {
    EXPECT_GT(part->num_rows(), 850);
    EXPECT_LT(part->num_rows(), 1150);
    // What one level has brought together the next one divides.
    std::vector<BatchPtr> again;
    ASSERT_OK(PartitionByKeys(part, part->columns(), SpillSeed(0), 4, &again));
    for (const BatchPtr& piece : again) EXPECT_GT(piece->num_rows(), 150);
  }
}

}  // namespace
}  // namespace tusk::df

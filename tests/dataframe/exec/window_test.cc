#include "dataframe/exec/operator/window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string>

#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tests/dataframe/exec/table_rows.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

// `n` numbers the rows, so that orders are total where they need to be.
const SchemaPtr kSchema = arrow::schema(
    {arrow::field("p", arrow::utf8()), arrow::field("o", arrow::int64()),
     arrow::field("f", arrow::float64()), arrow::field("v", arrow::int64()),
     arrow::field("d", arrow::decimal128(20, 2)), arrow::field("n", arrow::int64(), false)});
constexpr size_t kPartition = 0;
constexpr size_t kOrder = 1;
constexpr size_t kValue = 3;
constexpr size_t kDecimal = 4;
constexpr size_t kNumber = 5;

BatchPtr Table(int64_t rows, uint64_t distinct, Random& random) {
  const BatchPtr table = RandomBatch(kSchema, rows, distinct, random);
  arrow::Int64Builder numbers;
  for (int64_t i = 0; i < rows; ++i) EXPECT_TRUE(numbers.Append(i).ok());
  arrow::ArrayVector columns = table->columns();
  columns[kNumber] = *numbers.Finish();
  return arrow::RecordBatch::Make(kSchema, rows, std::move(columns));
}

WindowCall Call(std::string function, std::vector<ExprPtr> args, std::string name,
                WindowFrame frame = {}) {
  WindowCall call;
  call.function = std::move(function);
  call.args = std::move(args);
  call.frame = frame;
  call.name = std::move(name);
  return call;
}

// Order of two cells as ORDER BY has it: nulls last.
int Order(const Value& a, const Value& b, bool descending) {
  if (IsNull(a) || IsNull(b)) return static_cast<int>(IsNull(a)) - static_cast<int>(IsNull(b));
  return descending ? -CompareValues(a, b) : CompareValues(a, b);
}

// The rows of one partition in order.
using Partition = std::vector<Row>;

std::vector<Partition> Partitions(Rows rows, size_t order, bool descending) {
  rows = SortedStably(std::move(rows), [&](const Row& a, const Row& b) {
    const int by_partition = Order(a[kPartition], b[kPartition], false);
    return by_partition != 0 ? by_partition < 0 : Order(a[order], b[order], descending) < 0;
  });
  std::vector<Partition> partitions;
  for (Row& row : rows) {
    if (partitions.empty() || TextOf(partitions.back()[0][kPartition]) != TextOf(row[kPartition])) {
      partitions.emplace_back();
    }
    partitions.back().push_back(std::move(row));
  }
  return partitions;
}

// Whether row `j` is in the frame of row `i`.
bool InFrame(const WindowFrame& frame, const Partition& rows, size_t i, size_t j, size_t order,
             bool descending) {
  if (frame.unit == WindowFrame::Unit::kRows) {
    const auto distance = static_cast<int64_t>(j) - static_cast<int64_t>(i);
    return (!frame.start || distance >= *frame.start) && (!frame.end || distance <= *frame.end);
  }
  const Value& here = rows[i][order];
  const Value& there = rows[j][order];
  const int side = Order(there, here, descending);
  const auto reaches = [&](int64_t limit, bool start) {
    if (limit == 0 || IsNull(here)) return start ? side >= 0 : side <= 0;
    if (IsNull(there)) return start;  // nulls are behind everything
    const int64_t sign = descending ? -1 : 1;
    const int64_t distance = sign * (std::get<int64_t>(there) - std::get<int64_t>(here));
    return start ? distance >= limit : distance <= limit;
  };
  // A bounded frame of a row with a value ends before the nulls.
  if (frame.end && *frame.end != 0 && !IsNull(here) && IsNull(there)) return false;
  return (!frame.start || reaches(*frame.start, true)) &&
         (!frame.end || reaches(*frame.end, false));
}

Result<Rows> RunWindow(const BatchPtr& table, const std::string& order, bool descending,
                       const std::vector<WindowCall>& calls, int64_t budget, Random& random,
                       int64_t* spilled = nullptr) {
  ASSIGN_OR_RETURN(PlanPtr values, ValuesNode::Make(table));
  ASSIGN_OR_RETURN(
      const PlanPtr plan,
      WindowNode::Make(std::move(values), {Expr::Column("p")},
                       {{.expr = Expr::Column(order), .descending = descending}}, calls));
  TestContext test(budget, static_cast<int64_t>(1 + random.Below(400)));
  ASSIGN_OR_RETURN(const auto batches, RunPlan(plan, test.context, random));
  if (spilled != nullptr) *spilled = test.context.spilled_rows;
  EXPECT_EQ(test.budget.used(), 0);
  return RowsOf(batches);
}

TEST(WindowTest, RanksByPosition) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  const ExprPtr v = Expr::Column("v");
  const std::vector<WindowCall> calls = {
      Call("row_number", {}, "row"),
      Call("rank", {}, "rank"),
      Call("dense_rank", {}, "dense"),
      Call("percent_rank", {}, "percent"),
      Call("cume_dist", {}, "cume"),
      Call("ntile", {Expr::Of(int64_t{3})}, "tile"),
      Call("lag", {v}, "before"),
      Call("lead", {v, Expr::Of(int64_t{2}), Expr::Of(int64_t{-99})}, "behind"),
  };
  for (int round = 0; round < 30 && !HasFailure(); ++round) {
    const BatchPtr table =
        Table(static_cast<int64_t>(random.Below(400)), 1 + random.Below(20), random);
    ASSERT_OK_AND_ASSIGN(const Rows got, RunWindow(table, "o", false, calls, kAmple, random));
    Rows expected;
    for (const Partition& rows : Partitions(RowsOf(*table), kOrder, false)) {
      const auto length = static_cast<int64_t>(rows.size());
      for (size_t i = 0; i < rows.size(); ++i) {
        int64_t rank = 1;
        int64_t up_to_peers = 0;
        std::set<std::string> before;
        for (const Row& other : rows) {
          const int side = Order(other[kOrder], rows[i][kOrder], false);
          rank += side < 0 ? 1 : 0;
          up_to_peers += side <= 0 ? 1 : 0;
          if (side < 0) before.insert(TextOf(other[kOrder]));
        }
        // Parts of three, the longer ones first.
        int64_t tile = 1;
        int64_t in_tile = 0;
        for (size_t at = 0; at <= i; ++at) {
          const int64_t size = length / 3 + (tile <= length % 3 ? 1 : 0);
          if (in_tile == size) {
            ++tile;
            in_tile = 0;
          }
          ++in_tile;
        }
        Row row = rows[i];
        row.insert(
            row.end(),
            {static_cast<int64_t>(i) + 1, rank, static_cast<int64_t>(before.size()) + 1,
             length == 1 ? 0.0 : static_cast<double>(rank - 1) / static_cast<double>(length - 1),
             static_cast<double>(up_to_peers) / static_cast<double>(length), tile,
             i == 0 ? Value() : rows[i - 1][kValue],
             i + 2 < rows.size() ? rows[i + 2][kValue] : Value(int64_t{-99})});
        expected.push_back(row);
      }
    }
    EXPECT_EQ(SortedTexts(got), SortedTexts(expected));
  }
}

WindowFrame RandomFrame(Random& random) {
  WindowFrame frame;
  frame.unit = random.Chance(0.5) ? WindowFrame::Unit::kRows : WindowFrame::Unit::kRange;
  const auto limit = [&]() -> std::optional<int64_t> {
    if (random.Chance(0.3)) return std::nullopt;
    return static_cast<int64_t>(random.Below(7)) - 3;
  };
  frame.start = limit();
  frame.end = limit();
  if (frame.start && frame.end && *frame.start > *frame.end) std::swap(frame.start, frame.end);
  return frame;
}

// What the functions of the test below give for a frame's rows.
Row OfFrame(const Rows& rows) {
  Value sum;
  Value decimals;
  Value least;
  Value most;
  Value variance;
  int64_t count = 0;
  double total = 0;
  double squares = 0;
  for (const Row& row : rows) {
    if (const auto* d = std::get_if<DecimalValue>(&row[kDecimal])) {
      decimals = DecimalValue{(IsNull(decimals) ? 0 : std::get<DecimalValue>(decimals).digits) +
                              d->digits};
    }
    const auto* v = std::get_if<int64_t>(&row[kValue]);
    if (v == nullptr) continue;
    ++count;
    total += static_cast<double>(*v);
    squares += static_cast<double>(*v * *v);
    sum = (IsNull(sum) ? 0 : std::get<int64_t>(sum)) + *v;
    if (IsNull(least) || *v < std::get<int64_t>(least)) least = *v;
    if (IsNull(most) || *v > std::get<int64_t>(most)) most = *v;
  }
  const auto n = static_cast<double>(count);
  const Value mean = count == 0 ? Value() : Value(total / n);
  // Rounded: the two ways differ in the last digits.
  if (count > 0) variance = std::round((squares - total * total / n) / n * 1e6) / 1e6;
  const Value second = rows.size() < 2 ? Value() : rows[1][kValue];
  return {static_cast<int64_t>(rows.size()),
          count,
          sum,
          decimals,
          mean,
          least,
          most,
          rows.empty() ? Value() : rows.front()[kValue],
          rows.empty() ? Value() : rows.back()[kValue],
          second,
          variance};
}
constexpr size_t kVariance = 16;  // its column of the result

TEST(WindowTest, AggregatesSeeTheirFrames) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  const ExprPtr v = Expr::Column("v");
  for (int round = 0; round < 120 && !HasFailure(); ++round) {
    const WindowFrame frame = RandomFrame(random);
    SCOPED_TRACE(fmt::format("frame {} from {} to {}", static_cast<int>(frame.unit),
                             frame.start.value_or(-999), frame.end.value_or(999)));
    const std::vector<WindowCall> calls = {
        Call("count", {}, "rows", frame),
        Call("count", {v}, "values", frame),
        Call("sum", {v}, "sum", frame),
        Call("sum", {Expr::Column("d")}, "decimals", frame),
        Call("avg", {v}, "mean", frame),
        Call("min", {v}, "least", frame),
        Call("max", {v}, "most", frame),
        Call("first_value", {v}, "first", frame),
        Call("last_value", {v}, "last", frame),
        Call("nth_value", {v, Expr::Of(int64_t{2})}, "second", frame),
        Call("var_pop", {v}, "variance", frame),
    };
    const bool descending = random.Chance(0.5);
    const BatchPtr table =
        Table(static_cast<int64_t>(random.Below(150)), 1 + random.Below(20), random);
    ASSERT_OK_AND_ASSIGN(Rows got, RunWindow(table, "o", descending, calls, kAmple, random));
    for (Row& row : got) {
      if (IsNull(row[kVariance])) continue;
      row[kVariance] = std::round(std::get<double>(row[kVariance]) * 1e6) / 1e6 + 0.0;
    }
    Rows expected;
    for (const Partition& rows : Partitions(RowsOf(*table), kOrder, descending)) {
      for (size_t i = 0; i < rows.size(); ++i) {
        Rows in_frame;
        for (size_t j = 0; j < rows.size(); ++j) {
          if (InFrame(frame, rows, i, j, kOrder, descending)) in_frame.push_back(rows[j]);
        }
        Row row = rows[i];
        const Row more = OfFrame(in_frame);
        row.insert(row.end(), more.begin(), more.end());
        expected.push_back(row);
      }
    }
    EXPECT_EQ(SortedTexts(got), SortedTexts(expected));
  }
}

// Frames that are put together from the tree keep the order of the rows.
TEST(WindowTest, ListsOfAFrameAreInOrder) {
  Random random(RandomSeed());
  const WindowFrame frame{WindowFrame::Unit::kRows, -5, 4};
  const BatchPtr table = Table(300, 4, random);
  ASSERT_OK_AND_ASSIGN(const Rows got, RunWindow(table, "n", false,
                                                 {Call("list", {Expr::Column("n")}, "near", frame)},
                                                 kAmple, random));
  Rows expected;
  for (const Partition& rows : Partitions(RowsOf(*table), kNumber, false)) {
    for (size_t i = 0; i < rows.size(); ++i) {
      std::string near = "[";
      for (size_t j = i < 5 ? 0 : i - 5; j <= i + 4 && j < rows.size(); ++j) {
        near += TextOf(rows[j][kNumber]) + ",";
      }
      Row row = rows[i];
      row.emplace_back(near + "]");
      expected.push_back(row);
    }
  }
  EXPECT_EQ(SortedTexts(got), SortedTexts(expected));
}

TEST(WindowTest, SpillsWhileItSortsAndPartitionsStream) {
  Random random(RandomSeed());
  const BatchPtr table = Table(20'000, 50, random);
  const std::vector<WindowCall> calls = {
      Call("row_number", {}, "row"),
      Call("sum", {Expr::Column("v")}, "running", {WindowFrame::Unit::kRows, std::nullopt, 0})};
  ASSERT_OK_AND_ASSIGN(const Rows expected, RunWindow(table, "n", false, calls, kAmple, random));
  int64_t spilled = 0;
  ASSERT_OK_AND_ASSIGN(const Rows got,
                       RunWindow(table, "n", false, calls, 200'000, random, &spilled));
  EXPECT_GE(spilled, 20'000);
  EXPECT_EQ(SortedTexts(got), SortedTexts(expected));
}

TEST(WindowTest, RangesOfFloatsKnowNaN) {
  Random random(5);
  const BatchPtr table = Table(200, 12, random);
  const std::vector<WindowCall> calls = {
      Call("count", {}, "near", {WindowFrame::Unit::kRange, -2, 2})};
  for (const bool descending : {false, true}) {
    ASSERT_OK_AND_ASSIGN(const Rows got, RunWindow(table, "f", descending, calls, kAmple, random));
    for (const Row& row : got) {
      int64_t near = 0;
      for (const Row& other : got) {
        if (TextOf(other[kPartition]) != TextOf(row[kPartition])) continue;
        const auto* a = std::get_if<double>(&row[2]);
        const auto* b = std::get_if<double>(&other[2]);
        if (a == nullptr || b == nullptr) {
          near += a == b ? 1 : 0;
        } else if (std::isnan(*a) || std::isnan(*b) || std::isinf(*a) || std::isinf(*b)) {
          near += CompareValues(*a, *b) == 0 ? 1 : 0;
        } else {
          near += std::abs(*a - *b) <= 2 ? 1 : 0;
        }
      }
      EXPECT_EQ(std::get<int64_t>(row.back()), near) << TextOf(row) << descending;
    }
  }
}

TEST(WindowTest, SaysWhatIsWrong) {
  Random random(6);
  const BatchPtr table = Table(20, 3, random);
  const WindowFrame near{WindowFrame::Unit::kRange, -1, 1};
  EXPECT_THAT(RunWindow(table, "p", false, {Call("count", {}, "c", near)}, kAmple, random),
              StatusIs(StatusCode::kInvalidArgument, "not string"));
  const WindowFrame days{WindowFrame::Unit::kInterval, -1, 1};
  EXPECT_THAT(RunWindow(table, "o", false, {Call("count", {}, "c", days)}, kAmple, random),
              StatusIs(StatusCode::kInvalidArgument, "INTERVAL"));
  EXPECT_THAT(
      RunWindow(table, "o", false, {Call("ntile", {Expr::Of(int64_t{0})}, "c")}, kAmple, random),
      StatusIs(StatusCode::kInvalidArgument, "at least one part"));
  EXPECT_THAT(RunWindow(table, "o", false,
                        {Call("nth_value", {Expr::Column("v"), Expr::Of(int64_t{0})}, "c")}, kAmple,
                        random),
              StatusIs(StatusCode::kInvalidArgument, "from 1"));
}

}  // namespace
}  // namespace tusk::df

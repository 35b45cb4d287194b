#include "dataframe/expr/aggregate.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/api.h>
#include <gtest/gtest.h>

#include "common/base/random.h"
#include "dataframe/type/arrow_runtime.h"
#include "tests/dataframe/expr/columns.h"

namespace tusk::df {
namespace {

using Groups = std::vector<uint32_t>;

// Rows of one group-by: the group of each, and the argument columns.
struct Rows {
  int64_t groups = 0;
  Groups ids;
  std::vector<ArrayPtr> args;

  Rows Slice(int64_t from, int64_t count) const {
    Rows slice{groups, Groups(ids.begin() + from, ids.begin() + from + count), {}};
    for (const ArrayPtr& arg : args) slice.args.push_back(arg->Slice(from, count));
    return slice;
  }
};

AggregateFunction Resolve(std::string_view name, const std::vector<ArrayPtr>& args,
                          const std::vector<double>& parameters = {}) {
  std::vector<TypePtr> types;
  for (const ArrayPtr& arg : args) types.push_back(arg->type());
  Result<AggregateFunction> function = ResolveAggregate(name, types, parameters);
  EXPECT_TRUE(function.ok()) << function.status().ToString();
  return *function;
}

// The arguments as the function wants them.
std::vector<ArrayPtr> Cast(const AggregateFunction& function, const std::vector<ArrayPtr>& args) {
  std::vector<ArrayPtr> out;
  for (size_t i = 0; i < args.size(); ++i) {
    out.push_back(arrow::compute::Cast(*args[i], function.arg_types[i]).ValueOrDie());
  }
  return out;
}

// Through Arrow's IPC and back, as states travel.
std::vector<ArrayPtr> Travel(const AggregateFunction& function,
                             const std::vector<ArrayPtr>& state) {
  arrow::FieldVector fields;
  EXPECT_EQ(state.size(), function.state_types.size());
  for (size_t i = 0; i < state.size(); ++i) {
    EXPECT_TRUE(state[i]->type()->Equals(*function.state_types[i])) << state[i]->type()->ToString();
    EXPECT_TRUE(state[i]->ValidateFull().ok()) << state[i]->ValidateFull().ToString();
    fields.push_back(arrow::field("s" + std::to_string(i), state[i]->type()));
  }
  const auto schema = arrow::schema(fields);
  const auto batch = arrow::RecordBatch::Make(schema, state[0]->length(), state);
  const auto bytes =
      arrow::ipc::SerializeRecordBatch(*batch, arrow::ipc::IpcWriteOptions::Defaults())
          .ValueOrDie();
  arrow::io::BufferReader reader(bytes);
  arrow::ipc::DictionaryMemo memo;
  return arrow::ipc::ReadRecordBatch(schema, &memo, arrow::ipc::IpcReadOptions::Defaults(), &reader)
      .ValueOrDie()
      ->columns();
}

Result<ArrayPtr> OnePass(const AggregateFunction& function, const Rows& rows) {
  auto state = function.make(function);
  EXPECT_TRUE(state->Resize(rows.groups).ok());
  const std::vector<ArrayPtr> args = Cast(function, rows.args);
  if (Status status = state->Update(rows.ids, args); !status.ok()) return status;
  EXPECT_GE(state->bytes(), 0);
  Result<ArrayPtr> result = state->Finish();
  if (!result.ok()) return result;
  EXPECT_TRUE((*result)->ValidateFull().ok()) << (*result)->ValidateFull().ToString();
  EXPECT_TRUE((*result)->type()->Equals(*function.result)) << (*result)->type()->ToString();
  EXPECT_EQ((*result)->length(), rows.groups);
  if (!function.result_nullable) {
    EXPECT_EQ((*result)->null_count(), 0);
  }
  return result;
}

// Random parts become states with their own numbers of groups; those are merged in random order,
// sometimes over one more state in between, sometimes in slices.
ArrayPtr InParts(const AggregateFunction& function, const Rows& rows, Random& random,
                 bool shuffle) {
  struct Part {
    Groups group_of;  // the part's group -> the whole's
    std::vector<ArrayPtr> state;
  };
  std::vector<Part> parts;
  const auto total = static_cast<int64_t>(rows.ids.size());
  for (int64_t at = 0; at < total || parts.empty();) {
    const int64_t count = std::min<int64_t>(total - at, 1 + random.Below(total / 3 + 2));
    const Rows slice = rows.Slice(at, count);
    at += count;
    Part part;
    std::map<uint32_t, uint32_t> numbers;
    Groups local;
    for (const uint32_t group : slice.ids) {
      const auto [found, is_new] = numbers.emplace(group, part.group_of.size());
      if (is_new) part.group_of.push_back(group);
      local.push_back(found->second);
    }
    auto state = function.make(function);
    // Room is made twice, as a growing table does.
    EXPECT_TRUE(state->Resize(static_cast<int64_t>(part.group_of.size() + 1) / 2).ok());
    EXPECT_TRUE(state->Resize(static_cast<int64_t>(part.group_of.size())).ok());
    const std::vector<ArrayPtr> args = Cast(function, slice.args);
    const Status updated = state->Update(local, args);
    EXPECT_TRUE(updated.ok()) << updated.ToString();
    part.state = Travel(function, *state->EmitState());
    parts.push_back(std::move(part));
  }
  if (shuffle) random.Shuffle<Part>(parts);
  auto whole = function.make(function);
  EXPECT_TRUE(whole->Resize(rows.groups).ok());
  for (const Part& part : parts) {
    const auto groups = static_cast<int64_t>(part.group_of.size());
    const int64_t cut = static_cast<int64_t>(random.Below(groups + 1));
    for (const auto& [from, count] : {std::pair{int64_t{0}, cut}, std::pair{cut, groups - cut}}) {
      std::vector<ArrayPtr> state;
      for (const ArrayPtr& column : part.state) state.push_back(column->Slice(from, count));
      const Status merged = whole->Merge(std::span(part.group_of).subspan(from, count), state);
      EXPECT_TRUE(merged.ok()) << merged.ToString();
    }
    if (random.Chance(0.3)) {  // a combiner in between
      const std::vector<ArrayPtr> state = Travel(function, *whole->EmitState());
      whole = function.make(function);
      EXPECT_TRUE(whole->Resize(rows.groups).ok());
      Groups same(rows.groups);
      for (size_t g = 0; g < same.size(); ++g) same[g] = g;
      EXPECT_TRUE(whole->Merge(same, state).ok());
    }
  }
  Result<ArrayPtr> result = whole->Finish();
  EXPECT_TRUE(result.ok()) << result.status().ToString();
  return *result;
}

// Equal, doubles to rounding.
void ExpectNear(const arrow::Array& a, const arrow::Array& b, double tolerance = 1e-9) {
  if (a.type_id() != arrow::Type::DOUBLE) {
    EXPECT_TRUE(a.Equals(b, arrow::EqualOptions::Defaults().nans_equal(true)))
        << a.ToString() << b.ToString();
    return;
  }
  const auto& x = static_cast<const arrow::DoubleArray&>(a);
  const auto& y = static_cast<const arrow::DoubleArray&>(b);
  ASSERT_EQ(x.length(), y.length());
  for (int64_t i = 0; i < x.length(); ++i) {
    ASSERT_EQ(x.IsNull(i), y.IsNull(i)) << i;
    if (x.IsNull(i) || x.Value(i) == y.Value(i)) continue;
    if (std::isnan(x.Value(i)) && std::isnan(y.Value(i))) continue;
    const double size = std::max({1.0, std::abs(x.Value(i)), std::abs(y.Value(i))});
    EXPECT_NEAR(x.Value(i), y.Value(i), tolerance * size) << i;
  }
}

// Random values of a type, a fifth of them null. Few different ones, so that they repeat.
ArrayPtr RandomColumn(const TypePtr& type, int64_t length, Random& random, bool nulls = true) {
  std::vector<std::optional<std::string>> texts;
  for (int64_t i = 0; i < length; ++i) {
    if (nulls && random.Chance(0.2)) {
      texts.push_back(std::nullopt);
    } else if (type->id() == arrow::Type::BOOL) {
      texts.push_back(random.Chance(0.7) ? "true" : "false");
    } else if (type->id() == arrow::Type::STRING || type->id() == arrow::Type::BINARY) {
      texts.push_back(std::string(random.Below(30), 'x') + std::to_string(random.Below(9)) + "ä");
    } else if (type->id() == arrow::Type::DATE32) {
      texts.push_back("2024-01-0" + std::to_string(1 + random.Below(9)));
    } else if (type->id() == arrow::Type::TIMESTAMP) {
      texts.push_back("2024-01-0" + std::to_string(1 + random.Below(9)) + " 10:00:00" +
                      (type->Equals(arrow::timestamp(arrow::TimeUnit::MICRO)) ? "" : "Z"));
    } else {
      const bool is_signed = !arrow::is_unsigned_integer(type->id());
      std::string text = std::to_string(random.Below(100));
      if (type->id() == arrow::Type::DECIMAL128 || arrow::is_floating(type->id())) text += ".25";
      texts.push_back((is_signed && random.Chance(0.5) ? "-" : "") + text);
    }
  }
  return ColumnOfTexts(type, texts);
}

Rows RandomRows(const std::vector<TypePtr>& types, Random& random) {
  Rows rows;
  const std::vector<int64_t> group_counts = {1, 2, 7, 500};
  rows.groups = group_counts[random.Below(group_counts.size())];
  const auto length = static_cast<int64_t>(random.Below(2000));
  const bool nulls = random.Chance(0.7);
  for (int64_t i = 0; i < length; ++i) {
    rows.ids.push_back(static_cast<uint32_t>(random.Below(rows.groups)));
  }
  for (const TypePtr& type : types) {
    // Sliced, so that offsets and unaligned bits are met.
    rows.args.push_back(RandomColumn(type, length + 3, random, nulls)->Slice(3));
  }
  return rows;
}

const std::vector<TypePtr>& AllTypes() {
  static const std::vector<TypePtr> types = {arrow::boolean(),
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
                                             arrow::decimal128(12, 2),
                                             arrow::decimal128(30, 2),
                                             arrow::utf8(),
                                             arrow::binary(),
                                             arrow::date32(),
                                             arrow::timestamp(arrow::TimeUnit::MICRO),
                                             arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")};
  return types;
}

// The doubles of each group that are not null, in order of rows.
std::vector<std::vector<double>> Numbers(const Rows& rows) {
  const ArrayPtr column = arrow::compute::Cast(*rows.args[0], arrow::float64()).ValueOrDie();
  const auto& values = static_cast<const arrow::DoubleArray&>(*column);
  std::vector<std::vector<double>> numbers(rows.groups);
  for (size_t i = 0; i < rows.ids.size(); ++i) {
    const auto row = static_cast<int64_t>(i);
    if (values.IsValid(row)) numbers[rows.ids[i]].push_back(values.Value(row));
  }
  return numbers;
}

ArrayPtr Doubles(const std::vector<std::optional<double>>& values) {
  arrow::DoubleBuilder builder;
  for (const auto& value : values) EXPECT_TRUE(builder.AppendOrNull(value).ok());
  return builder.Finish().ValueOrDie();
}

using Naive = std::function<std::optional<double>(const std::vector<double>&)>;

double Sum(const std::vector<double>& v) {
  double sum = 0;
  for (const double x : v) sum += x;
  return sum;
}

double PowerSum(const std::vector<double>& v, int power) {
  double sum = 0;
  const double mean = Sum(v) / static_cast<double>(v.size());
  for (const double x : v) sum += std::pow(x - mean, power);
  return sum;
}

std::optional<double> NaiveQuantile(std::vector<double> v, double fraction) {
  if (v.empty()) return std::nullopt;
  std::sort(v.begin(), v.end());
  const double rank = fraction * static_cast<double>(v.size() - 1);
  const auto low = static_cast<size_t>(rank);
  const size_t high = std::min(low + 1, v.size() - 1);
  return v[low] + (v[high] - v[low]) * (rank - static_cast<double>(low));
}

// Aggregates of numbers whose result is a number, against the definition.
const std::map<std::string, Naive>& NumberReferences() {
  static const std::map<std::string, Naive> references = {
      {"count", [](const auto& v) { return static_cast<double>(v.size()); }},
      {"sum", [](const auto& v) { return v.empty() ? std::nullopt : std::optional(Sum(v)); }},
      {"avg",
       [](const auto& v) {
         return v.empty() ? std::nullopt : std::optional(Sum(v) / static_cast<double>(v.size()));
       }},
      {"min",
       [](const auto& v) {
         return v.empty() ? std::nullopt : std::optional(*std::min_element(v.begin(), v.end()));
       }},
      {"max",
       [](const auto& v) {
         return v.empty() ? std::nullopt : std::optional(*std::max_element(v.begin(), v.end()));
       }},
      {"variance",
       [](const auto& v) {
         return v.size() < 2 ? std::nullopt
                             : std::optional(PowerSum(v, 2) / static_cast<double>(v.size() - 1));
       }},
      {"var_pop",
       [](const auto& v) {
         return v.empty() ? std::nullopt
                          : std::optional(PowerSum(v, 2) / static_cast<double>(v.size()));
       }},
      {"stddev",
       [](const auto& v) {
         return v.size() < 2
                    ? std::nullopt
                    : std::optional(std::sqrt(PowerSum(v, 2) / static_cast<double>(v.size() - 1)));
       }},
      {"stddev_pop",
       [](const auto& v) {
         return v.empty()
                    ? std::nullopt
                    : std::optional(std::sqrt(PowerSum(v, 2) / static_cast<double>(v.size())));
       }},
      {"skewness",
       [](const auto& v) -> std::optional<double> {
         if (v.size() < 3 || PowerSum(v, 2) == 0) return std::nullopt;
         const auto n = static_cast<double>(v.size());
         return std::sqrt(n * (n - 1)) / (n - 2) * (PowerSum(v, 3) / n) /
                std::pow(PowerSum(v, 2) / n, 1.5);
       }},
      {"kurtosis",
       [](const auto& v) -> std::optional<double> {
         if (v.size() < 4 || PowerSum(v, 2) == 0) return std::nullopt;
         const auto n = static_cast<double>(v.size());
         const double g = PowerSum(v, 4) / n / std::pow(PowerSum(v, 2) / n, 2) - 3;
         return (n - 1) / (n - 2) / (n - 3) * ((n + 1) * g + 6);
       }},
      {"median", [](const auto& v) { return NaiveQuantile(v, 0.5); }},
      {"mode",
       [](const auto& v) -> std::optional<double> {
         std::map<double, int> counts;
         for (const double x : v) ++counts[x];
         std::optional<double> best;
         for (const auto& [x, count] : counts) {
           if (!best || count > counts[*best]) best = x;
         }
         return best;
       }},
  };
  return references;
}

class AggregateTest : public testing::Test {
 protected:
  void SetUp() override { InitializeArrow(); }
};

TEST_F(AggregateTest, NumbersAreAsTheDefinitionSaysHoweverRowsAreSplit) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  for (int round = 0; round < 6; ++round) {
    for (const TypePtr& type : AllTypes()) {
      if (!arrow::is_numeric(type->id()) && type->id() != arrow::Type::DECIMAL128) continue;
      const Rows rows = RandomRows({type}, random);
      const std::vector<std::vector<double>> numbers = Numbers(rows);
      for (const auto& [name, naive] : NumberReferences()) {
        SCOPED_TRACE(name + " of " + type->ToString());
        std::vector<std::optional<double>> expected;
        for (const auto& group : numbers) expected.push_back(naive(group));
        const AggregateFunction function = Resolve(name, rows.args);
        const ArrayPtr result = *OnePass(function, rows);
        const ArrayPtr as_double = arrow::compute::Cast(*result, arrow::float64()).ValueOrDie();
        ExpectNear(*as_double, *Doubles(expected), 1e-7);
        ExpectNear(*InParts(function, rows, random, true), *result, 1e-7);
      }
    }
  }
}

TEST_F(AggregateTest, AnyTypeMergesToTheOnePassResult) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  for (int round = 0; round < 4; ++round) {
    for (const TypePtr& type : AllTypes()) {
      const Rows rows = RandomRows({type}, random);
      for (const char* name : {"count", "min", "max", "mode", "approx_count_distinct"}) {
        SCOPED_TRACE(std::string(name) + " of " + type->ToString());
        const AggregateFunction function = Resolve(name, rows.args);
        ExpectNear(*InParts(function, rows, random, true), **OnePass(function, rows));
      }
      // Those that depend on the order of rows are merged in that order.
      for (const char* name : {"first", "last", "any_value", "list"}) {
        SCOPED_TRACE(std::string(name) + " of " + type->ToString());
        const AggregateFunction function = Resolve(name, rows.args);
        ExpectNear(*InParts(function, rows, random, false), **OnePass(function, rows));
      }
    }
  }
}

TEST_F(AggregateTest, ExtremesOfEveryTypeAreThoseOfSorting) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  for (const TypePtr& type : AllTypes()) {
    SCOPED_TRACE(type->ToString());
    const ArrayPtr column = RandomColumn(type, 200, random);
    const Rows rows{1, Groups(200), {column}};
    const auto order = arrow::compute::SortIndices(*column).ValueOrDie();
    const auto& indices = static_cast<const arrow::UInt64Array&>(*order);
    const int64_t last = column->length() - column->null_count() - 1;
    const ArrayPtr least = *OnePass(Resolve("min", rows.args), rows);
    const ArrayPtr greatest = *OnePass(Resolve("max", rows.args), rows);
    EXPECT_TRUE(least->GetScalar(0).ValueOrDie()->Equals(
        **column->GetScalar(static_cast<int64_t>(indices.Value(0)))));
    EXPECT_TRUE(greatest->GetScalar(0).ValueOrDie()->Equals(
        **column->GetScalar(static_cast<int64_t>(indices.Value(last)))));
  }
}

TEST_F(AggregateTest, PairsOfColumnsAreAsTheDefinitionSays) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  for (int round = 0; round < 20; ++round) {
    const Rows rows = RandomRows({arrow::float64(), arrow::int32()}, random);
    const auto& x = static_cast<const arrow::DoubleArray&>(*rows.args[0]);
    const auto& y = static_cast<const arrow::Int32Array&>(*rows.args[1]);
    std::vector<std::vector<std::pair<double, double>>> pairs(rows.groups);
    for (size_t i = 0; i < rows.ids.size(); ++i) {
      const auto row = static_cast<int64_t>(i);
      if (x.IsValid(row) && y.IsValid(row)) {
        pairs[rows.ids[i]].emplace_back(x.Value(row), y.Value(row));
      }
    }
    std::vector<std::optional<double>> corr, sample, population;
    for (const auto& group : pairs) {
      const auto n = static_cast<double>(group.size());
      double mx = 0, my = 0, sxx = 0, syy = 0, sxy = 0;
      for (const auto& [a, b] : group) mx += a / n, my += b / n;
      for (const auto& [a, b] : group) {
        sxx += (a - mx) * (a - mx), syy += (b - my) * (b - my), sxy += (a - mx) * (b - my);
      }
      // Of two rows or less rounding decides between NaN and 1; left to the test of edges.
      corr.push_back(n < 3 ? std::nullopt : std::optional(sxy / std::sqrt(sxx * syy)));
      sample.push_back(n < 2 ? std::nullopt : std::optional(sxy / (n - 1)));
      population.push_back(n < 1 ? std::nullopt : std::optional(sxy / n));
    }
    const auto check = [&](const char* name, const std::vector<std::optional<double>>& expected) {
      SCOPED_TRACE(name);
      const AggregateFunction function = Resolve(name, rows.args);
      const ArrayPtr result = *OnePass(function, rows);
      if (std::string_view(name) != "corr") ExpectNear(*result, *Doubles(expected), 1e-7);
      for (int64_t g = 0; g < result->length(); ++g) {
        if (!expected[g]) continue;
        EXPECT_NEAR(static_cast<const arrow::DoubleArray&>(*result).Value(g), *expected[g],
                    1e-6 * std::max(1.0, std::abs(*expected[g])));
      }
      if (rows.groups < 100) ExpectNear(*InParts(function, rows, random, true), *result, 1e-7);
    };
    if (rows.groups < 100 && rows.ids.size() > 200) check("corr", corr);
    check("covar_samp", sample);
    check("covar_pop", population);
  }
}

TEST_F(AggregateTest, CorrelationAtTheEdges) {
  const auto corr = [&](const std::vector<std::optional<std::string>>& x,
                        const std::vector<std::optional<std::string>>& y) {
    const Rows rows{1,
                    Groups(x.size()),
                    {ColumnOfTexts(arrow::float64(), x), ColumnOfTexts(arrow::float64(), y)}};
    const ArrayPtr result = *OnePass(Resolve("corr", rows.args), rows);
    return result->IsNull(0) ? -9 : static_cast<const arrow::DoubleArray&>(*result).Value(0);
  };
  EXPECT_DOUBLE_EQ(corr({"1", "2", "3"}, {"2", "4", "6"}), 1);
  EXPECT_DOUBLE_EQ(corr({"1", "2", "3"}, {"6", "4", "2"}), -1);
  EXPECT_TRUE(std::isnan(corr({"1", "2"}, {"5", "5"})));
  EXPECT_TRUE(std::isnan(corr({"1"}, {"5"})));
  EXPECT_EQ(corr({"1", std::nullopt}, {std::nullopt, "5"}), -9);
}

TEST_F(AggregateTest, ConditionsAreCounted) {
  const Rows rows{3,
                  {0, 0, 0, 1, 1, 1},
                  {ColumnOfTexts(arrow::boolean(),
                                 {"true", "false", std::nullopt, "true", std::nullopt, "true"})}};
  EXPECT_EQ((*OnePass(Resolve("count_if", rows.args), rows))->ToString(),
            ColumnOfTexts(arrow::int64(), {"1", "2", "0"})->ToString());
  EXPECT_EQ((*OnePass(Resolve("bool_and", rows.args), rows))->ToString(),
            ColumnOfTexts(arrow::boolean(), {"false", "true", std::nullopt})->ToString());
  EXPECT_EQ((*OnePass(Resolve("bool_or", rows.args), rows))->ToString(),
            ColumnOfTexts(arrow::boolean(), {"true", "true", std::nullopt})->ToString());
}

TEST_F(AggregateTest, CountOfNothingCountsRows) {
  const Rows rows{3, {0, 0, 2}, {}};
  EXPECT_EQ((*OnePass(Resolve("count", {}), rows))->ToString(),
            ColumnOfTexts(arrow::int64(), {"2", "0", "1"})->ToString());
  const Rows one{1, {0, 0, 0}, {}};
  EXPECT_EQ((*OnePass(Resolve("count", {}), one))->ToString(),
            ColumnOfTexts(arrow::int64(), {"3"})->ToString());
}

TEST_F(AggregateTest, NaNIsTheGreatest) {
  const Rows rows{3,
                  {0, 0, 0, 1, 2, 2},
                  {ColumnOfTexts(arrow::float64(), {"nan", "1", "inf", "nan", "1", "2"})}};
  EXPECT_EQ((*OnePass(Resolve("max", rows.args), rows))->ToString(),
            ColumnOfTexts(arrow::float64(), {"nan", "nan", "2"})->ToString());
  EXPECT_EQ((*OnePass(Resolve("min", rows.args), rows))->ToString(),
            ColumnOfTexts(arrow::float64(), {"1", "nan", "1"})->ToString());
  EXPECT_EQ((*OnePass(Resolve("median", rows.args), rows))->ToString(),
            ColumnOfTexts(arrow::float64(), {"inf", "nan", "1.5"})->ToString());
}

TEST_F(AggregateTest, ASumThatDoesNotFitIsAnErrorWhateverTheOrder) {
  const std::string most = "9223372036854775807";
  const Rows over{1, {0, 0}, {ColumnOfTexts(arrow::int64(), {most, "1"})}};
  const Result<ArrayPtr> failed = OnePass(Resolve("sum", over.args), over);
  EXPECT_EQ(failed.status().code(), StatusCode::kInvalidArgument);
  EXPECT_NE(failed.status().message().find("integer overflow"), std::string::npos);

  const Rows back{1, {0, 0, 0}, {ColumnOfTexts(arrow::int64(), {most, "1", "-1"})}};
  EXPECT_EQ((*OnePass(Resolve("sum", back.args), back))->ToString(),
            ColumnOfTexts(arrow::int64(), {most})->ToString());

  const std::string nines(38, '9');
  const auto type = arrow::decimal128(38, 0);
  const Rows wide{1, {0, 0}, {ColumnOfTexts(type, {nines, "1"})}};
  EXPECT_EQ(OnePass(Resolve("sum", wide.args), wide).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(OnePass(Resolve("avg", wide.args), wide).status().code(), StatusCode::kOk);
  const Rows widest{1, {0, 0, 0}, {ColumnOfTexts(type, {nines, nines, nines})}};
  EXPECT_EQ(OnePass(Resolve("avg", widest.args), widest).status().code(),
            StatusCode::kInvalidArgument);
}

TEST_F(AggregateTest, SumsKeepTheScaleOfDecimals) {
  const Rows rows{1, {0, 0}, {ColumnOfTexts(arrow::decimal128(15, 2), {"1.25", "-0.50"})}};
  const AggregateFunction function = Resolve("sum", rows.args);
  EXPECT_TRUE(function.result->Equals(*arrow::decimal128(38, 2)));
  EXPECT_EQ((*OnePass(function, rows))->ToString(),
            ColumnOfTexts(arrow::decimal128(38, 2), {"0.75"})->ToString());
}

TEST_F(AggregateTest, FirstAndLastTakeNullsAsTheyComeAndAnyValueDoesNot) {
  const Rows rows{2, {0, 0, 0}, {ColumnOfTexts(arrow::int32(), {std::nullopt, "2", std::nullopt})}};
  const auto null_and_null = ColumnOfTexts(arrow::int32(), {std::nullopt, std::nullopt});
  EXPECT_TRUE((*OnePass(Resolve("first", rows.args), rows))->Equals(null_and_null));
  EXPECT_TRUE((*OnePass(Resolve("last", rows.args), rows))->Equals(null_and_null));
  EXPECT_TRUE((*OnePass(Resolve("any_value", rows.args), rows))
                  ->Equals(ColumnOfTexts(arrow::int32(), {"2", std::nullopt})));
}

TEST_F(AggregateTest, ListsOfListsAreKept) {
  const auto lists = std::make_shared<arrow::Int64Builder>();
  arrow::ListBuilder builder(arrow::default_memory_pool(), lists);
  ASSERT_TRUE(builder.Append().ok() && lists->Append(1).ok() && lists->Append(2).ok());
  ASSERT_TRUE(builder.AppendNull().ok());
  ASSERT_TRUE(builder.Append().ok());
  const Rows rows{2, {1, 0, 1}, {builder.Finish().ValueOrDie()}};
  Random random(1);
  for (const char* name : {"first", "last", "any_value", "list"}) {
    SCOPED_TRACE(name);
    const AggregateFunction function = Resolve(name, rows.args);
    const ArrayPtr result = *OnePass(function, rows);
    EXPECT_TRUE(result->Equals(InParts(function, rows, random, false)));
    EXPECT_EQ(result->null_count(), std::string_view(name) == "list" ? 0 : 1);
  }
}

TEST_F(AggregateTest, TextsAreJoinedWithTheSeparatorBetweenThem) {
  const ArrayPtr texts = ColumnOfTexts(arrow::utf8(), {"a", std::nullopt, "", "ß", "c"});
  const ArrayPtr bars = ColumnOfTexts(arrow::utf8(), {" | ", " | ", " | ", " | ", " | "});
  const Rows rows{3, {0, 0, 0, 1, 0}, {texts, bars}};
  const AggregateFunction function = Resolve("string_agg", rows.args);
  const ArrayPtr expected = ColumnOfTexts(arrow::utf8(), {"a |  | c", "ß", std::nullopt});
  EXPECT_EQ((*OnePass(function, rows))->ToString(), expected->ToString());
  Random random(2);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(InParts(function, rows, random, false)->ToString(), expected->ToString());
  }
  const Rows commas{1, {0, 0, 0, 0, 0}, {texts}};
  EXPECT_EQ((*OnePass(Resolve("string_agg", commas.args), commas))->ToString(),
            ColumnOfTexts(arrow::utf8(), {"a,,ß,c"})->ToString());
}

TEST_F(AggregateTest, QuantilesInterpolate) {
  const Rows rows{1, {0, 0, 0, 0}, {ColumnOfTexts(arrow::int32(), {"10", "1", "4", "2"})}};
  const auto quantile = [&](const char* name, double fraction) {
    const ArrayPtr result = *OnePass(Resolve(name, rows.args, {fraction}), rows);
    return static_cast<const arrow::DoubleArray&>(*result).Value(0);
  };
  for (const char* name : {"quantile", "approx_quantile"}) {
    EXPECT_DOUBLE_EQ(quantile(name, 0), 1);
    EXPECT_DOUBLE_EQ(quantile(name, 0.3), 1.9);
    EXPECT_DOUBLE_EQ(quantile(name, 0.5), 3);
    EXPECT_DOUBLE_EQ(quantile(name, 1), 10);
  }
}

TEST_F(AggregateTest, ApproximateQuantilesAreNearInRankHoweverRowsAreSplit) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  arrow::DoubleBuilder builder;
  std::vector<double> values;
  for (int i = 0; i < 30000; ++i) values.push_back(std::exp(random.NextDouble() * 20));
  ASSERT_TRUE(builder.AppendValues(values).ok());
  const Rows rows{1, Groups(values.size()), {builder.Finish().ValueOrDie()}};
  std::sort(values.begin(), values.end());
  for (const double fraction : {0.0, 0.001, 0.25, 0.5, 0.9, 0.999, 1.0}) {
    const AggregateFunction function = Resolve("approx_quantile", rows.args, {fraction});
    for (const ArrayPtr& result :
         {*OnePass(function, rows), InParts(function, rows, random, true)}) {
      const double value = static_cast<const arrow::DoubleArray&>(*result).Value(0);
      const auto rank = static_cast<double>(std::lower_bound(values.begin(), values.end(), value) -
                                            values.begin());
      EXPECT_NEAR(rank / 30000, fraction, 0.01) << fraction;
      if (fraction == 0) {
        EXPECT_EQ(value, values.front());
      }
      if (fraction == 1) {
        EXPECT_EQ(value, values.back());
      }
    }
  }
}

TEST_F(AggregateTest, ApproximateDistinctCountsAreNear) {
  for (const int64_t distinct : {0, 1, 10, 255, 256, 257, 1000, 20000, 300000}) {
    arrow::Int64Builder builder;
    for (int64_t i = 0; i < distinct; ++i) ASSERT_TRUE(builder.AppendValues({i, i}).ok());
    const Rows rows{1, Groups(2 * distinct), {builder.Finish().ValueOrDie()}};
    const AggregateFunction function = Resolve("approx_count_distinct", rows.args);
    const ArrayPtr result = *OnePass(function, rows);
    const auto estimate =
        static_cast<double>(static_cast<const arrow::Int64Array&>(*result).Value(0));
    // Four standard errors; the hash is fixed, so this does not depend on luck.
    EXPECT_NEAR(estimate, static_cast<double>(distinct), 0.065 * static_cast<double>(distinct));
  }
}

TEST_F(AggregateTest, FalseStatesAreRefused) {
  const auto merge = [&](const char* name, const ArrayPtr& arg, const ArrayPtr& state,
                         const std::vector<double>& parameters = {}) {
    const AggregateFunction function = Resolve(name, {arg}, parameters);
    auto target = function.make(function);
    EXPECT_TRUE(target->Resize(1).ok());
    const Groups ids(state->length());
    return target->Merge(ids, std::vector<ArrayPtr>{state}).code();
  };
  const ArrayPtr arg = ColumnOfTexts(arrow::int64(), {"1"});
  for (const char* bytes : {"", "x", "Sabcd", "Dab", "Sab\xff"}) {
    EXPECT_EQ(merge("approx_count_distinct", arg, ColumnOfTexts(arrow::binary(), {bytes})),
              StatusCode::kCorruption);
  }
  const auto numbers = std::make_shared<arrow::DoubleBuilder>();
  arrow::ListBuilder builder(arrow::default_memory_pool(), numbers);
  ASSERT_TRUE(builder.Append().ok() && numbers->AppendValues({1, 2, 3}).ok());
  EXPECT_EQ(merge("approx_quantile", arg, builder.Finish().ValueOrDie(), {0.5}),
            StatusCode::kCorruption);
}

TEST_F(AggregateTest, WrongUseIsExplained) {
  const auto message = [](std::string_view name, const std::vector<TypePtr>& types,
                          const std::vector<double>& parameters = {}) {
    const Result<AggregateFunction> function = ResolveAggregate(name, types, parameters);
    EXPECT_EQ(function.status().code(), StatusCode::kInvalidArgument);
    return std::string(function.status().message());
  };
  EXPECT_EQ(message("sun", {arrow::int32()}), "there is no aggregate sun: did you mean sum?");
  EXPECT_EQ(message("frobnicate", {arrow::int32()}), "there is no aggregate frobnicate");
  EXPECT_EQ(message("sum", {arrow::utf8()}), "sum takes numbers, not string");
  EXPECT_EQ(message("sum", {}), "wrong number of arguments for sum: it is used as sum(x)");
  EXPECT_EQ(message("quantile", {arrow::int32()}),
            "wrong number of arguments for quantile: it is used as quantile(x, fraction)");
  EXPECT_EQ(message("quantile", {arrow::int32()}, {2}),
            "the fraction of quantile must be from 0 to 1, not 2");
  EXPECT_EQ(message("min", {arrow::list(arrow::int32())}),
            "min takes values with an order, not list(int32)");
}

TEST_F(AggregateTest, NamesAreKnown) {
  std::set<std::string> names;
  for (const AggregateInfo& info : AllAggregates()) {
    EXPECT_TRUE(IsAggregate(info.name));
    EXPECT_FALSE(info.usage.empty());
    EXPECT_FALSE(info.summary.empty());
    names.insert(info.name);
  }
  for (const char* name : {"count",
                           "sum",
                           "avg",
                           "min",
                           "max",
                           "first",
                           "last",
                           "any_value",
                           "stddev",
                           "variance",
                           "stddev_pop",
                           "var_pop",
                           "median",
                           "quantile",
                           "count_if",
                           "bool_and",
                           "bool_or",
                           "list",
                           "corr",
                           "product",
                           "mode",
                           "skewness",
                           "kurtosis",
                           "covar_pop",
                           "covar_samp",
                           "string_agg",
                           "approx_quantile",
                           "approx_count_distinct"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
  EXPECT_TRUE(IsAggregate("mean"));
  EXPECT_FALSE(IsAggregate("upper"));
  EXPECT_EQ(AggregateColumnArguments("quantile", 2), 1);
  EXPECT_EQ(AggregateColumnArguments("corr", 2), 2);
  EXPECT_EQ(AggregateColumnArguments("count", 0), 0);
}

TEST_F(AggregateTest, MemoryIsCounted) {
  Random random(3);
  for (const char* name : {"list", "median", "min", "mode", "approx_count_distinct"}) {
    const TypePtr type = std::string_view(name) == "median" ? arrow::int64() : arrow::utf8();
    const ArrayPtr column = RandomColumn(type, 10000, random, false);
    const AggregateFunction function = Resolve(name, {column});
    auto state = function.make(function);
    Groups ids(10000);
    for (size_t i = 0; i < ids.size(); ++i) ids[i] = i;
    ASSERT_TRUE(state->Resize(10000).ok());
    ASSERT_TRUE(state->Update(ids, Cast(function, {column})).ok());
    EXPECT_GT(state->bytes(), 10000 * 12) << name;
    EXPECT_LT(state->bytes(), 10000 * 400) << name;
  }
}

}  // namespace
}  // namespace tusk::df

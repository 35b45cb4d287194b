#include "dataframe/exec/operator/hash_join.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tests/dataframe/exec/table_rows.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

// Columns of both sides: two keys, then a value that the residual compares.
constexpr size_t kKey = 0;
constexpr size_t kTextKey = 1;
constexpr size_t kValue = 2;

SchemaPtr SideSchema(const std::string& side) {
  return arrow::schema({arrow::field(side + "k", arrow::int64()),
                        arrow::field(side + "t", arrow::utf8()),
                        arrow::field(side + "v", arrow::int32())});
}

struct JoinCase {
  JoinType type = JoinType::kInner;
  size_t keys = 1;
  bool residual = false;
  bool nulls_match = false;
  bool broadcast_left = false;
};

JoinSpec SpecOf(const JoinCase& join) {
  JoinSpec spec;
  spec.type = join.type;
  spec.nulls_match = join.nulls_match;
  spec.mark = "mark";
  if (join.keys > 0) spec.keys.emplace_back(Expr::Column("lk"), Expr::Column("rk"));
  if (join.keys > 1) spec.keys.emplace_back(Expr::Column("lt"), Expr::Column("rt"));
  if (join.residual) spec.residual = Expr::Call("<", {Expr::Column("lv"), Expr::Column("rv")});
  if (join.broadcast_left) spec.strategy = JoinStrategy::kBroadcastLeft;
  return spec;
}

enum class Truth : uint8_t { kFalse, kUnknown, kTrue };

// Whether a pair matches, by SQL's logic of three values.
Truth Matches(const JoinCase& join, const Row& left, const Row& right) {
  Truth truth = Truth::kTrue;
  for (size_t key = 0; key < join.keys; ++key) {
    const Value& l = left[key == 0 ? kKey : kTextKey];
    const Value& r = right[key == 0 ? kKey : kTextKey];
    if (IsNull(l) || IsNull(r)) {
      if (!join.nulls_match) {
        truth = std::min(truth, Truth::kUnknown);
      } else if (IsNull(l) != IsNull(r)) {
        return Truth::kFalse;
      }
    } else if (CompareValues(l, r) != 0) {
      return Truth::kFalse;
    }
  }
  if (join.residual) {
    // A residual that is not true drops the right row from the list that is searched.
    const bool holds = !IsNull(left[kValue]) && !IsNull(right[kValue]) &&
                       CompareValues(left[kValue], right[kValue]) < 0;
    if (!holds) return Truth::kFalse;
  }
  return truth;
}

Row Joined(const Row& left, const Row& right) {
  Row row = left;
  row.insert(row.end(), right.begin(), right.end());
  return row;
}

// Nested loops, as the definition of each join reads.
Rows Reference(const JoinCase& join, const Rows& left, const Rows& right, bool* too_many) {
  const Row nulls(3);
  Rows result;
  std::set<size_t> matched_right;
  for (const Row& l : left) {
    size_t matches = 0;
    bool unknown = false;
    for (size_t r = 0; r < right.size(); ++r) {
      const Truth truth = Matches(join, l, right[r]);
      unknown |= truth == Truth::kUnknown;
      if (truth != Truth::kTrue) continue;
      ++matches;
      matched_right.insert(r);
      if (join.type <= JoinType::kFull || join.type == JoinType::kSingle) {
        result.push_back(Joined(l, right[r]));
      }
    }
    switch (join.type) {
      case JoinType::kSingle:
        *too_many |= matches > 1;
        [[fallthrough]];
      case JoinType::kLeft:
      case JoinType::kFull:
        if (matches == 0) result.push_back(Joined(l, nulls));
        break;
      case JoinType::kSemi:
        if (matches > 0) result.push_back(l);
        break;
      case JoinType::kAnti:
        if (matches == 0) result.push_back(l);
        break;
      case JoinType::kNullAwareAnti:
        if (matches == 0 && !unknown) result.push_back(l);
        break;
      case JoinType::kMark: {
        Row row = l;
        row.push_back(matches > 0 ? Value(int64_t{1}) : unknown ? Value() : Value(int64_t{0}));
        result.push_back(row);
        break;
      }
      default:
        break;
    }
  }
  if (join.type == JoinType::kRight || join.type == JoinType::kFull) {
    for (size_t r = 0; r < right.size(); ++r) {
      if (!matched_right.contains(r)) result.push_back(Joined(nulls, right[r]));
    }
  }
  return result;
}

Result<PlanPtr> PlanOf(const JoinCase& join, const BatchPtr& left, const BatchPtr& right) {
  ASSIGN_OR_RETURN(PlanPtr l, ValuesNode::Make(left));
  ASSIGN_OR_RETURN(PlanPtr r, ValuesNode::Make(right));
  return JoinNode::Make(std::move(l), std::move(r), SpecOf(join));
}

// Joins random tables with the given budget and compares; tells whether there was a spill.
bool RunCase(const JoinCase& join, int64_t budget, int64_t most_rows, Random& random) {
  // Few distinct keys make large results, which are for small tables.
  const uint64_t fewest_keys = most_rows > 200 ? static_cast<uint64_t>(most_rows) / 5 : 1;
  const uint64_t distinct = fewest_keys + random.Below(static_cast<uint64_t>(most_rows));
  // A table that shall spill must have some rows.
  const int64_t fewest = budget == kAmple ? 0 : most_rows / 2;
  const auto rows = [&] {
    return fewest + static_cast<int64_t>(random.Below(static_cast<uint64_t>(most_rows - fewest)));
  };
  const BatchPtr left = RandomBatch(SideSchema("l"), rows(), distinct, random);
  const BatchPtr right = RandomBatch(SideSchema("r"), rows(), distinct, random);
  const auto plan = PlanOf(join, left, right);
  EXPECT_OK(plan);
  if (!plan.ok()) return false;
  TestContext test(budget, static_cast<int64_t>(1 + random.Below(300)));
  const auto batches = RunPlan(*plan, test.context, random);
  bool too_many = false;
  const Rows expected = Reference(join, RowsOf(*left), RowsOf(*right), &too_many);
  if (too_many) {
    EXPECT_THAT(batches, StatusIs(StatusCode::kFailedPrecondition, "more than one row"));
    return test.context.spilled_rows > 0;
  }
  EXPECT_OK(batches);
  if (!batches.ok()) return false;
  EXPECT_EQ(SortedTexts(RowsOf(*batches)), SortedTexts(expected));
  for (const BatchPtr& batch : *batches)
    EXPECT_LE(batch->num_rows(), test.context.batch_rows * 300);
  EXPECT_EQ(test.budget.used(), 0);
  return test.context.spilled_rows > 0;
}

std::vector<JoinCase> AllCases() {
  std::vector<JoinCase> cases;
  for (int type = 0; type <= static_cast<int>(JoinType::kMark); ++type) {
    for (size_t keys = 0; keys <= 2; ++keys) {
      for (int bits = 0; bits < 8; ++bits) {
        const JoinCase join{static_cast<JoinType>(type), keys, (bits & 1) != 0, (bits & 2) != 0,
                            (bits & 4) != 0};
        const bool may_hold_left = join.type == JoinType::kInner || join.type == JoinType::kRight;
        if (join.broadcast_left && !may_hold_left) continue;
        if (keys == 0 && (join.nulls_match || join.type == JoinType::kNullAwareAnti)) continue;
        cases.push_back(join);
      }
    }
  }
  return cases;
}

std::string TextOf(const JoinCase& join) {
  return fmt::format("{} keys {}{}{}{}", JoinTypeName(join.type), join.keys,
                     join.residual ? " residual" : "", join.nulls_match ? " nulls match" : "",
                     join.broadcast_left ? " left held" : "");
}

TEST(HashJoinTest, MatchesNestedLoops) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  for (const JoinCase& join : AllCases()) {
    SCOPED_TRACE(TextOf(join));
    for (int round = 0; round < 5; ++round) {
      EXPECT_FALSE(RunCase(join, kAmple, round < 2 ? 6 : 120, random));
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(HashJoinTest, MatchesNestedLoopsWhenItSpills) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  for (const JoinCase& join : AllCases()) {
    SCOPED_TRACE(TextOf(join));
    const bool null_aware = !join.nulls_match &&
                            (join.type == JoinType::kMark || join.type == JoinType::kNullAwareAnti);
    const bool held = join.keys == 0 || (null_aware && (join.keys > 1 || join.residual));
    bool spilled = false;
    for (int round = 0; round < 2; ++round) {
      spilled |= RunCase(join, 10'000, join.keys == 0 ? 60 : 500, random);
    }
    EXPECT_EQ(spilled, !held);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(HashJoinTest, PartsThatAreTooBigAreDividedAgain) {
  Random random(11);
  const JoinCase join{.type = JoinType::kFull};
  const BatchPtr left = RandomBatch(SideSchema("l"), 4000, 3000, random);
  const BatchPtr right = RandomBatch(SideSchema("r"), 40'000, 30'000, random);
  ASSERT_OK_AND_ASSIGN(const PlanPtr plan, PlanOf(join, left, right));
  TestContext ample(kAmple);
  ASSERT_OK_AND_ASSIGN(const auto expected, RunPlan(plan, ample.context, random));
  TestContext tiny(30'000);
  ASSERT_OK_AND_ASSIGN(const auto got, RunPlan(plan, tiny.context, random));
  EXPECT_EQ(SortedTexts(RowsOf(got)), SortedTexts(RowsOf(expected)));
  // Each row once would be 44,000.
  EXPECT_GT(tiny.context.spilled_rows, 80'000);
}

TEST(HashJoinTest, OneKeyAloneIsHeldWhateverItsSize) {
  Random random(12);
  const JoinCase join{.type = JoinType::kInner};
  const auto side = [](const std::string& name, int64_t rows) {
    arrow::Int64Builder keys;
    arrow::StringBuilder texts;
    arrow::Int32Builder values;
    for (int64_t i = 0; i < rows; ++i) {
      EXPECT_TRUE(keys.Append(7).ok() && texts.Append("t").ok() &&
                  values.Append(static_cast<int32_t>(i)).ok());
    }
    return arrow::RecordBatch::Make(
        SideSchema(name), rows,
        arrow::ArrayVector{*keys.Finish(), *texts.Finish(), *values.Finish()});
  };
  ASSERT_OK_AND_ASSIGN(const PlanPtr plan, PlanOf(join, side("l", 3), side("r", 5000)));
  TestContext test(1000);
  ASSERT_OK_AND_ASSIGN(const auto got, RunPlan(plan, test.context, random));
  EXPECT_EQ(RowsOf(got).size(), 15'000u);
  EXPECT_EQ(test.context.spilled_rows, 0);
}

// Whoever joins with nothing need not read the other side.
TEST(HashJoinTest, DoesNotAskForRowsThatCannotMatter) {
  const BatchPtr none = arrow::RecordBatch::MakeEmpty(SideSchema("r")).ValueOrDie();
  Random random(13);
  const BatchPtr left = RandomBatch(SideSchema("l"), 100, 10, random);
  for (const JoinType type : {JoinType::kInner, JoinType::kSemi, JoinType::kRight, JoinType::kLeft,
                              JoinType::kAnti, JoinType::kFull, JoinType::kMark}) {
    const JoinCase join{.type = type};
    ASSERT_OK_AND_ASSIGN(const PlanPtr plan, PlanOf(join, left, none));
    TestContext test(kAmple);
    CollectSink out(plan->schema());
    ASSERT_OK_AND_ASSIGN(const JoinOperators operators,
                         MakeHashJoin(As<JoinNode>(*plan), test.context, out));
    EXPECT_FALSE(operators.probe->Done());
    ASSERT_OK(operators.build->Finish());
    const bool nothing =
        type == JoinType::kInner || type == JoinType::kSemi || type == JoinType::kRight;
    EXPECT_EQ(operators.probe->Done(), nothing) << JoinTypeName(type);
  }
}

TEST(HashJoinTest, StopsWhenTheTaskIsCancelled) {
  Random random(14);
  const JoinCase cross{.type = JoinType::kInner, .keys = 0};
  const BatchPtr left = RandomBatch(SideSchema("l"), 2000, 10, random);
  const BatchPtr right = RandomBatch(SideSchema("r"), 2000, 10, random);
  ASSERT_OK_AND_ASSIGN(const PlanPtr plan, PlanOf(cross, left, right));
  TestContext test(kAmple);
  int checks = 0;
  test.context.check = [&] {
    return ++checks < 50 ? Status::Ok() : Status(StatusCode::kCancelled, "enough");
  };
  EXPECT_THAT(RunPlan(plan, test.context, random), StatusIs(StatusCode::kCancelled));
  EXPECT_EQ(checks, 50);
}

}  // namespace
}  // namespace tusk::df

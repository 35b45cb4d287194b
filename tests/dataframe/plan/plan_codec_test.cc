#include "dataframe/plan/plan_codec.h"

#include <limits>
#include <random>

#include <arrow/api.h>

#include "dataframe/plan/plan_printer.h"
#include "dataframe/proto/plan.pb.h"
#include "tests/dataframe/plan/all_nodes.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

TEST(PlanCodecTest, EveryNodeComesBack) {
  for (const auto& [name, plan] : PlansOfAllNodes()) {
    SCOPED_TRACE(name);
    const std::string bytes = EncodePlan(plan);
    const Result<PlanPtr> back = DecodePlan(bytes);
    ASSERT_THAT(back, IsOk());
    EXPECT_EQ(PlanText(*back), PlanText(plan));
    EXPECT_TRUE((*back)->schema()->Equals(*plan->schema()));
    // Everything that is written is read again.
    EXPECT_EQ(EncodePlan(*back), bytes);
  }
}

// Absent is unknown, and the only way to say so.
TEST(PlanCodecTest, AFileWithLessThanNoRowsIsCorrupt) {
  proto::TableSourceProto message;
  ASSERT_TRUE(message.ParseFromString(EncodeTableSource(*Source("t", "a int64"))));
  ASSERT_THAT(DecodeTableSource(message.SerializeAsString()), IsOk());
  for (const int64_t rows : {int64_t{-1}, int64_t{-2}, std::numeric_limits<int64_t>::min()}) {
    message.mutable_files(0)->set_rows(rows);
    EXPECT_EQ(DecodeTableSource(message.SerializeAsString()).status().code(),
              StatusCode::kCorruption);
  }
}

TEST(PlanCodecTest, SharedBranchesStayShared) {
  PlanPtr plan = Table("t", "a int64");
  for (int i = 0; i < 12; ++i) plan = Union({plan, plan});
  const std::string bytes = EncodePlan(plan);
  EXPECT_LT(bytes.size(), 1000);
  const PlanPtr back = Made(DecodePlan(bytes));
  EXPECT_EQ(back->children()[0], back->children()[1]);
}

std::vector<std::shared_ptr<arrow::Scalar>> ManyScalars() {
  const auto decimal = arrow::decimal128(38, 4);
  std::vector<std::shared_ptr<arrow::Scalar>> scalars = {
      arrow::MakeScalar(true),
      arrow::MakeScalar(int8_t{-128}),
      arrow::MakeScalar(int16_t{-32768}),
      arrow::MakeScalar(std::numeric_limits<int32_t>::min()),
      arrow::MakeScalar(std::numeric_limits<int64_t>::min()),
      arrow::MakeScalar(uint8_t{255}),
      arrow::MakeScalar(std::numeric_limits<uint64_t>::max()),
      arrow::MakeScalar(0.1F),
      arrow::MakeScalar(-0.0),
      arrow::MakeScalar(std::numeric_limits<double>::quiet_NaN()),
      arrow::MakeScalar(std::numeric_limits<double>::infinity()),
      arrow::MakeScalar(""),
      arrow::MakeScalar("a 'quoted' \xC3\xA4"),
      std::make_shared<arrow::BinaryScalar>(arrow::Buffer::FromString(std::string("\0\xFF", 2))),
      std::make_shared<arrow::Decimal128Scalar>(arrow::Decimal128(-123456789), decimal),
      std::make_shared<arrow::Date32Scalar>(-719162),
      std::make_shared<arrow::TimestampScalar>(-1, arrow::timestamp(arrow::TimeUnit::MICRO)),
      std::make_shared<arrow::TimestampScalar>(1, arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")),
      std::make_shared<arrow::DurationScalar>(5, arrow::duration(arrow::TimeUnit::MICRO)),
      std::make_shared<arrow::MonthDayNanoIntervalScalar>(
          arrow::MonthDayNanoIntervalType::MonthDayNanos{-1, 2, -3}),
      arrow::MakeNullScalar(arrow::null()),
      arrow::MakeNullScalar(decimal)};
  arrow::Int64Builder numbers;
  EXPECT_TRUE(numbers.AppendValues({1, 2}).ok());
  scalars.push_back(std::make_shared<arrow::ListScalar>(*numbers.Finish()));
  return scalars;
}

TEST(PlanCodecTest, LiteralsLoseNothing) {
  for (const auto& scalar : ManyScalars()) {
    SCOPED_TRACE(scalar->ToString());
    const ExprPtr expr = Expr::Literal(scalar);
    const ExprPtr back = Made(DecodeExpr(EncodeExpr(expr)));
    ASSERT_EQ(back->kind(), ExprKind::kLiteral);
    EXPECT_TRUE(back->value()->type->Equals(*scalar->type));
    EXPECT_TRUE(back->value()->Equals(
        *scalar, arrow::EqualOptions().nans_equal(true).signed_zeros_equal(false)));
  }
}

TEST(PlanCodecTest, ExpressionsComeBackWithTheirPlaces) {
  const SourcePlace place{.text = "late.cc:9"};
  const std::vector<ExprPtr> exprs = {
      Expr::Column("x y", place),
      Expr::Call("case", {Gt(Col("a"), Lit(1)), Col("a"), Expr::Null()}, place),
      Expr::Cast(Col("a"), arrow::decimal128(10, 2), true, place),
      Expr::Aggregate("sum", {Col("a")}, true, Gt(Col("a"), Lit(0)), place),
      Expr::Window("sum", {Col("a")}, {Col("b")}, {Desc("c")},
                   WindowFrame{.unit = WindowFrame::Unit::kRows, .start = -1, .end = 2}, place),
      Expr::Window("rank", {}, {}, {Asc("c")})};
  for (const ExprPtr& expr : exprs) {
    SCOPED_TRACE(ExprText(*expr));
    const ExprPtr back = Made(DecodeExpr(EncodeExpr(expr)));
    EXPECT_TRUE(back->Equals(*expr));
    EXPECT_EQ(back->place(), expr->place());
  }
}

TEST(PlanCodecTest, TableSourcesComeBack) {
  const TableSource source = df::As<ScanNode>(*PlansOfAllNodes().front().second).source();
  const TableSource back = Made(DecodeTableSource(EncodeTableSource(source)));
  EXPECT_EQ(back.name, source.name);
  EXPECT_EQ(back.format, source.format);
  EXPECT_EQ(back.files, source.files);
  EXPECT_EQ(back.csv, source.csv);
  EXPECT_TRUE(back.schema->Equals(*source.schema));
}

TEST(PlanCodecTest, WhatIsNoPlanIsRefused) {
  EXPECT_THAT(DecodePlan(""), StatusIs(StatusCode::kCorruption));
  EXPECT_THAT(DecodePlan("no message"), StatusIs(StatusCode::kCorruption));
  EXPECT_THAT(DecodeExpr(""), StatusIs(StatusCode::kCorruption));
}

// A plan whose message was changed by `change`.
template <typename Change>
Result<PlanPtr> DecodeChanged(const PlanPtr& plan, const Change& change) {
  proto::PlanProto message;
  EXPECT_TRUE(message.ParseFromString(EncodePlan(plan)));
  change(&message);
  return DecodePlan(message.SerializeAsString());
}

TEST(PlanCodecTest, LawsOfNodesAreChecked) {
  const PlanPtr plan = Filter(Table("t", "a int64"), Gt(Col("a"), Lit(1)));
  EXPECT_THAT(DecodeChanged(plan, [](auto* m) { m->mutable_nodes(1)->set_condition(0); }),
              StatusIs(StatusCode::kCorruption, "true or false"));
  EXPECT_THAT(DecodeChanged(plan, [](auto* m) { m->mutable_nodes(1)->set_children(0, 1); }),
              StatusIs(StatusCode::kCorruption, "before it"));
  EXPECT_THAT(DecodeChanged(plan, [](auto* m) { m->mutable_nodes(1)->set_kind(99); }),
              StatusIs(StatusCode::kCorruption, "kind"));
  EXPECT_THAT(DecodeChanged(plan, [](auto* m) { m->mutable_nodes(1)->clear_children(); }),
              StatusIs(StatusCode::kCorruption, "children"));
  EXPECT_THAT(DecodeChanged(plan, [](auto* m) { m->mutable_exprs(0)->set_name("b"); }),
              StatusIs(StatusCode::kCorruption));
  EXPECT_THAT(DecodeChanged(plan,
                            [](auto* m) {
                              m->mutable_exprs(1)->mutable_literal()->set_type("int8");
                              m->mutable_exprs(1)->mutable_literal()->set_integer(300);
                            }),
              StatusIs(StatusCode::kCorruption, "fit"));
}

TEST(PlanCodecTest, SharingDoesNotGrowToWorkWithoutBound) {
  proto::PlanProto message;
  ASSERT_TRUE(message.ParseFromString(EncodeExpr(Add(Col("a"), Col("b")))));
  for (uint32_t i = 3; i < 200; ++i) {
    proto::ExprProto sum = message.exprs(2);
    sum.set_args(0, i - 1);
    sum.set_args(1, i - 1);
    *message.add_exprs() = sum;
  }
  EXPECT_THAT(DecodeExpr(message.SerializeAsString()), StatusIs(StatusCode::kTooLarge));
  PlanPtr plan = Table("t", "a int64");
  for (int i = 0; i < 40; ++i) plan = Union({plan, plan});
  EXPECT_THAT(DecodePlan(EncodePlan(plan)), StatusIs(StatusCode::kTooLarge));
}

TEST(PlanCodecTest, DepthIsBounded) {
  ExprPtr expr = Col("a");
  for (int i = 0; i < 1500; ++i) expr = Not(expr);
  EXPECT_THAT(DecodeExpr(EncodeExpr(expr)), IsOk());
  for (int i = 0; i < 1000; ++i) expr = Not(expr);
  EXPECT_THAT(DecodeExpr(EncodeExpr(expr)), StatusIs(StatusCode::kTooLarge));
}

TEST(PlanCodecTest, DamagedBytesAreAPlanOrAnError) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (const auto& [name, plan] : PlansOfAllNodes()) {
    const std::string bytes = EncodePlan(plan);
    for (int round = 0; round < 50; ++round) {
      std::string damaged = bytes;
      for (int i = 0; i < 1 + round % 3; ++i) {
        damaged[random() % damaged.size()] = static_cast<char>(random());
      }
      if (round % 5 == 0) damaged.resize(random() % damaged.size());
      const Result<PlanPtr> back = DecodePlan(damaged);
      // A plan that came of it can be used.
      EXPECT_TRUE(!back.ok() || !PlanText(*back).empty());
    }
  }
}

}  // namespace
}  // namespace tusk::df

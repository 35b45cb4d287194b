#include "dataframe/plan/plan_validator.h"

#include <arrow/api.h>

#include "tests/dataframe/plan/all_nodes.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

// A node that says of itself what is not so.
class LyingNode final : public PlanNode {
 public:
  LyingNode(SchemaPtr schema, PlanPtr child)
      : PlanNode(PlanKind::kUnion, std::move(schema), {std::move(child)}) {}
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override {
    return LimitNode::Make(std::move(children[0]), std::nullopt);
  }
};

TEST(PlanValidatorTest, PlansThatWereMadeAreValid) {
  for (const auto& [name, plan] : PlansOfAllNodes()) {
    SCOPED_TRACE(name);
    EXPECT_THAT(ValidatePlan(plan), IsOk());
    EXPECT_THAT(ValidatePlan(plan, *plan->schema()), IsOk());
  }
}

TEST(PlanValidatorTest, OtherColumnsAreNotTheResult) {
  const PlanPtr plan = Table("t", "a int64, b string");
  EXPECT_THAT(ValidatePlan(plan, *Made(ParseSchema("b string, a int64"))),
              StatusIs(StatusCode::kInternal, "instead of"));
  EXPECT_THAT(ValidatePlan(plan, *Made(ParseSchema("a int64, b string not null"))), IsOk());
}

TEST(PlanValidatorTest, ASchemaThatIsNotThatOfTheStepIsFound) {
  const PlanPtr t = Table("t", "a int64");
  EXPECT_THAT(ValidatePlan(std::make_shared<const LyingNode>(t->schema(), t)), IsOk());
  const PlanPtr child = Limit(t, 1);
  EXPECT_THAT(ValidatePlan(std::make_shared<const LyingNode>(Made(ParseSchema("b int64")), child)),
              StatusIs(StatusCode::kInternal, "schema"));
}

}  // namespace
}  // namespace tusk::df

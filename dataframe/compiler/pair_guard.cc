#include "dataframe/compiler/pair_guard.h"

#include "common/base/quantity_text.h"
#include "dataframe/options/sql_options.h"

namespace tusk::df {
namespace {

int64_t Whole(double rows) { return rows < 9e18 ? static_cast<int64_t>(rows) : INT64_MAX; }

}  // namespace

Status CheckPairs(const JoinNode& join, double left_rows, double right_rows, int64_t most_pairs) {
  const JoinSpec& spec = join.spec();
  const bool looks_once =
      (spec.type == JoinType::kSemi || spec.type == JoinType::kAnti) && spec.residual == nullptr;
  const double pairs = left_rows * right_rows;
  if (!spec.keys.empty() || looks_once || most_pairs == 0 ||
      pairs <= static_cast<double>(most_pairs)) {
    return Status::Ok();
  }
  return Status::Error(
      StatusCode::kTooLarge,
      "this join has no equality between its sides: every one of about {} would be compared with "
      "every one of about {}, {:.1e} pairs\n  do: add a condition such as a.key = b.key, or allow "
      "more pairs with -D {}=0",
      CountText(Whole(left_rows), "row"), CountText(Whole(right_rows), "row"), pairs,
      kMostPairs.name());
}

}  // namespace tusk::df

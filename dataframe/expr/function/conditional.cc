#include <algorithm>
#include <array>
#include <vector>

#include <arrow/compute/api_scalar.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/function/arrow_kernel.h"
#include "dataframe/expr/function/comparison.h"
#include "dataframe/expr/function/families.h"
#include "dataframe/expr/function/meeting_type.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

using Types = std::span<const TypePtr>;
using Datums = std::span<const arrow::Datum>;

/// Nulls of no type make one.
Overload OnlyNulls(size_t count) {
  return {.arg_types = std::vector<TypePtr>(count, arrow::null()),
          .result = arrow::null(),
          .kernel = [](Datums, int64_t) -> Result<arrow::Datum> {
            return arrow::Datum(arrow::MakeNullScalar(arrow::null()));
          },
          .nulls = Overload::Nulls::kMaybe,
          .may_fail = false};
}

/// The least or greatest of all that are not null.
Result<Overload> ResolveExtreme(const std::string& name, const std::string& kernel, Types types,
                                LiteralArgs literals) {
  if (types.empty()) {
    return Status::Error(StatusCode::kInvalidArgument, "{} takes one value or more", name);
  }
  ASSIGN_OR_RETURN(const TypePtr type, MeetingType(types, literals, Meeting::kValue));
  if (type->id() == arrow::Type::NA) return OnlyNulls(types.size());
  const std::array<TypePtr, 2> pair = {type, type};
  const std::array<std::shared_ptr<arrow::Scalar>, 2> no_literals;
  RETURN_IF_ERROR(ResolveComparison(Comparison::kLess, pair, no_literals).status());
  const auto options = std::make_shared<arrow::compute::ElementWiseAggregateOptions>();
  return Overload{.arg_types = std::vector<TypePtr>(types.size(), type),
                  .result = type,
                  .kernel = ArrowKernel(kernel, options),
                  .nulls = Overload::Nulls::kFromNulls,
                  .may_fail = false};
}

Result<Overload> ResolveCoalesce(Types types, LiteralArgs literals) {
  if (types.empty()) {
    return Status(StatusCode::kInvalidArgument, "coalesce takes one value or more");
  }
  ASSIGN_OR_RETURN(const TypePtr type, MeetingType(types, literals, Meeting::kValue));
  return Overload{.arg_types = std::vector<TypePtr>(types.size(), type),
                  .result = type,
                  .kernel = ArrowKernel("coalesce"),
                  .nulls = Overload::Nulls::kFromNulls,
                  .may_fail = false};
}

Result<Overload> ResolveNullIf(Types types, LiteralArgs literals) {
  ASSIGN_OR_RETURN(Overload overload, ResolveComparison(Comparison::kEqual, types, literals));
  if (types[0]->id() == arrow::Type::NA && types[1]->id() == arrow::Type::NA) return OnlyNulls(2);
  // The value goes through, so it keeps the scale in which it is compared.
  overload.result = overload.arg_types[0];
  overload.nulls = Overload::Nulls::kMaybe;
  overload.kernel = [equal = std::move(overload.kernel), type = overload.result](
                        Datums args, int64_t rows) -> Result<arrow::Datum> {
    ASSIGN_OR_RETURN(arrow::Datum same, equal(args, rows));
    const std::array<arrow::Datum, 2> known = {std::move(same), arrow::Datum(false)};
    ASSIGN_OR_RETURN(arrow::Datum hit, CallArrow("coalesce", known));
    const std::array<arrow::Datum, 3> choice = {std::move(hit),
                                                arrow::Datum(arrow::MakeNullScalar(type)), args[0]};
    return CallArrow("if_else", choice);
  };
  return overload;
}

/// case: condition, value, ..., else. Binding runs it itself, for a branch may only be computed
/// where it is asked for; this kernel is for branches that cannot fail.
Result<Overload> ResolveCase(const std::string& name, Types types, LiteralArgs literals) {
  if (types.size() < 3 || types.size() % 2 == 0) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "{} takes conditions each with a value, and a value for all else", name);
  }
  std::vector<TypePtr> values;
  std::vector<std::shared_ptr<arrow::Scalar>> value_literals;
  for (size_t i = 0; i < types.size(); ++i) {
    if (i % 2 == 1 || i + 1 == types.size()) {
      values.push_back(types[i]);
      value_literals.push_back(literals[i]);
    } else if (types[i]->id() != arrow::Type::BOOL && types[i]->id() != arrow::Type::NA) {
      return Status::Error(StatusCode::kInvalidArgument, "{} takes conditions, not {}", name,
                           TypeText(*types[i]));
    }
  }
  ASSIGN_OR_RETURN(TypePtr type, MeetingType(values, value_literals, Meeting::kValue));
  Overload overload;
  overload.result = type;
  overload.nulls = Overload::Nulls::kMaybe;
  overload.may_fail = false;
  for (size_t i = 0; i < types.size(); ++i) {
    const bool value = i % 2 == 1 || i + 1 == types.size();
    overload.arg_types.push_back(value ? type : arrow::boolean());
  }
  overload.kernel = [](Datums args, int64_t) -> Result<arrow::Datum> {
    arrow::Datum chosen = args.back();
    for (size_t i = args.size() - 1; i >= 2; i -= 2) {
      const std::array<arrow::Datum, 2> known = {args[i - 2], arrow::Datum(false)};
      ASSIGN_OR_RETURN(arrow::Datum condition, CallArrow("coalesce", known));
      const std::array<arrow::Datum, 3> choice = {std::move(condition), args[i - 1],
                                                  std::move(chosen)};
      ASSIGN_OR_RETURN(chosen, CallArrow("if_else", choice));
    }
    return chosen;
  };
  return overload;
}

}  // namespace

void AddConditionalFunctions(FunctionRegistry& registry) {
  registry.Add({.name = "case",
                .usage = "case when condition then value ... else value end",
                .summary = "The value of the first condition that is true.",
                .resolve = [](Types types, LiteralArgs literals) {
                  return ResolveCase("case", types, literals);
                }});
  registry.Add({.name = "if",
                .usage = "if(condition, then, else)",
                .summary = "One value where the condition is true, the other where it is not.",
                .resolve = [](Types types, LiteralArgs literals) -> Result<Overload> {
                  if (types.size() != 3) {
                    return Status(StatusCode::kInvalidArgument,
                                  "if takes a condition and two values");
                  }
                  return ResolveCase("if", types, literals);
                }});
  registry.Add({.name = "coalesce",
                .usage = "coalesce(a, b, ...)",
                .summary = "The first value that is not null.",
                .resolve = ResolveCoalesce});
  registry.Add({.name = "nullif",
                .usage = "nullif(a, b)",
                .summary = "Null where both are equal, else the first.",
                .resolve = ResolveNullIf});
  registry.Add({.name = "greatest",
                .usage = "greatest(a, b, ...)",
                .summary = "The greatest of those that are not null.",
                .resolve = [](Types types, LiteralArgs literals) {
                  return ResolveExtreme("greatest", "max_element_wise", types, literals);
                }});
  registry.Add({.name = "least",
                .usage = "least(a, b, ...)",
                .summary = "The least of those that are not null.",
                .resolve = [](Types types, LiteralArgs literals) {
                  return ResolveExtreme("least", "min_element_wise", types, literals);
                }});
}

}  // namespace tusk::df

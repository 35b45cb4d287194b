#include <array>
#include <vector>

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/function/arrow_kernel.h"
#include "dataframe/expr/function/families.h"
#include "dataframe/expr/function_registry.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

using Types = std::span<const TypePtr>;

Status CheckConditions(std::string_view name, Types types, LiteralArgs literals) {
  for (size_t i = 0; i < types.size(); ++i) {
    const arrow::Type::type id = types[i]->id();
    const bool text = id == arrow::Type::STRING && literals[i] != nullptr;
    if (id != arrow::Type::BOOL && id != arrow::Type::NA && !text) {
      return Status::Error(StatusCode::kInvalidArgument, "{} takes conditions, not {}", name,
                           TypeText(*types[i]));
    }
  }
  return Status::Ok();
}

/// and, or: of two or more, by three-valued logic.
Result<Overload> ResolveJunction(const std::string& name, Types types, LiteralArgs literals) {
  if (types.size() < 2) {
    return Status::Error(StatusCode::kInvalidArgument, "{} takes two conditions or more", name);
  }
  RETURN_IF_ERROR(CheckConditions(name, types, literals));
  return Overload{.arg_types = std::vector<TypePtr>(types.size(), arrow::boolean()),
                  .result = arrow::boolean(),
                  .kernel = [kernel = name + "_kleene"](std::span<const arrow::Datum> args,
                                                        int64_t) -> Result<arrow::Datum> {
                    arrow::Datum junction = args[0];
                    for (const arrow::Datum& arg : args.subspan(1)) {
                      const std::array<arrow::Datum, 2> both = {std::move(junction), arg};
                      ASSIGN_OR_RETURN(junction, CallArrow(kernel, both));
                    }
                    return junction;
                  },
                  .nulls = Overload::Nulls::kFromNulls,
                  .may_fail = false};
}

Result<Overload> ResolveNot(Types types, LiteralArgs literals) {
  if (types.size() != 1) {
    return Status(StatusCode::kInvalidArgument, "not takes one condition");
  }
  RETURN_IF_ERROR(CheckConditions("not", types, literals));
  return Overload{.arg_types = {arrow::boolean()},
                  .result = arrow::boolean(),
                  .kernel = ArrowKernel("invert"),
                  .may_fail = false};
}

ScalarFunction NullTest(std::string name, std::string kernel, std::string summary) {
  return {.name = name,
          .usage = name == "is_null" ? "value is null" : "value is not null",
          .summary = std::move(summary),
          .resolve = [name, kernel](Types types, LiteralArgs) -> Result<Overload> {
            if (types.size() != 1) {
              return Status::Error(StatusCode::kInvalidArgument, "{} takes one value", name);
            }
            return Overload{.arg_types = {types[0]},
                            .result = arrow::boolean(),
                            .kernel = ArrowKernel(kernel),
                            .nulls = Overload::Nulls::kNever,
                            .may_fail = false};
          }};
}

}  // namespace

void AddBooleanFunctions(FunctionRegistry& registry) {
  registry.Add({.name = "and",
                .usage = "a and b",
                .summary = "True where all are; false where one is, whatever the others.",
                .resolve = [](Types types, LiteralArgs literals) {
                  return ResolveJunction("and", types, literals);
                }});
  registry.Add({.name = "or",
                .usage = "a or b",
                .summary = "True where one is, whatever the others; false where all are.",
                .resolve = [](Types types, LiteralArgs literals) {
                  return ResolveJunction("or", types, literals);
                }});
  registry.Add({.name = "not",
                .usage = "not a",
                .summary = "The opposite of a condition.",
                .resolve = ResolveNot});
  registry.Add(NullTest("is_null", "is_null", "True where there is no value."));
  registry.Add(NullTest("is_not_null", "is_valid", "True where there is a value."));
}

}  // namespace tusk::df

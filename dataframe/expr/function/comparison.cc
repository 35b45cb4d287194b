#include "dataframe/expr/function/comparison.h"

#include <array>
#include <utility>
#include <vector>

#include <arrow/array/concatenate.h>
#include <arrow/array/util.h>
#include <arrow/compute/api_scalar.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/cast.h"
#include "dataframe/expr/function/arrow_kernel.h"
#include "dataframe/expr/function/families.h"
#include "dataframe/expr/function/float_comparison.h"
#include "dataframe/expr/function/meeting_type.h"
#include "dataframe/expr/function/text_comparison.h"
#include "dataframe/type/arrow_status.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

/// The names of a comparison: of the function, and of Arrow's kernel.
struct ComparisonNames {
  std::string_view text;
  std::string_view kernel;
  std::string_view summary;
};
constexpr std::array<ComparisonNames, 6> kNames = {{
    {"=", "equal", "True where both are equal."},
    {"<>", "not_equal", "True where they differ."},
    {"<", "less", "True where the left one is less."},
    {"<=", "less_equal", "True where the left one is not greater."},
    {">", "greater", "True where the left one is greater."},
    {">=", "greater_equal", "True where the left one is not less."},
}};

const ComparisonNames& NamesOf(Comparison comparison) {
  return kNames[static_cast<size_t>(comparison)];
}

bool HasOrder(const arrow::DataType& type) {
  return type.id() != arrow::Type::LIST && type.id() != arrow::Type::INTERVAL_MONTH_DAY_NANO;
}

TypePtr ExactAsDecimal(const TypePtr& type, const std::shared_ptr<arrow::Scalar>& literal) {
  if (IsDecimalType(*type)) return type;
  const TypePtr narrow = NarrowLiteralType(type, literal);
  return IsDecimalType(*narrow) ? narrow : DecimalOfInteger(*type);
}

bool IsExact(const TypePtr& type) { return IsIntegerType(*type) || IsDecimalType(*type); }

/// Comparisons of decimals with exact numbers of another scale, without bringing columns to it.
Overload CompareAsDecimals(Comparison comparison, std::span<const TypePtr> types,
                           LiteralArgs literals) {
  const TypePtr left = ExactAsDecimal(types[0], literals[0]);
  const TypePtr right = ExactAsDecimal(types[1], literals[1]);
  return {.arg_types = {left, right},
          .result = arrow::boolean(),
          .kernel = DecimalComparison(comparison, left, right),
          .may_fail = false};
}

using Datums = std::span<const arrow::Datum>;

Result<arrow::Datum> Call1(const std::string& function, const arrow::Datum& arg) {
  return CallArrow(function, {&arg, 1});
}

Result<arrow::Datum> Call2(const std::string& function, arrow::Datum a, arrow::Datum b) {
  const std::array<arrow::Datum, 2> args = {std::move(a), std::move(b)};
  return CallArrow(function, args);
}

Result<arrow::Datum> FalseForNull(arrow::Datum bits) {
  return Call2("coalesce", std::move(bits), arrow::Datum(false));
}

/// True where both are null or equal.
Result<arrow::Datum> NotDistinct(const ScalarKernel& equal, Datums args, int64_t rows) {
  ASSIGN_OR_RETURN(arrow::Datum same, equal(args, rows));
  ASSIGN_OR_RETURN(same, FalseForNull(std::move(same)));
  ASSIGN_OR_RETURN(arrow::Datum left, Call1("is_null", args[0]));
  ASSIGN_OR_RETURN(arrow::Datum right, Call1("is_null", args[1]));
  ASSIGN_OR_RETURN(arrow::Datum nulls, Call2("and", std::move(left), std::move(right)));
  return Call2("or", std::move(same), std::move(nulls));
}

Result<Overload> ResolveDistinct(bool distinct, std::span<const TypePtr> types,
                                 LiteralArgs literals) {
  ASSIGN_OR_RETURN(Overload overload, ResolveComparison(Comparison::kEqual, types, literals));
  overload.nulls = Overload::Nulls::kNever;
  overload.kernel = [equal = std::move(overload.kernel), distinct](
                        Datums args, int64_t rows) -> Result<arrow::Datum> {
    ASSIGN_OR_RETURN(arrow::Datum same, NotDistinct(equal, args, rows));
    return distinct ? Call1("invert", same) : Result<arrow::Datum>(std::move(same));
  };
  return overload;
}

/// Up to so many values are compared one after the other: faster than a hash table.
constexpr size_t kFewValues = 8;

/// value in (literals): one look into a hash table a row.
Result<Overload> ResolveInLiterals(const TypePtr& type, std::vector<TypePtr> arg_types,
                                   LiteralArgs literals) {
  arrow::ArrayVector values;
  for (size_t i = 1; i < literals.size(); ++i) {
    ASSIGN_OR_RETURN(const std::shared_ptr<arrow::Scalar> value, CastScalar(literals[i], type));
    ASSIGN_OR_RETURN(std::shared_ptr<arrow::Array> one,
                     FromArrow(arrow::MakeArrayFromScalar(*value, 1)));
    values.push_back(std::move(one));
  }
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Array> set, FromArrow(arrow::Concatenate(values)));
  auto options = std::make_shared<arrow::compute::SetLookupOptions>(
      std::move(set), arrow::compute::SetLookupOptions::INCONCLUSIVE);
  return Overload{.arg_types = std::move(arg_types),
                  .result = arrow::boolean(),
                  .kernel =
                      [options = std::move(options)](Datums args, int64_t) {
                        return CallArrow("is_in", args.first(1), options.get());
                      },
                  .nulls = Overload::Nulls::kMaybe,
                  .may_fail = false};
}

Result<Overload> ResolveIn(std::span<const TypePtr> types, LiteralArgs literals) {
  if (types.size() < 2) {
    return Status(StatusCode::kInvalidArgument, "in takes a value and what it is sought in");
  }
  ASSIGN_OR_RETURN(TypePtr type, MeetingType(types, literals, Meeting::kCompare));
  if (type->id() == arrow::Type::NA) type = arrow::boolean();
  const std::vector<TypePtr> arg_types(types.size(), type);
  bool all_literal = true;
  for (size_t i = 1; i < literals.size(); ++i) all_literal &= literals[i] != nullptr;
  const std::array<TypePtr, 2> pair = {type, type};
  const std::array<std::shared_ptr<arrow::Scalar>, 2> no_literals;
  ASSIGN_OR_RETURN(Overload equal, ResolveComparison(Comparison::kEqual, pair, no_literals));
  if (all_literal && types.size() > kFewValues + 1)
    return ResolveInLiterals(type, arg_types, literals);
  return Overload{
      .arg_types = arg_types,
      .result = arrow::boolean(),
      .kernel = [equal = std::move(equal.kernel)](Datums args,
                                                  int64_t rows) -> Result<arrow::Datum> {
        arrow::Datum value = args[0], found;
        if (value.is_scalar()) {
          // Kernels want one column at least.
          ASSIGN_OR_RETURN(value, FromArrow(arrow::MakeArrayFromScalar(*value.scalar(), rows)));
        }
        for (size_t i = 1; i < args.size(); ++i) {
          const std::array<arrow::Datum, 2> both = {value, args[i]};
          ASSIGN_OR_RETURN(arrow::Datum one, equal(both, rows));
          if (i == 1) {
            found = std::move(one);
          } else {
            ASSIGN_OR_RETURN(found, Call2("or_kleene", std::move(found), std::move(one)));
          }
        }
        return found;
      },
      .nulls = Overload::Nulls::kFromNulls,
      .may_fail = false};
}

}  // namespace

std::string_view ComparisonText(Comparison comparison) { return NamesOf(comparison).text; }

Result<Overload> ResolveComparison(Comparison comparison, std::span<const TypePtr> types,
                                   LiteralArgs literals) {
  if (types.size() != 2) {
    return Status::Error(StatusCode::kInvalidArgument, "{} compares two values, not {}",
                         ComparisonText(comparison), types.size());
  }
  ASSIGN_OR_RETURN(TypePtr type, MeetingType(types, literals, Meeting::kCompare));
  if (type->id() == arrow::Type::NA) type = arrow::boolean();
  if (!HasOrder(*type)) {
    return Status::Error(StatusCode::kInvalidArgument, "values of type {} cannot be compared",
                         TypeText(*type));
  }
  if (IsDecimalType(*type)) {
    if (IsExact(types[0]) && IsExact(types[1])) {
      // A literal that has the column's scale without loss is brought to it once.
      const auto side = [&](size_t i) { return literals[i] == nullptr ? types[i] : type; };
      const std::array<TypePtr, 2> sides = {side(0), side(1)};
      const std::array<std::shared_ptr<arrow::Scalar>, 2> no_literals;
      return CompareAsDecimals(comparison, sides, no_literals);
    }
    return Overload{.arg_types = {type, type},
                    .result = arrow::boolean(),
                    .kernel = DecimalComparison(comparison, type, type),
                    .may_fail = false};
  }
  ScalarKernel kernel;
  if (arrow::is_base_binary_like(type->id())) {
    kernel = TextComparison(comparison);
  } else if (IsFloatType(*type)) {
    kernel = FloatComparison(comparison, type);
  } else {
    kernel = ArrowKernel(std::string(NamesOf(comparison).kernel));
  }
  return Overload{.arg_types = {type, type},
                  .result = arrow::boolean(),
                  .kernel = std::move(kernel),
                  .may_fail = false};
}

void AddComparisonFunctions(FunctionRegistry& registry) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    const auto comparison = static_cast<Comparison>(i);
    registry.Add({.name = std::string(kNames[i].text),
                  .usage = fmt::format("a {} b", kNames[i].text),
                  .summary = std::string(kNames[i].summary),
                  .resolve = [comparison](std::span<const TypePtr> types, LiteralArgs literals) {
                    return ResolveComparison(comparison, types, literals);
                  }});
  }
  registry.Add({.name = "is_distinct_from",
                .usage = "a is distinct from b",
                .summary = "True where they differ, where a null differs from all but a null.",
                .resolve = [](std::span<const TypePtr> types, LiteralArgs literals) {
                  return ResolveDistinct(true, types, literals);
                }});
  registry.Add({.name = "is_not_distinct_from",
                .usage = "a is not distinct from b",
                .summary = "True where both are equal or both are null.",
                .resolve = [](std::span<const TypePtr> types, LiteralArgs literals) {
                  return ResolveDistinct(false, types, literals);
                }});
  registry.Add({.name = "in",
                .usage = "value in (a, b, ...)",
                .summary = "True where the value equals one of them.",
                .resolve = ResolveIn});
}

}  // namespace tusk::df

#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <gtest/gtest.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/function_registry.h"
#include "tests/dataframe/expr/columns.h"

namespace tusk::df {

/// Arguments and results of functions in tests.
inline ArrayPtr Texts(const std::vector<std::optional<std::string>>& texts) {
  return ColumnOfTexts(arrow::utf8(), texts);
}
inline ArrayPtr Ints(const std::vector<std::optional<std::string>>& texts) {
  return ColumnOfTexts(arrow::int64(), texts);
}
inline ArrayPtr Doubles(const std::vector<std::optional<std::string>>& texts) {
  return ColumnOfTexts(arrow::float64(), texts);
}
inline ArrayPtr Bools(const std::vector<std::optional<std::string>>& texts) {
  return ColumnOfTexts(arrow::boolean(), texts);
}
inline ArrayPtr Dates(const std::vector<std::optional<std::string>>& texts) {
  return ColumnOfTexts(arrow::date32(), texts);
}
inline ArrayPtr Times(const std::vector<std::optional<std::string>>& texts) {
  return ColumnOfTexts(arrow::timestamp(arrow::TimeUnit::MICRO), texts);
}
inline arrow::Datum Literal(std::string_view text) {
  return arrow::Datum(std::make_shared<arrow::StringScalar>(std::string(text)));
}
inline arrow::Datum Literal(int64_t value) { return arrow::Datum(value); }

/// The rows that arguments have; one when all are literals.
inline int64_t RowsOf(const std::vector<arrow::Datum>& args) {
  for (const arrow::Datum& arg : args) {
    if (arg.is_array()) return arg.length();
  }
  return 1;
}

/// Chooses the overload for the arguments as Bind does (`literals`: scalars count as literals),
/// casts, and runs it.
inline Result<arrow::Datum> CallOverload(std::string_view name,
                                         const std::vector<arrow::Datum>& args, int64_t rows,
                                         bool literals, TypePtr* result = nullptr) {
  ASSIGN_OR_RETURN(const ScalarFunction* function, FunctionRegistry::Get().Find(name));
  std::vector<TypePtr> types;
  std::vector<std::shared_ptr<arrow::Scalar>> values;
  for (const arrow::Datum& arg : args) {
    types.push_back(arg.type());
    values.push_back(literals && arg.is_scalar() ? arg.scalar() : nullptr);
  }
  ASSIGN_OR_RETURN(const Overload overload, function->resolve(types, values));
  if (result != nullptr) *result = overload.result;
  EXPECT_EQ(overload.arg_types.size(), args.size());
  std::vector<arrow::Datum> cast;
  for (size_t i = 0; i < args.size(); ++i) {
    cast.push_back(arrow::compute::Cast(args[i], overload.arg_types[i]).ValueOrDie());
  }
  return overload.kernel(cast, rows);
}

/// The same; the result as an array.
inline Result<ArrayPtr> CallFunction(std::string_view name, const std::vector<arrow::Datum>& args,
                                     bool literals = true) {
  const int64_t rows = RowsOf(args);
  TypePtr type;
  ASSIGN_OR_RETURN(const arrow::Datum result, CallOverload(name, args, rows, literals, &type));
  EXPECT_TRUE(result.type()->Equals(*type)) << result.type()->ToString() << type->ToString();
  if (result.is_scalar()) {
    return arrow::MakeArrayFromScalar(*result.scalar(), rows).ValueOrDie();
  }
  const ArrayPtr array = result.make_array();
  EXPECT_TRUE(array->ValidateFull().ok()) << array->ValidateFull().ToString();
  EXPECT_EQ(array->length(), rows);
  return array;
}

inline void ExpectSameColumn(const Result<ArrayPtr>& result, const ArrayPtr& expected,
                             std::string_view how) {
  ASSERT_TRUE(result.ok()) << how << ": " << result.status().ToString();
  EXPECT_TRUE((*result)->ApproxEquals(expected, arrow::EqualOptions::Defaults().nans_equal(true)))
      << how << ": " << (*result)->ToString() << "expected " << expected->ToString();
}

/// Expects the result however the arguments come: as given, as slices of longer columns, each row
/// as constants, and (with `all_columns`) with the literals as columns.
inline void ExpectFunction(std::string_view name, const std::vector<arrow::Datum>& args,
                           const ArrayPtr& expected, bool all_columns = true) {
  SCOPED_TRACE(name);
  const int64_t rows = RowsOf(args);
  ExpectSameColumn(CallFunction(name, args), expected, "as given");
  std::vector<arrow::Datum> slices, columns;
  for (const arrow::Datum& arg : args) {
    if (arg.is_scalar()) {
      slices.push_back(arg);
      columns.emplace_back(arrow::MakeArrayFromScalar(*arg.scalar(), rows).ValueOrDie());
    } else {
      const ArrayPtr twice = arrow::Concatenate({arg.make_array(), arg.make_array()}).ValueOrDie();
      slices.emplace_back(twice->Slice(rows, rows));
      columns.push_back(arg);
    }
  }
  ExpectSameColumn(CallFunction(name, slices), expected, "sliced");
  if (all_columns) ExpectSameColumn(CallFunction(name, columns, false), expected, "as columns");
  for (int64_t row = 0; row < rows; ++row) {
    std::vector<arrow::Datum> scalars;
    for (const arrow::Datum& arg : args) {
      scalars.push_back(
          arg.is_scalar() ? arg : arrow::Datum(arg.make_array()->GetScalar(row).ValueOrDie()));
    }
    ExpectSameColumn(CallFunction(name, scalars), expected->Slice(row, 1), "as constants");
  }
}

/// The message of the error that calling the function gives.
inline std::string FunctionError(std::string_view name, const std::vector<arrow::Datum>& args) {
  const Result<ArrayPtr> result = CallFunction(name, args);
  EXPECT_EQ(result.status().code(), StatusCode::kInvalidArgument) << name;
  return std::string(result.status().message());
}

}  // namespace tusk::df

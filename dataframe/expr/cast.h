#pragma once

#include <functional>
#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {

/// Makes a column of another type of a column. Nulls stay null.
using ColumnCast =
    std::function<Result<std::shared_ptr<arrow::Array>>(const std::shared_ptr<arrow::Array>&)>;

/// The cast between two admitted types. Numbers are rounded to what the target holds (decimals and
/// texts half away from zero, floats to integers half to even); what is out of its range is an
/// error that names the first such value, or null with `or_null`. Texts may have spaces around the
/// value. kInvalidArgument where there is no such cast: "date cannot be cast to bool".
Result<ColumnCast> MakeCast(const TypePtr& from, const TypePtr& to, bool or_null = false);

/// False when every value of `from` has one of `to`.
bool CastCanFail(const arrow::DataType& from, const arrow::DataType& to);

/// One value by `MakeCast`.
Result<std::shared_ptr<arrow::Scalar>> CastScalar(const std::shared_ptr<arrow::Scalar>& value,
                                                  const TypePtr& to, bool or_null = false);

/// A value as a cast to string writes it; "null" for none. Types without such a cast print as
/// Arrow's.
std::string ScalarText(const std::shared_ptr<arrow::Scalar>& value);

}  // namespace tusk::df

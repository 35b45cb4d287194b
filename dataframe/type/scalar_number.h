#pragma once

#include <optional>

#include <arrow/type_fwd.h>

namespace tusk::df {

/// A number as a double; a date as its days and a timestamp as its microseconds since 1970;
/// nothing for null and for other types.
std::optional<double> ScalarNumber(const arrow::Scalar& value);

}  // namespace tusk::df

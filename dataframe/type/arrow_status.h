#pragma once

#include <utility>

#include <arrow/result.h>
#include <arrow/status.h>

#include "common/base/result.h"

namespace tusk::df {

/// Arrow's errors as ours: the code that fits best, Arrow's message. Ok stays Ok.
Status FromArrow(const arrow::Status& status);

/// A value of Arrow's, or its error as ours:  ASSIGN_OR_RETURN(auto table, FromArrow(Read()));
template <typename T>
Result<T> FromArrow(arrow::Result<T> result) {
  if (!result.ok()) return FromArrow(result.status());
  return std::move(result).ValueUnsafe();
}

/// Ours as Arrow's, for the interfaces of Arrow that we implement. `FromArrow` gives back the same
/// code and message.
arrow::Status ToArrow(const Status& status);

/// The same for a value.
template <typename T>
arrow::Result<T> ToArrow(Result<T> result) {
  if (!result.ok()) return ToArrow(result.status());
  return std::move(*result);
}

}  // namespace tusk::df

#pragma once

#include <memory>
#include <span>
#include <string>

#include <arrow/compute/function_options.h>
#include <arrow/datum.h>

#include "common/base/result.h"
#include "dataframe/expr/function_registry.h"

namespace tusk::df {

/// Calls a compute function of Arrow in this thread. Errors of values ("overflow", "divide by
/// zero") come in our words.
Result<arrow::Datum> CallArrow(const std::string& function, std::span<const arrow::Datum> args,
                               const arrow::compute::FunctionOptions* options = nullptr);

/// A kernel that is one call of Arrow's.
ScalarKernel ArrowKernel(std::string function,
                         std::shared_ptr<arrow::compute::FunctionOptions> options = nullptr);

}  // namespace tusk::df

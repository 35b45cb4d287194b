#include "dataframe/expr/function/arrow_kernel.h"

#include <utility>
#include <vector>

#include <arrow/array/concatenate.h>
#include <arrow/chunked_array.h>
#include <arrow/compute/exec.h>

#include "common/base/status_macros.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {

namespace {

/// Arrow's words for what goes wrong in arithmetic, in ours.
Status InOurWords(const arrow::Status& status) {
  if (status.message() == "divide by zero") {
    return Status(StatusCode::kInvalidArgument, "division by zero");
  }
  if (status.message() == "overflow") {
    return Status(StatusCode::kInvalidArgument, "integer overflow");
  }
  return FromArrow(status);
}

}  // namespace

Result<arrow::Datum> CallArrow(const std::string& function, std::span<const arrow::Datum> args,
                               const arrow::compute::FunctionOptions* options) {
  arrow::compute::ExecContext context;
  context.set_use_threads(false);
  arrow::Result<arrow::Datum> result = arrow::compute::CallFunction(
      function, std::vector<arrow::Datum>(args.begin(), args.end()), options, &context);
  if (!result.ok()) return InOurWords(result.status());
  if (result->kind() != arrow::Datum::CHUNKED_ARRAY) return std::move(*result);
  // Texts of more than 2 GiB come in pieces.
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Array> whole,
                   FromArrow(arrow::Concatenate(result->chunked_array()->chunks())));
  return arrow::Datum(std::move(whole));
}

ScalarKernel ArrowKernel(std::string function,
                         std::shared_ptr<arrow::compute::FunctionOptions> options) {
  return [function = std::move(function), options = std::move(options)](
             std::span<const arrow::Datum> args, int64_t) {
    return CallArrow(function, args, options.get());
  };
}

}  // namespace tusk::df

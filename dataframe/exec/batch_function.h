#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>

#include <arrow/type_fwd.h>

#include "common/base/result.h"

namespace tusk::df {

/// A function of the program over batches, without its type. May throw: what it throws fails the
/// task with its text.
using BatchFunction =
    Result<std::shared_ptr<arrow::RecordBatch>> (*)(const std::shared_ptr<arrow::RecordBatch>&);

/// Puts a function under the name of its type, before `main`: driver and task are the same program,
/// and the task finds it again. Two types of one name stop the program at start.
bool RegisterBatchFunction(const char* name, BatchFunction function);

/// kNotFound: the program that runs is not the one that the query was made with.
Result<BatchFunction> FindBatchFunction(std::string_view name);

namespace internal {

/// Registers the function of F when its `kDone` is used anywhere.
template <typename F, BatchFunction kFunction>
struct BatchRegistration {
  inline static const bool kDone = RegisterBatchFunction(typeid(F).name(), kFunction);
};

/// Registers it and gives its name.
template <typename F, BatchFunction kFunction>
std::string BatchFunctionName() {
  static_cast<void>(BatchRegistration<F, kFunction>::kDone);
  return typeid(F).name();
}

}  // namespace internal
}  // namespace tusk::df

#include "dataframe/type/arrow_runtime.h"

#include <arrow/compute/initialize.h>
#include <arrow/util/thread_pool.h>

#include "common/base/check.h"

namespace tusk::df {

namespace {

bool Start() {
  arrow::Status status = arrow::compute::Initialize();
  if (status.ok()) status = arrow::SetCpuThreadPoolCapacity(1);
  if (!status.ok()) internal::FailCheck("start of Arrow", status.ToString());
  return true;
}

}  // namespace

void InitializeArrow() { [[maybe_unused]] static const bool kStarted = Start(); }

}  // namespace tusk::df

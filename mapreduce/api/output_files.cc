#include "mapreduce/api/output_files.h"

#include <algorithm>
#include <utility>

#include "common/base/check.h"
#include "common/base/status_macros.h"

namespace tusk::mapreduce {

Result<OutputFileWriter*> OutputFiles::Open(const std::string& name) {
  if (names_.size() >= kMaxFiles) {
    return Status::Error(StatusCode::kTooLarge, "one task would write more than {} files",
                         kMaxFiles);
  }
  if (!IsOutputFileName(name)) {
    return Status::Error(StatusCode::kInvalidArgument, "not the name of an output file: {}", name);
  }
  if (!names_.insert(name).second) {
    return Status::Error(StatusCode::kAlreadyExists, "the task has written a file {} already",
                         name);
  }
  ASSIGN_OR_RETURN(opened_.emplace_back(), open_(name));
  return opened_.back().get();
}

Result<OutputFile> OutputFiles::Complete(OutputFileWriter* file) {
  const auto found = std::find_if(opened_.begin(), opened_.end(),
                                  [file](const auto& opened) { return opened.get() == file; });
  CHECK(found != opened_.end());
  const std::unique_ptr<OutputFileWriter> taken = std::move(*found);
  opened_.erase(found);
  ASSIGN_OR_RETURN(OutputFile completed, taken->Close());
  completed_.push_back(completed);
  return completed;
}

Result<std::vector<OutputFile>> OutputFiles::Finish() {
  while (!opened_.empty()) RETURN_IF_ERROR(Complete(opened_.front().get()).status());
  return std::move(completed_);
}

}  // namespace tusk::mapreduce

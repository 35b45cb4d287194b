#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/env/env.h"

namespace tusk::mapreduce {

/// A local directory for the temporary files of one job that runs in this process; removed with
/// this object. It holds a lock as long as it is used, so that others can tell it from one whose
/// process was killed.
class ScratchDirectory {
 public:
  /// Makes `parent`/tusk-local-`name`, for this user alone. `name` must be new.
  static Result<std::unique_ptr<ScratchDirectory>> Make(const std::string& parent,
                                                        const std::string& name);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  ScratchDirectory(std::string path, std::unique_ptr<FileLock> lock);
  const std::string path_;
  const std::unique_ptr<FileLock> lock_;
};

/// Removes this user's directories in `parent` that nobody uses any more. What cannot be removed
/// stays.
void RemoveAbandonedScratch(const std::string& parent);

}  // namespace tusk::mapreduce

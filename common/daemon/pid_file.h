#pragma once

#include <string>

#include "common/base/result.h"

namespace tusk {

/// The single-instance guard of a daemon: a file that holds its pid and is locked as long as the
/// process lives. The lock, not the content, decides: a file left by a killed process is no
/// obstacle.
class PidFile {
 public:
  /// Creates or takes over `path`. kAlreadyExists, naming the other's pid, when it is locked.
  static Result<PidFile> Acquire(const std::string& path);

  PidFile() = default;
  PidFile(PidFile&& other) noexcept;
  PidFile& operator=(PidFile&& other) noexcept;
  /// Removes the file and releases the lock.
  ~PidFile();

  const std::string& path() const { return path_; }

 private:
  PidFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  int fd_ = -1;
  std::string path_;
};

}  // namespace tusk

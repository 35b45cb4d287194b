#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/env/env.h"

namespace tusk {

/// The real operating system's files. Descriptors are close-on-exec. Stateless.
class PosixEnv final : public Env {
 public:
  /// The one instance; lives until the process ends.
  static PosixEnv& Get();

  Result<std::unique_ptr<File>> OpenFile(const std::string& path, OpenMode open_mode,
                                         uint32_t mode = 0644) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Link(const std::string& from, const std::string& to) override;
  Status RemoveFile(const std::string& path) override;
  Status RemoveDirectory(const std::string& path) override;
  Status MakeDirectory(const std::string& path, uint32_t mode = 0755) override;
  Result<std::vector<std::string>> ListDirectory(const std::string& path) const override;
  Status SyncDirectory(const std::string& path) override;
  Result<FileStat> Stat(const std::string& path) const override;
  Status SetMode(const std::string& path, uint32_t mode) override;
  /// By flock(2), so that a lock is the open file's and also two owners in one process exclude
  /// each other.
  Result<std::unique_ptr<FileLock>> Lock(const std::string& path) override;
  Result<DiskSpace> Space(const std::string& path) const override;

 private:
  PosixEnv() = default;
};

}  // namespace tusk

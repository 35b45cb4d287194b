#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/env/env.h"

namespace tusk {

/// What a crash of the machine leaves of what was not synced.
enum class CrashMode : uint8_t {
  kLoseUnsynced,      // exactly what was synced
  kKeepPrefix,        // per file a seeded number of the first unsynced writes, the last one in part
  kKeepSectors,       // per file a seeded subset of the changed 512-byte sectors
  kKeepDirectoryOps,  // contents as kLoseUnsynced, but a seeded subset of the directory operations
};
inline constexpr CrashMode kAllCrashModes[] = {CrashMode::kLoseUnsynced, CrashMode::kKeepPrefix,
                                               CrashMode::kKeepSectors,
                                               CrashMode::kKeepDirectoryOps};

/// Files in memory that forget like a disk: contents and directory entries are kept twice, as the
/// running program sees them and as they are durable. File::Sync makes a file's content durable,
/// SyncDirectory the names in a directory. Root and working directory are "/" and exist.
///
/// Every durable step (create, write, truncate, sync, rename, link, remove, make directory, sync
/// directory, set mode) has a number, counted from 1, for crash-point enumeration:
///
///   run the workload once, note steps(); then for each step and mode: run it again with
///   CrashAt(step), Crash(mode, seed), restart, check.
///
/// Thread-safe.
class MemoryEnv final : public Env {
 public:
  MemoryEnv();
  ~MemoryEnv() override;

  /// Durable steps so far.
  uint64_t steps() const;
  /// Called before each step with its number and a text such as "write /a 512"; not while a lock is
  /// held. An error it returns becomes the step's, which then has no effect.
  void SetStepHook(std::function<Status(uint64_t step, const std::string& what)> hook);
  /// Step `step` fails with `error` and has no effect. Replaces an earlier call's; 0 = none.
  void FailAt(uint64_t step, Status error);
  /// From step `step` on every operation fails with kIoError "machine has crashed" and has no
  /// effect, until Crash().
  void CrashAt(uint64_t step);
  /// The machine loses power and comes back: what was not synced is kept as `mode` and `seed` say,
  /// open files and locks of before become invalid, failures planned above are forgotten.
  void Crash(CrashMode mode, uint64_t seed);
  /// Bytes all files together may hold; more is kNoSpace. Default 1 TiB.
  void SetCapacity(uint64_t bytes);

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
  Result<std::unique_ptr<FileLock>> Lock(const std::string& path) override;
  Result<DiskSpace> Space(const std::string& path) const override;

 private:
  class Disk;
  class OpenMemoryFile;
  class HeldLock;

  /// Shared with open files and locks, which may outlive this object.
  const std::shared_ptr<Disk> disk_;
};

}  // namespace tusk

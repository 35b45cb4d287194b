#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/base/mutex.h"
#include "common/base/result.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::mapreduce::tasktracker {

/// Job programs on the local disk, by content hash: a program that was submitted ten times is
/// fetched once, and one whose bytes are not what its hash says is never run.
///
/// Thread-safe; `Fetch` blocks on disk and network.
class BinaryCache {
 public:
  /// `directory` is created by Open; at most `max_bytes` of programs are kept, least recently used
  /// ones go first (one that runs keeps running: its file is only unlinked).
  /// `open_files` opens the file system that programs come from, when one is needed first; an empty
  /// URI means the configured one.
  using OpenFiles = std::function<Result<std::shared_ptr<dfs::FileSystem>>(const std::string& uri)>;
  BinaryCache(std::string directory, uint64_t max_bytes, OpenFiles open_files);

  /// Creates the directory and takes over what an earlier run left.
  Status Open();

  /// The local path of the program with this SHA-256 (64 hexadecimal digits), fetched from `path`
  /// of the file system `uri` when it is not here. kCorruption when the bytes have another hash.
  Result<std::string> Fetch(const std::string& uri, const std::string& path,
                            const std::string& hash) EXCLUDES(mutex_);

 private:
  std::string PathOf(const std::string& hash) const;
  Status Download(const std::string& uri, const std::string& path, const std::string& hash)
      REQUIRES(mutex_);
  void Evict() REQUIRES(mutex_);

  const std::string directory_;
  const uint64_t max_bytes_;
  const OpenFiles open_files_;
  Mutex mutex_;  // held during a download as well: a second job with the same program waits for it
  std::map<std::string, uint64_t> used_ GUARDED_BY(mutex_);  // hash -> when, as a running number
  uint64_t clock_ GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::shared_ptr<dfs::FileSystem>> files_ GUARDED_BY(mutex_);  // by URI
};

}  // namespace tusk::mapreduce::tasktracker

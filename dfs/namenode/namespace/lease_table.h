#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/mutex.h"
#include "common/time/clock.h"
#include "dfs/model/block.h"

namespace tusk::dfs::namenode {

/// Who writes which files, and when each writer was last heard of.
///
/// The holder of a file is in its inode; this table is rebuilt from the inodes at start, when
/// every writer gets a fresh time. After the soft limit another client may take a file over,
/// after the hard limit the namenode closes or recovers it by itself (Hadoop's LeaseManager).
/// Thread-safe, with a lock of its own: a renewal never waits for the namespace.
class LeaseTable {
 public:
  /// `clock` must outlive this object.
  LeaseTable(const Clock& clock, std::chrono::milliseconds soft_limit,
             std::chrono::milliseconds hard_limit);

  /// `client` holds `file` and is alive now.
  void Add(std::string_view client, FileId file);
  /// `client` no longer holds `file`. A holder without files is forgotten.
  void Remove(std::string_view client, FileId file);
  /// `client` is alive. Unknown names are ignored.
  void Renew(std::string_view client);

  /// True when `client` was not heard of for the soft limit, or is not known at all.
  bool IsSoftExpired(std::string_view client) const;

  /// A writer that was silent for too long.
  struct Expired {
    std::string client;
    std::vector<FileId> files;
  };
  /// Writers over the hard limit with up to `limit` of their files in all.
  std::vector<Expired> HardExpired(size_t limit) const;

  /// Open files with an id greater than `after`, by id, at most `limit`.
  std::vector<std::pair<FileId, std::string>> OpenFiles(FileId after, size_t limit) const;
  size_t open_files() const;
  size_t holders() const;

 private:
  /// What one writer holds open.
  struct Lease {
    Clock::SteadyTime renewed;
    std::set<FileId> files;
  };

  const Clock& clock_;
  const std::chrono::milliseconds soft_limit_;
  const std::chrono::milliseconds hard_limit_;
  mutable Mutex mutex_;
  std::map<std::string, Lease, std::less<>> leases_ GUARDED_BY(mutex_);
  std::map<FileId, const std::string*> holders_ GUARDED_BY(mutex_);  // keys of leases_
};

}  // namespace tusk::dfs::namenode

#pragma once

#include <list>
#include <string_view>
#include <unordered_map>

#include "common/base/mutex.h"
#include "dfs/namenode/namespace/inode.h"

namespace tusk::dfs::namenode {

/// The inodes of the store that were used last, by name and by id, bounded by memory.
///
/// Coherence is the business of InodeTree: an entry that differs from the store is in an overlay,
/// and overlays are asked first. Thread-safe.
class InodeCache {
 public:
  explicit InodeCache(size_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  /// The value, or null when it is not cached.
  InodePtr Find(FileId parent, std::string_view name);
  InodePtr FindById(FileId id);
  /// Takes `inode` in, in place of what was under its name or id.
  void Put(InodePtr inode);
  /// Forgets what is under this name, and what has this id.
  void Erase(FileId parent, std::string_view name, FileId id);

  size_t bytes() const;

 private:
  /// An inode's key without a copy of its name.
  struct Key {
    FileId parent;
    std::string_view name;  // of the inode that the list node holds
    friend bool operator==(const Key&, const Key&) = default;
  };
  /// Hash of a Key; lives in memory only.
  struct KeyHash {
    size_t operator()(const Key& key) const;
  };
  using Uses = std::list<InodePtr>;  // most recent first

  void EraseNode(Uses::iterator node) REQUIRES(mutex_);

  const size_t capacity_bytes_;
  mutable Mutex mutex_;
  Uses uses_ GUARDED_BY(mutex_);
  std::unordered_map<Key, Uses::iterator, KeyHash> by_name_ GUARDED_BY(mutex_);
  std::unordered_map<FileId, Uses::iterator> by_id_ GUARDED_BY(mutex_);
  size_t bytes_ GUARDED_BY(mutex_) = 0;
};

}  // namespace tusk::dfs::namenode

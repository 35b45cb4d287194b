#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "dfs/namenode/namespace/inode.h"

namespace tusk::dfs::namenode {

/// Entries that changed since the store was written: new values, and marks for what is gone.
///
/// A file that is made, written and closed leaves one value here; one that is also deleted leaves
/// a mark of a few bytes. Not thread-safe.
class Overlay {
 public:
  /// A value, or null: "this name was taken away".
  using Directory = std::map<std::string, InodePtr, std::less<>>;

  /// Null: nothing is known here. Points to null: the entry was removed.
  const InodePtr* Find(FileId parent, std::string_view name) const;
  const InodePtr* FindById(FileId id) const;
  /// Entries of one directory, by name; null when none changed.
  const Directory* FindDirectory(FileId parent) const;

  /// Puts the value under its parent and name and under its id.
  void Put(InodePtr inode);
  /// Marks an entry as gone. `id_gone`: the inode itself ceases to be (a move keeps it).
  void Remove(FileId parent, std::string_view name, FileId id, bool id_gone);

  /// Everything, for the writer.
  const std::unordered_map<FileId, Directory>& directories() const { return directories_; }
  const std::unordered_map<FileId, InodePtr>& by_id() const { return by_id_; }

  bool empty() const { return by_id_.empty() && directories_.empty(); }
  /// Memory, roughly.
  size_t bytes() const { return bytes_; }

 private:
  std::unordered_map<FileId, Directory> directories_;
  std::unordered_map<FileId, InodePtr> by_id_;
  size_t bytes_ = 0;
};

}  // namespace tusk::dfs::namenode

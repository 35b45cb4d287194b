#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/mutex.h"
#include "dfs/namenode/namespace/inode.h"

namespace tusk::dfs::namenode {

/// Interns user and group names: an inode holds two small numbers instead of two strings.
/// Names are never forgotten; a namespace has few. Thread-safe.
class NameTable {
 public:
  NameTable();

  /// The number of `name`, new when it was not known. The empty name is 0.
  NameId Intern(std::string_view name);
  /// The name of a number that Intern returned. Valid as long as this table.
  const std::string& Name(NameId id) const;

 private:
  mutable SharedMutex mutex_;
  std::deque<std::string> names_ GUARDED_BY(mutex_);
  std::unordered_map<std::string_view, NameId> ids_ GUARDED_BY(mutex_);
};

}  // namespace tusk::dfs::namenode

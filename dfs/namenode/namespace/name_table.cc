#include "dfs/namenode/namespace/name_table.h"

#include "common/base/check.h"

namespace tusk::dfs::namenode {

NameTable::NameTable() {
  WriterLock lock(mutex_);
  names_.emplace_back();
  ids_.emplace(names_.back(), 0);
}

NameId NameTable::Intern(std::string_view name) {
  {
    ReaderLock lock(mutex_);
    const auto it = ids_.find(name);
    if (it != ids_.end()) return it->second;
  }
  WriterLock lock(mutex_);
  const auto it = ids_.find(name);
  if (it != ids_.end()) return it->second;
  const NameId id = static_cast<NameId>(names_.size());
  names_.emplace_back(name);
  ids_.emplace(names_.back(), id);
  return id;
}

const std::string& NameTable::Name(NameId id) const {
  ReaderLock lock(mutex_);
  CHECK(id < names_.size());
  return names_[id];
}

}  // namespace tusk::dfs::namenode

#include "dfs/namenode/namespace/overlay.h"

#include <utility>

namespace tusk::dfs::namenode {

namespace {

// A map node, the key, and the node of the id index.
constexpr size_t kEntryBytes = 160;

size_t Cost(const InodePtr& inode) { return inode ? inode->MemoryBytes() : 0; }

}  // namespace

const InodePtr* Overlay::Find(FileId parent, std::string_view name) const {
  const Directory* directory = FindDirectory(parent);
  if (directory == nullptr) return nullptr;
  const auto it = directory->find(name);
  return it == directory->end() ? nullptr : &it->second;
}

const InodePtr* Overlay::FindById(FileId id) const {
  const auto it = by_id_.find(id);
  return it == by_id_.end() ? nullptr : &it->second;
}

const Overlay::Directory* Overlay::FindDirectory(FileId parent) const {
  const auto it = directories_.find(parent);
  return it == directories_.end() ? nullptr : &it->second;
}

void Overlay::Put(InodePtr inode) {
  Directory& directory = directories_[inode->parent];
  auto it = directory.lower_bound(inode->name);
  if (it == directory.end() || it->first != inode->name) {
    it = directory.emplace_hint(it, inode->name, nullptr);
    bytes_ += kEntryBytes;
  }
  bytes_ += Cost(inode);
  bytes_ -= Cost(it->second);
  it->second = inode;
  const FileId id = inode->id;
  by_id_.insert_or_assign(id, std::move(inode));
}

void Overlay::Remove(FileId parent, std::string_view name, FileId id, bool id_gone) {
  Directory& directory = directories_[parent];
  auto it = directory.lower_bound(name);
  if (it == directory.end() || it->first != name) {
    directory.emplace_hint(it, std::string(name), nullptr);
    bytes_ += kEntryBytes;
  } else {
    bytes_ -= Cost(it->second);
    it->second = nullptr;
  }
  if (id_gone) by_id_.insert_or_assign(id, nullptr);
}

}  // namespace tusk::dfs::namenode

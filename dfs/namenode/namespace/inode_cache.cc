#include "dfs/namenode/namespace/inode_cache.h"

#include <functional>
#include <utility>

namespace tusk::dfs::namenode {

namespace {

// List node and the nodes of two hash tables.
constexpr size_t kEntryBytes = 160;

}  // namespace

size_t InodeCache::KeyHash::operator()(const Key& key) const {
  return std::hash<std::string_view>()(key.name) ^ (key.parent.value() * 0x9E3779B97F4A7C15u);
}

InodePtr InodeCache::Find(FileId parent, std::string_view name) {
  MutexLock lock(mutex_);
  const auto it = by_name_.find(Key{parent, name});
  if (it == by_name_.end()) return nullptr;
  uses_.splice(uses_.begin(), uses_, it->second);
  return *it->second;
}

InodePtr InodeCache::FindById(FileId id) {
  MutexLock lock(mutex_);
  const auto it = by_id_.find(id);
  if (it == by_id_.end()) return nullptr;
  uses_.splice(uses_.begin(), uses_, it->second);
  return *it->second;
}

void InodeCache::Put(InodePtr inode) {
  MutexLock lock(mutex_);
  const auto same_id = by_id_.find(inode->id);
  if (same_id != by_id_.end()) EraseNode(same_id->second);
  const auto same_name = by_name_.find(Key{inode->parent, inode->name});
  if (same_name != by_name_.end()) EraseNode(same_name->second);
  bytes_ += inode->MemoryBytes() + kEntryBytes;
  uses_.push_front(std::move(inode));
  const Inode& put = *uses_.front();
  by_name_.emplace(Key{put.parent, put.name}, uses_.begin());
  by_id_.emplace(put.id, uses_.begin());
  while (bytes_ > capacity_bytes_ && uses_.size() > 1) EraseNode(std::prev(uses_.end()));
}

void InodeCache::Erase(FileId parent, std::string_view name, FileId id) {
  MutexLock lock(mutex_);
  const auto same_name = by_name_.find(Key{parent, name});
  if (same_name != by_name_.end()) EraseNode(same_name->second);
  const auto same_id = by_id_.find(id);
  if (same_id != by_id_.end()) EraseNode(same_id->second);
}

size_t InodeCache::bytes() const {
  MutexLock lock(mutex_);
  return bytes_;
}

void InodeCache::EraseNode(Uses::iterator node) {
  const Inode& inode = **node;
  bytes_ -= inode.MemoryBytes() + kEntryBytes;
  by_name_.erase(Key{inode.parent, inode.name});
  by_id_.erase(inode.id);
  uses_.erase(node);
}

}  // namespace tusk::dfs::namenode

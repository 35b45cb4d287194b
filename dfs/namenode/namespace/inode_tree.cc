#include "dfs/namenode/namespace/inode_tree.h"

#include <algorithm>
#include <utility>

#include "common/base/check.h"
#include "common/base/status_macros.h"

namespace tusk::dfs::namenode {

namespace {

// Deeper than any legal path: a longer chain of parents is a cycle.
constexpr int kMaxChain = 4096;

Status Misfit(std::string_view what, FileId id) {
  return Status::Error(StatusCode::kCorruption, "change does not fit the namespace: {} inode={}",
                       what, id);
}

/// Entries of one directory in two overlays, by name; the newer one wins.
class OverlayCursor {
 public:
  OverlayCursor(const Overlay::Directory* newer, const Overlay::Directory* older,
                std::optional<std::string_view> after)
      : newer_(newer), older_(older) {
    if (newer_) newer_at_ = after ? newer_->upper_bound(*after) : newer_->begin();
    if (older_) older_at_ = after ? older_->upper_bound(*after) : older_->begin();
  }

  bool AtEnd() const { return !HasNewer() && !HasOlder(); }
  const std::string& name() const { return Current().first; }
  const InodePtr& inode() const { return Current().second; }

  void Next() {
    const bool both = HasNewer() && HasOlder() && newer_at_->first == older_at_->first;
    const bool use_newer = UseNewer();
    if (use_newer || both) {
      if (HasNewer()) ++newer_at_;
    }
    if (!use_newer || both) ++older_at_;
  }

 private:
  bool HasNewer() const { return newer_ && newer_at_ != newer_->end(); }
  bool HasOlder() const { return older_ && older_at_ != older_->end(); }
  bool UseNewer() const {
    return HasNewer() && (!HasOlder() || newer_at_->first <= older_at_->first);
  }
  const Overlay::Directory::value_type& Current() const {
    return UseNewer() ? *newer_at_ : *older_at_;
  }

  const Overlay::Directory* newer_;
  const Overlay::Directory* older_;
  Overlay::Directory::const_iterator newer_at_;
  Overlay::Directory::const_iterator older_at_;
};

}  // namespace

InodeTree::InodeTree(NamespaceStore& store, size_t cache_bytes)
    : store_(store),
      cache_(cache_bytes),
      active_(std::make_unique<Overlay>()),
      counters_(store.counters()),
      store_last_file_id_(counters_.last_file_id) {}

Status InodeTree::LoadRoot() {
  ASSIGN_OR_RETURN(root_, ById(kRootFileId));
  if (!root_ || !root_->IsDirectory()) {
    return Status(StatusCode::kCorruption, "the namespace has no root directory");
  }
  return Status::Ok();
}

Result<InodePtr> InodeTree::Child(FileId parent, std::string_view name) {
  if (const InodePtr* found = active_->Find(parent, name)) return *found;
  if (frozen_) {
    if (const InodePtr* found = frozen_->Find(parent, name)) return *found;
  }
  if (parent > store_last_file_id_) return InodePtr();
  if (InodePtr cached = cache_.Find(parent, name)) return cached;
  ASSIGN_OR_RETURN(InodePtr stored, store_.Get(parent, name));
  if (stored) cache_.Put(stored);
  return stored;
}

Result<InodePtr> InodeTree::ById(FileId id) {
  if (const InodePtr* found = active_->FindById(id)) return *found;
  if (frozen_) {
    if (const InodePtr* found = frozen_->FindById(id)) return *found;
  }
  if (id > store_last_file_id_) return InodePtr();
  if (InodePtr cached = cache_.FindById(id)) return cached;
  ASSIGN_OR_RETURN(InodePtr stored, store_.GetById(id));
  if (stored) cache_.Put(stored);
  return stored;
}

Result<std::vector<InodePtr>> InodeTree::List(const Inode& directory,
                                              std::optional<std::string_view> after, size_t limit) {
  std::vector<InodePtr> children;
  OverlayCursor cursor(active_->FindDirectory(directory.id),
                       frozen_ ? frozen_->FindDirectory(directory.id) : nullptr, after);
  const auto take_overlay_before = [&](const std::string* stored_name) {
    while (!cursor.AtEnd() && children.size() < limit &&
           (stored_name == nullptr || cursor.name() < *stored_name)) {
      if (cursor.inode()) children.push_back(cursor.inode());
      cursor.Next();
    }
  };
  if (directory.id <= store_last_file_id_ && limit > 0) {
    RETURN_IF_ERROR(store_.List(directory.id, after, [&](InodePtr stored) {
      take_overlay_before(&stored->name);
      if (children.size() >= limit) return false;
      if (!cursor.AtEnd() && cursor.name() == stored->name) {
        if (cursor.inode()) children.push_back(cursor.inode());
        cursor.Next();
      } else {
        children.push_back(std::move(stored));
      }
      return children.size() < limit;
    }));
  }
  take_overlay_before(nullptr);
  return children;
}

Result<std::optional<std::string>> InodeTree::PathOf(const Inode& inode) {
  if (inode.id == kRootFileId) return std::optional<std::string>("/");
  std::vector<InodePtr> chain;
  const Inode* at = &inode;
  while (at->parent != kRootFileId) {
    if (at->parent == kNoParent || at->parent == kDeletedFileId)
      return std::optional<std::string>();
    if (chain.size() > kMaxChain) return Misfit("parents form a cycle", inode.id);
    ASSIGN_OR_RETURN(InodePtr parent, ById(at->parent));
    if (!parent) return std::optional<std::string>();
    chain.push_back(std::move(parent));
    at = chain.back().get();
  }
  std::string path;
  for (auto it = chain.rbegin(); it != chain.rend(); ++it) path.append("/").append((*it)->name);
  path.append("/").append(inode.name);
  return std::optional<std::string>(std::move(path));
}

Status InodeTree::Apply(const Mutation& mutation, TxId txid) {
  edits_.clear();
  mutation_time_ms_ = mutation.time_ms;
  for (const Change& change : mutation.changes) {
    RETURN_IF_ERROR(std::visit([this](const auto& part) { return ApplyChange(part); }, change));
  }
  for (std::shared_ptr<Inode>& inode : edits_) {
    if (inode->id == kRootFileId) root_ = inode;
    active_->Put(std::move(inode));
  }
  edits_.clear();
  counters_.applied_txid = txid;
  return Status::Ok();
}

Result<std::shared_ptr<Inode>> InodeTree::Edit(FileId id) {
  for (const std::shared_ptr<Inode>& edited : edits_) {
    if (edited->id == id) return edited;
  }
  ASSIGN_OR_RETURN(const InodePtr old, ById(id));
  if (!old) return Misfit("no such", id);
  edits_.push_back(std::make_shared<Inode>(*old));
  return edits_.back();
}

Status InodeTree::AddChildren(FileId directory, int64_t difference) {
  if (directory == kNoParent) return Status::Ok();
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> inode, Edit(directory));
  if (!inode->IsDirectory()) return Misfit("parent is no directory", directory);
  if (difference < 0 && inode->children == 0) return Misfit("no entry left to take", directory);
  inode->children += difference;
  inode->modification_ms = mutation_time_ms_;
  return Status::Ok();
}

void InodeTree::Use(const Block& block) {
  counters_.last_block_id = std::max(counters_.last_block_id, block.id);
  counters_.last_generation_stamp =
      std::max(counters_.last_generation_stamp, block.generation_stamp);
}

Status InodeTree::ApplyChange(const PutInode& put) {
  const Inode& inode = put.inode;
  RETURN_IF_ERROR(AddChildren(inode.parent, 1));
  counters_.last_file_id = std::max(counters_.last_file_id, inode.id);
  for (const Block& block : inode.blocks) Use(block);
  (inode.IsDirectory() ? totals_.directories : totals_.files) += 1;
  totals_.blocks += static_cast<int64_t>(inode.blocks.size());
  edits_.push_back(std::make_shared<Inode>(inode));
  return Status::Ok();
}

Status InodeTree::ApplyChange(const RemoveInode& remove) {
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> inode, Edit(remove.id));
  if (inode->children != 0) return Misfit("directory is not empty", remove.id);
  std::erase(edits_, inode);
  active_->Remove(inode->parent, inode->name, inode->id, /*id_gone=*/true);
  (inode->IsDirectory() ? totals_.directories : totals_.files) -= 1;
  totals_.blocks -= static_cast<int64_t>(inode->blocks.size());
  return AddChildren(inode->parent, -1);
}

Status InodeTree::ApplyChange(const MoveInode& move) {
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> inode, Edit(move.id));
  active_->Remove(inode->parent, inode->name, inode->id, /*id_gone=*/false);
  RETURN_IF_ERROR(AddChildren(inode->parent, -1));
  inode->parent = move.parent;
  inode->name = move.name;
  return AddChildren(move.parent, 1);
}

Status InodeTree::ApplyChange(const SetAttributes& set) {
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> inode, Edit(set.id));
  if (set.permission) inode->permission = *set.permission;
  if (set.owner) inode->owner = *set.owner;
  if (set.group) inode->group = *set.group;
  if (set.modification_ms) inode->modification_ms = *set.modification_ms;
  if (set.access_ms) inode->access_ms = *set.access_ms;
  if (set.replication) inode->replication = *set.replication;
  return Status::Ok();
}

Status InodeTree::ApplyChange(const SetBlocks& set) {
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> inode, Edit(set.id));
  if (!inode->IsFile()) return Misfit("blocks of what is no file", set.id);
  if (set.keep > inode->blocks.size()) return Misfit("more blocks to keep than there are", set.id);
  totals_.blocks +=
      static_cast<int64_t>(set.keep + set.tail.size()) - static_cast<int64_t>(inode->blocks.size());
  inode->blocks.resize(set.keep);
  inode->blocks.insert(inode->blocks.end(), set.tail.begin(), set.tail.end());
  for (const Block& block : set.tail) Use(block);
  return Status::Ok();
}

Status InodeTree::ApplyChange(const SetWriter& set) {
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> inode, Edit(set.id));
  if (!inode->IsFile()) return Misfit("writer of what is no file", set.id);
  inode->writer = std::make_shared<const Writer>(Writer{set.client_name, set.client_address});
  return Status::Ok();
}

Status InodeTree::ApplyChange(const ClearWriter& clear) {
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> inode, Edit(clear.id));
  inode->writer = nullptr;
  return Status::Ok();
}

Status InodeTree::ApplyChange(const UseGenerationStamp& use) {
  counters_.last_generation_stamp = std::max(counters_.last_generation_stamp, use.stamp);
  return Status::Ok();
}

bool InodeTree::Freeze() {
  if (frozen_ || (active_->empty() && counters_ == store_.counters())) return false;
  frozen_ = std::exchange(active_, std::make_unique<Overlay>());
  frozen_counters_ = counters_;
  return true;
}

Status InodeTree::WriteFrozen() {
  std::vector<NamespaceStore::Write> writes;
  for (const auto& [parent, entries] : frozen_->directories()) {
    for (const auto& [name, inode] : entries) {
      writes.push_back(NamespaceStore::Write{parent, name, inode ? inode->id : FileId(), inode});
    }
  }
  for (const auto& [id, inode] : frozen_->by_id()) {
    if (!inode) writes.push_back(NamespaceStore::Write{FileId(), "", id, nullptr, true});
  }
  RETURN_IF_ERROR(store_.Apply(writes, frozen_counters_));
  for (const NamespaceStore::Write& write : writes) {
    if (write.inode) {
      cache_.Put(write.inode);
    } else {
      cache_.Erase(write.parent, write.name, write.id);
    }
  }
  return Status::Ok();
}

std::unique_ptr<Overlay> InodeTree::DropFrozen() {
  store_last_file_id_ = frozen_counters_.last_file_id;
  return std::move(frozen_);
}

}  // namespace tusk::dfs::namenode

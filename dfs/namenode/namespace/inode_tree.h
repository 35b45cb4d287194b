#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dfs/namenode/namespace/inode.h"
#include "dfs/namenode/namespace/inode_cache.h"
#include "dfs/namenode/namespace/mutation.h"
#include "dfs/namenode/namespace/namespace_store.h"
#include "dfs/namenode/namespace/overlay.h"

namespace tusk::dfs::namenode {

/// How much there is.
struct NamespaceTotals {
  int64_t files = 0;
  int64_t directories = 0;
  int64_t blocks = 0;
};

/// The inodes: children by name, lookup by id, over memory and store.
///
/// Reads look in the overlay of changes not yet in the store, in the overlay that is just being
/// written, in the cache, and last in the store. All of them see the namespace after the last
/// applied mutation.
///
/// Externally synchronised by the namespace lock: methods that say "shared" need it shared, all
/// others exclusively. `WriteFrozen` alone runs without it.
class InodeTree {
 public:
  /// `store` must outlive this object. `cache_bytes` bounds the cache of clean inodes.
  InodeTree(NamespaceStore& store, size_t cache_bytes);
  /// Reads the root from the store. Comes before all else, except for the mutation that makes a
  /// root.
  Status LoadRoot();

  /// Shared. The child, or null when there is none.
  Result<InodePtr> Child(FileId parent, std::string_view name);
  /// Shared. The inode with this id wherever it hangs, or null.
  Result<InodePtr> ById(FileId id);
  /// Shared. Up to `limit` children with names greater than `after` (all when absent), by name.
  Result<std::vector<InodePtr>> List(const Inode& directory, std::optional<std::string_view> after,
                                     size_t limit);
  /// Shared. Full path of an inode; nullopt when it no longer hangs below the root.
  Result<std::optional<std::string>> PathOf(const Inode& inode);
  /// Shared.
  InodePtr root() const { return root_; }

  /// Applies a mutation: the same function for a live change and for replay. Directories that get
  /// or lose an entry take the mutation's time as their modification time. An error means that
  /// the mutation does not fit the namespace (kCorruption) or that the store could not be read;
  /// then nothing is certain and the process must not go on.
  Status Apply(const Mutation& mutation, TxId txid);

  /// Shared.
  const NamespaceCounters& counters() const { return counters_; }
  FileId NextFileId() const { return FileId(counters_.last_file_id.value() + 1); }
  BlockId NextBlockId() const { return BlockId(counters_.last_block_id.value() + 1); }
  GenerationStamp NextGenerationStamp() const {
    return GenerationStamp(counters_.last_generation_stamp.value() + 1);
  }

  /// Shared. Kept up to date by Apply from what SetTotals said.
  const NamespaceTotals& totals() const { return totals_; }
  void SetTotals(const NamespaceTotals& totals) { totals_ = totals; }

  /// Bytes of changes not yet handed to the writer.
  size_t dirty_bytes() const { return active_->bytes(); }
  bool has_frozen() const { return frozen_ != nullptr; }

  /// Closes the present overlay for changes and starts a new one. False when the last frozen one
  /// is not dropped yet or there is nothing to write.
  bool Freeze();
  /// Without the lock, by one thread: writes the frozen overlay to the store and warms the cache.
  Status WriteFrozen();
  /// Lets go of the frozen overlay; returns it so that the caller frees it after unlocking.
  std::unique_ptr<Overlay> DropFrozen();

 private:
  Result<std::shared_ptr<Inode>> Edit(FileId id);
  Status ApplyChange(const PutInode& put);
  Status ApplyChange(const RemoveInode& remove);
  Status ApplyChange(const MoveInode& move);
  Status ApplyChange(const SetAttributes& set);
  Status ApplyChange(const SetBlocks& set);
  Status ApplyChange(const SetWriter& set);
  Status ApplyChange(const ClearWriter& clear);
  Status ApplyChange(const UseGenerationStamp& use);
  Status AddChildren(FileId directory, int64_t difference);
  void Use(const Block& block);

  NamespaceStore& store_;
  InodeCache cache_;  // its own lock
  std::unique_ptr<Overlay> active_;
  std::unique_ptr<Overlay> frozen_;
  NamespaceCounters counters_;
  NamespaceCounters frozen_counters_;
  FileId store_last_file_id_;  // directories with a higher id have nothing in the store
  InodePtr root_;
  NamespaceTotals totals_;

  // Of the mutation being applied: new values that are put in the overlay at its end.
  std::vector<std::shared_ptr<Inode>> edits_;
  int64_t mutation_time_ms_ = 0;
};

}  // namespace tusk::dfs::namenode

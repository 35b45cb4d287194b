#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dfs/namenode/journal/journal.h"
#include "dfs/namenode/namespace/inode.h"

namespace tusk::dfs::namenode {

/// Numbers that never go back; written with each batch.
struct NamespaceCounters {
  TxId applied_txid = 0;  ///< the store is exactly the namespace after this change
  FileId last_file_id = kRootFileId;
  BlockId last_block_id{kFirstBlockId.value() - 1};
  GenerationStamp last_generation_stamp{kFirstGenerationStamp.value() - 1};

  friend bool operator==(const NamespaceCounters&, const NamespaceCounters&) = default;
};

/// Who this namespace is; made when it is created and never changed.
struct NamespaceIdentity {
  int32_t namespace_id = 0;
  std::string cluster_id;     ///< "CID-<uuid>"
  std::string block_pool_id;  ///< "BP-<random>-<ip>-<ms>"
  int64_t creation_ms = 0;

  friend bool operator==(const NamespaceIdentity&, const NamespaceIdentity&) = default;
};

/// The namespace on disk, possibly larger than memory, always at one transaction id: a batch is
/// written whole or not at all, with the id it leads to.
///
/// Reads are thread-safe and may run beside one writer. Every read verifies checksums; kCorruption
/// is told, never skipped. After a failed write the store is dead for writing.
class NamespaceStore {
 public:
  virtual ~NamespaceStore() = default;

  /// One entry of a batch: a value, or the end of inode `id` under its key.
  struct Write {
    FileId parent;
    std::string name;
    FileId id;
    InodePtr inode;        ///< null: remove the entry
    bool drop_id = false;  ///< the inode is gone from everywhere, not just from this key
  };

  virtual const NamespaceIdentity& identity() const = 0;
  virtual NamespaceCounters counters() const = 0;

  /// The entry `name` of directory `parent`; null when there is none.
  virtual Result<InodePtr> Get(FileId parent, std::string_view name) = 0;
  /// The inode with this id; null when there is none.
  virtual Result<InodePtr> GetById(FileId id) = 0;
  /// Entries of `parent` with a name greater than `after` in byte order (from the first when
  /// absent), until `visit` returns false.
  virtual Status List(FileId parent, std::optional<std::string_view> after,
                      const std::function<bool(InodePtr)>& visit) = 0;
  /// Every inode, parents before their children only by chance.
  virtual Status ForEach(const std::function<Status(const Inode&)>& visit) = 0;

  /// Brings the store to `counters.applied_txid`, atomically and durably.
  virtual Status Apply(const std::vector<Write>& writes, const NamespaceCounters& counters) = 0;
};

}  // namespace tusk::dfs::namenode

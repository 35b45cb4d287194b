#pragma once

#include <memory>
#include <string>

#include "common/base/mutex.h"
#include "common/env/env.h"
#include "dfs/namenode/namespace/name_table.h"
#include "dfs/namenode/namespace/namespace_store.h"

namespace leveldb {
class Cache;
class DB;
class FilterPolicy;
class Logger;
}  // namespace leveldb

namespace tusk::dfs::namenode {

class LevelDbEnv;

/// The namespace in LevelDB (docs/formats/namespace_store.md): one key per entry, one small key per
/// inode id, one for the counters. Each Apply is one synced WriteBatch, so the store is at one
/// transaction id at any crash. Checksums are verified on every read.
class LevelDbNamespaceStore final : public NamespaceStore {
 public:
  /// Makes a new store in `directory`, which must not exist or be empty, with a root directory of
  /// this owner and group.
  static Status Create(Env& env, const std::string& directory, const NamespaceIdentity& identity,
                       NameTable& names, const Inode& root);
  /// Opens. kCorruption when LevelDB finds damage; never repairs. `env` and `names` must outlive
  /// the store; `cache_bytes` is for LevelDB's blocks.
  static Result<std::unique_ptr<LevelDbNamespaceStore>> Open(Env& env, const std::string& directory,
                                                             NameTable& names, size_t cache_bytes);
  ~LevelDbNamespaceStore() override;

  const NamespaceIdentity& identity() const override { return identity_; }
  NamespaceCounters counters() const override;
  Result<InodePtr> Get(FileId parent, std::string_view name) override;
  Result<InodePtr> GetById(FileId id) override;
  Status List(FileId parent, std::optional<std::string_view> after,
              const std::function<bool(InodePtr)>& visit) override;
  Status ForEach(const std::function<Status(const Inode&)>& visit) override;
  Status Apply(const std::vector<Write>& writes, const NamespaceCounters& counters) override;

 private:
  LevelDbNamespaceStore(Env& env, NameTable& names);
  Status OpenDatabase(const std::string& directory, size_t cache_bytes, bool create);
  Status ReadHead();

  NameTable& names_;
  std::unique_ptr<LevelDbEnv> leveldb_env_;
  std::unique_ptr<leveldb::Logger> logger_;
  std::unique_ptr<leveldb::Cache> cache_;
  std::unique_ptr<const leveldb::FilterPolicy> filter_;
  std::unique_ptr<leveldb::DB> database_;
  NamespaceIdentity identity_;
  mutable Mutex mutex_;
  NamespaceCounters counters_ GUARDED_BY(mutex_);
  Status dead_ GUARDED_BY(mutex_);  // first failed write
};

}  // namespace tusk::dfs::namenode

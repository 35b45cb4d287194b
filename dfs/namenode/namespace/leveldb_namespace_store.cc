#include "dfs/namenode/namespace/leveldb_namespace_store.h"

#include <utility>

#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/filter_policy.h>
#include <leveldb/write_batch.h>

#include "common/base/status_macros.h"
#include "common/codec/endian.h"
#include "dfs/namenode/namespace/inode_codec.h"
#include "dfs/namenode/namespace/leveldb_env.h"

namespace tusk::dfs::namenode {

namespace {

constexpr char kEntryPrefix = 'e';  // parent id, name -> inode
constexpr char kIdPrefix = 'i';     // id -> place
constexpr std::string_view kCountersKey = "c";
constexpr std::string_view kIdentityKey = "n";

constexpr size_t kWriteBuffer = 8u << 20;
constexpr int kBloomBits = 10;
constexpr int kMaxOpenFiles = 1000;
constexpr size_t kCreateCache = 1u << 20;

void AppendId(std::string* key, FileId id) {
  uint8_t bytes[8];
  PutBig<uint64_t>(bytes, id.value());
  key->append(AsText(ByteView(bytes)));
}

std::string EntryKey(FileId parent, std::string_view name) {
  std::string key(1, kEntryPrefix);
  key.reserve(9 + name.size());
  AppendId(&key, parent);
  key.append(name);
  return key;
}

std::string IdKey(FileId id) {
  std::string key(1, kIdPrefix);
  AppendId(&key, id);
  return key;
}

leveldb::Slice ToSlice(std::string_view text) { return leveldb::Slice(text.data(), text.size()); }
ByteView ToBytes(const leveldb::Slice& slice) {
  return AsBytes(std::string_view(slice.data(), slice.size()));
}

Status Translate(const leveldb::Status& status) {
  if (status.ok()) return Status::Ok();
  const StatusCode code = status.IsCorruption() ? StatusCode::kCorruption
                          : status.IsNotFound() ? StatusCode::kNotFound
                                                : StatusCode::kIoError;
  return Status(code, "namespace store: " + status.ToString());
}

leveldb::ReadOptions Verified() {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  return options;
}

leveldb::ReadOptions VerifiedScan() {
  leveldb::ReadOptions options = Verified();
  options.fill_cache = false;
  return options;
}

/// Splits the key of an entry; false for other keys.
bool SplitEntryKey(const leveldb::Slice& key, FileId* parent, std::string_view* name) {
  if (key.size() < 9 || key[0] != kEntryPrefix) return false;
  *parent = FileId(GetBig<uint64_t>(reinterpret_cast<const uint8_t*>(key.data()) + 1));
  *name = std::string_view(key.data() + 9, key.size() - 9);
  return true;
}

}  // namespace

LevelDbNamespaceStore::LevelDbNamespaceStore(Env& env, NameTable& names)
    : names_(names), leveldb_env_(std::make_unique<LevelDbEnv>(env)) {}

LevelDbNamespaceStore::~LevelDbNamespaceStore() = default;

Status LevelDbNamespaceStore::OpenDatabase(const std::string& directory, size_t cache_bytes,
                                           bool create) {
  leveldb::Logger* logger = nullptr;
  RETURN_IF_ERROR(Translate(leveldb_env_->NewLogger("", &logger)));
  logger_.reset(logger);
  cache_.reset(leveldb::NewLRUCache(cache_bytes));
  filter_.reset(leveldb::NewBloomFilterPolicy(kBloomBits));
  leveldb::Options options;
  options.create_if_missing = create;
  options.error_if_exists = create;
  options.paranoid_checks = true;
  options.env = leveldb_env_.get();
  options.info_log = logger_.get();
  options.write_buffer_size = kWriteBuffer;
  options.max_open_files = kMaxOpenFiles;
  options.block_cache = cache_.get();
  options.filter_policy = filter_.get();
  leveldb::DB* database = nullptr;
  RETURN_IF_ERROR(Translate(leveldb::DB::Open(options, directory, &database)));
  database_.reset(database);
  return Status::Ok();
}

Status LevelDbNamespaceStore::Create(Env& env, const std::string& directory,
                                     const NamespaceIdentity& identity, NameTable& names,
                                     const Inode& root) {
  LevelDbNamespaceStore store(env, names);
  RETURN_IF_ERROR(store.OpenDatabase(directory, kCreateCache, /*create=*/true));
  leveldb::WriteOptions write;
  write.sync = true;
  RETURN_IF_ERROR(
      Translate(store.database_->Put(write, ToSlice(kIdentityKey), EncodeIdentity(identity))));
  Inode deleted = root;
  deleted.id = kDeletedFileId;
  deleted.name = "deleted";
  deleted.permission = 0;
  const std::vector<Write> writes = {
      Write{root.parent, root.name, root.id, std::make_shared<const Inode>(root), false},
      Write{deleted.parent, deleted.name, deleted.id, std::make_shared<const Inode>(deleted),
            false}};
  return store.Apply(writes, NamespaceCounters());
}

Result<std::unique_ptr<LevelDbNamespaceStore>> LevelDbNamespaceStore::Open(
    Env& env, const std::string& directory, NameTable& names, size_t cache_bytes) {
  std::unique_ptr<LevelDbNamespaceStore> store(new LevelDbNamespaceStore(env, names));
  RETURN_IF_ERROR(store->OpenDatabase(directory, cache_bytes, /*create=*/false));
  RETURN_IF_ERROR(store->ReadHead());
  return store;
}

Status LevelDbNamespaceStore::ReadHead() {
  std::string value;
  RETURN_IF_ERROR(
      Translate(database_->Get(Verified(), ToSlice(kIdentityKey), &value)).WithContext("identity"));
  ASSIGN_OR_RETURN(identity_, DecodeIdentity(AsBytes(value)));
  RETURN_IF_ERROR(
      Translate(database_->Get(Verified(), ToSlice(kCountersKey), &value)).WithContext("counters"));
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(counters_, DecodeCounters(AsBytes(value)));
  return Status::Ok();
}

NamespaceCounters LevelDbNamespaceStore::counters() const {
  MutexLock lock(mutex_);
  return counters_;
}

Result<InodePtr> LevelDbNamespaceStore::Get(FileId parent, std::string_view name) {
  std::string value;
  const leveldb::Status status = database_->Get(Verified(), EntryKey(parent, name), &value);
  if (status.IsNotFound()) return InodePtr();
  RETURN_IF_ERROR(Translate(status));
  ASSIGN_OR_RETURN(Inode inode, DecodeInode(parent, name, AsBytes(value), names_));
  return InodePtr(std::make_shared<const Inode>(std::move(inode)));
}

Result<InodePtr> LevelDbNamespaceStore::GetById(FileId id) {
  std::string value;
  const leveldb::Status status = database_->Get(Verified(), IdKey(id), &value);
  if (status.IsNotFound()) return InodePtr();
  RETURN_IF_ERROR(Translate(status));
  ASSIGN_OR_RETURN(const Place place, DecodePlace(AsBytes(value)));
  ASSIGN_OR_RETURN(InodePtr inode, Get(place.parent, place.name));
  if (!inode || inode->id != id) {
    return Status::Error(StatusCode::kCorruption, "namespace store: id {} leads to another inode",
                         id);
  }
  return inode;
}

Status LevelDbNamespaceStore::List(FileId parent, std::optional<std::string_view> after,
                                   const std::function<bool(InodePtr)>& visit) {
  const std::unique_ptr<leveldb::Iterator> it(database_->NewIterator(Verified()));
  std::string start = EntryKey(parent, after.value_or(""));
  if (after) start.push_back('\0');  // the next key in byte order
  for (it->Seek(start); it->Valid(); it->Next()) {
    FileId at;
    std::string_view name;
    if (!SplitEntryKey(it->key(), &at, &name) || at != parent) break;
    ASSIGN_OR_RETURN(Inode inode, DecodeInode(parent, name, ToBytes(it->value()), names_));
    if (!visit(std::make_shared<const Inode>(std::move(inode)))) return Status::Ok();
  }
  return Translate(it->status());
}

Status LevelDbNamespaceStore::ForEach(const std::function<Status(const Inode&)>& visit) {
  const std::unique_ptr<leveldb::Iterator> it(database_->NewIterator(VerifiedScan()));
  for (it->Seek(std::string(1, kEntryPrefix)); it->Valid(); it->Next()) {
    FileId parent;
    std::string_view name;
    if (!SplitEntryKey(it->key(), &parent, &name)) break;
    ASSIGN_OR_RETURN(const Inode inode, DecodeInode(parent, name, ToBytes(it->value()), names_));
    RETURN_IF_ERROR(visit(inode));
  }
  return Translate(it->status());
}

Status LevelDbNamespaceStore::Apply(const std::vector<Write>& writes,
                                    const NamespaceCounters& counters) {
  {
    MutexLock lock(mutex_);
    RETURN_IF_ERROR(dead_);
  }
  leveldb::WriteBatch batch;
  for (const Write& write : writes) {
    if (write.inode) {
      batch.Put(EntryKey(write.parent, write.name), EncodeInode(*write.inode, names_));
      batch.Put(IdKey(write.id), EncodePlace(write.parent, write.name));
    } else if (write.drop_id) {
      batch.Delete(IdKey(write.id));
    } else {
      batch.Delete(EntryKey(write.parent, write.name));
    }
  }
  batch.Put(ToSlice(kCountersKey), EncodeCounters(counters));
  leveldb::WriteOptions options;
  options.sync = true;
  const Status status = Translate(database_->Write(options, &batch));
  MutexLock lock(mutex_);
  if (status.ok()) {
    counters_ = counters;
  } else {
    dead_ = status;
  }
  return status;
}

}  // namespace tusk::dfs::namenode

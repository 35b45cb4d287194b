#include "dfs/datanode/storage/volume.h"

#include <utility>

#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "dfs/datanode/storage/version_file.h"

namespace tusk::dfs::datanode {
namespace {

// HDFS's DataNodeLayoutVersion: block directories by bits of the id, 32 x 32.
constexpr const char* kLayoutVersion = "-57";

std::string NewStorageId() {
  const uint64_t a = RandomSeed();
  const uint64_t b = RandomSeed();
  return fmt::format("DS-{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", a >> 32, a >> 16 & 0xffff,
                     a & 0xffff, b >> 48, b & 0xffffffffffff);
}

Status CheckSame(const std::string& path, const std::string& what, const std::string& found,
                 const std::string& wanted) {
  if (found == wanted) return Status();
  return Status::Error(StatusCode::kVersionMismatch, "{} belongs to {} {}, not {}", path, what,
                       found, wanted);
}

}  // namespace

Volume::Volume(Env& env, std::string path, StorageType type, uint32_t index,
               const VolumeOptions& options)
    : env_(env),
      path_(std::move(path)),
      type_(type),
      index_(index),
      reserved_(options.reserved_bytes),
      pool_("volume " + std::to_string(index), options.threads, options.max_queued) {}

Volume::~Volume() { pool_.Stop(); }

Result<std::unique_ptr<Volume>> Volume::Open(Env& env, std::string path, StorageType type,
                                             uint32_t index, const VolumeOptions& options) {
  RETURN_IF_ERROR(env.MakeDirectories(path));
  std::unique_ptr<Volume> volume(new Volume(env, std::move(path), type, index, options));
  ASSIGN_OR_RETURN(volume->lock_, env.Lock(volume->path_ + "/in_use.lock"));
  Result<VersionFile> version = ReadVersionFile(env, volume->path_ + "/current/VERSION");
  if (version.ok()) {
    ASSIGN_OR_RETURN(volume->datanode_uuid_, VersionValue(*version, "datanodeUuid"));
    ASSIGN_OR_RETURN(volume->storage_id_, VersionValue(*version, "storageID"));
  } else if (version.status().code() != StatusCode::kNotFound) {
    return std::move(version).status();
  }
  RETURN_IF_ERROR(volume->RefreshSpace());
  return volume;
}

Status Volume::Attach(const NamespaceIdentity& identity, const std::string& datanode_uuid) {
  // The pool id becomes a directory name.
  if (identity.pool_id.empty() || identity.pool_id.size() > 200 ||
      identity.pool_id.find_first_of(std::string("/\0", 2)) != std::string::npos ||
      identity.pool_id[0] == '.') {
    return Status::Error(StatusCode::kInvalidArgument, "\"{}\" is no block pool id",
                         identity.pool_id);
  }
  if (!pool_id_.empty()) return CheckSame(path_, "block pool", pool_id_, identity.pool_id);
  RETURN_IF_ERROR(AttachStorage(identity, datanode_uuid));
  RETURN_IF_ERROR(AttachPool(identity));
  pool_id_ = identity.pool_id;
  return Status();
}

Status Volume::AttachStorage(const NamespaceIdentity& identity, const std::string& datanode_uuid) {
  const std::string file = path_ + "/current/VERSION";
  Result<VersionFile> version = ReadVersionFile(env_, file);
  if (version.ok()) {
    ASSIGN_OR_RETURN(const std::string cluster, VersionValue(*version, "clusterID"));
    ASSIGN_OR_RETURN(const std::string uuid, VersionValue(*version, "datanodeUuid"));
    RETURN_IF_ERROR(CheckSame(path_, "cluster", cluster, identity.cluster_id));
    return CheckSame(path_, "datanode", uuid, datanode_uuid);
  }
  if (version.status().code() != StatusCode::kNotFound) return std::move(version).status();
  RETURN_IF_ERROR(env_.MakeDirectories(path_ + "/current"));
  datanode_uuid_ = datanode_uuid;
  storage_id_ = NewStorageId();
  const VersionFile values = {{"storageID", storage_id_},
                              {"clusterID", identity.cluster_id},
                              {"cTime", "0"},
                              {"datanodeUuid", datanode_uuid_},
                              {"storageType", "DATA_NODE"},
                              {"layoutVersion", kLayoutVersion}};
  return WriteVersionFile(env_, file, values);
}

Status Volume::AttachPool(const NamespaceIdentity& identity) {
  const std::string pool = path_ + "/current/" + identity.pool_id;
  rbw_ = pool + "/current/rbw";
  finalized_ = pool + "/current/finalized";
  tmp_ = pool + "/tmp";
  RETURN_IF_ERROR(env_.MakeDirectories(rbw_));
  RETURN_IF_ERROR(env_.MakeDirectories(finalized_));
  RETURN_IF_ERROR(env_.RemoveTree(tmp_));
  RETURN_IF_ERROR(env_.MakeDirectories(tmp_));
  const std::string file = pool + "/current/VERSION";
  Result<VersionFile> version = ReadVersionFile(env_, file);
  if (version.ok()) {
    ASSIGN_OR_RETURN(const std::string id, VersionValue(*version, "namespaceID"));
    return CheckSame(path_, "namespace", id, std::to_string(identity.namespace_id));
  }
  if (version.status().code() != StatusCode::kNotFound) return std::move(version).status();
  const VersionFile values = {{"namespaceID", std::to_string(identity.namespace_id)},
                              {"cTime", std::to_string(identity.creation_time)},
                              {"blockpoolID", identity.pool_id},
                              {"layoutVersion", kLayoutVersion}};
  return WriteVersionFile(env_, file, values);
}

std::string Volume::FinalizedDirectory(BlockId id) const {
  const uint64_t number = static_cast<uint64_t>(id.value());
  return fmt::format("{}/subdir{}/subdir{}", finalized_, number >> 16 & 31, number >> 8 & 31);
}

Result<std::string> Volume::MakeFinalizedDirectory(BlockId id) {
  const uint64_t number = static_cast<uint64_t>(id.value());
  std::atomic<bool>& made = made_[(number >> 16 & 31) * 32 + (number >> 8 & 31)];
  std::string directory = FinalizedDirectory(id);
  if (made.load(std::memory_order_acquire)) return directory;
  RETURN_IF_ERROR(env_.MakeDirectories(directory));
  made.store(true, std::memory_order_release);
  return directory;
}

Status Volume::RefreshSpace() {
  ASSIGN_OR_RETURN(const DiskSpace space, env_.Space(path_));
  capacity_ = space.capacity > reserved_ ? space.capacity - reserved_ : 0;
  available_ = space.available;
  return Status();
}

uint64_t Volume::remaining() const {
  const uint64_t available = available_.load(std::memory_order_relaxed);
  return available > reserved_ && !failed() ? available - reserved_ : 0;
}

void Volume::AddUsed(int64_t bytes) {
  used_.fetch_add(static_cast<uint64_t>(bytes), std::memory_order_relaxed);
  // Only ever corrects towards less room than there is; the next RefreshSpace sets it right.
  if (bytes > 0) {
    const uint64_t taken = static_cast<uint64_t>(bytes);
    uint64_t now = available_.load(std::memory_order_relaxed);
    while (!available_.compare_exchange_weak(now, now > taken ? now - taken : 0,
                                             std::memory_order_relaxed)) {
    }
  }
}

void Volume::MarkFailed(const Status& cause) {
  if (failed_.exchange(true)) return;
  LOG_ERROR("datanode", "volume {} has failed and takes no more blocks: {}", path_,
            cause.ToString());
}

}  // namespace tusk::dfs::datanode

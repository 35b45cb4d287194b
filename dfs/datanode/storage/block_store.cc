#include "dfs/datanode/storage/block_store.h"

#include <thread>
#include <utility>

#include "common/base/status_macros.h"
#include "common/fault/fault_point.h"
#include "common/log/logger.h"
#include "dfs/datanode/storage/block_meta_file.h"
#include "dfs/datanode/storage/directory_scanner.h"
#include "dfs/wire/remote_exception.h"

namespace tusk::dfs::datanode {

Status ReplicaNotFound(BlockId id) {
  return Status::Error(StatusCode::kNotFound, "replica blk_{} is not on this datanode", id)
      .WithRemoteClass(remote_class::kReplicaNotFound);
}

BlockStore::BlockStore(Env& env, BlockStoreOptions options,
                       std::vector<std::unique_ptr<Volume>> volumes)
    : env_(env),
      options_(std::move(options)),
      volumes_(std::make_unique<VolumeSet>(std::move(volumes))) {}

Result<std::unique_ptr<BlockStore>> BlockStore::Open(Env& env, BlockStoreOptions options) {
  std::vector<std::unique_ptr<Volume>> volumes;
  for (const VolumeSpec& spec : options.volumes) {
    const uint32_t index = static_cast<uint32_t>(volumes.size());
    ASSIGN_OR_RETURN(std::unique_ptr<Volume> volume,
                     Volume::Open(env, spec.path, spec.type, index, options.volume));
    volumes.push_back(std::move(volume));
  }
  if (volumes.empty()) {
    return Status(StatusCode::kInvalidArgument, "a datanode needs at least one data directory");
  }
  return std::unique_ptr<BlockStore>(new BlockStore(env, std::move(options), std::move(volumes)));
}

std::string BlockStore::datanode_uuid() const {
  for (const auto& volume : volumes_->volumes()) {
    if (!volume->datanode_uuid().empty()) return volume->datanode_uuid();
  }
  return {};
}

Status BlockStore::Attach(const NamespaceIdentity& identity, const std::string& uuid) {
  const bool first = !attached();
  if (!first && identity.pool_id != identity_.pool_id) {
    return Status::Error(StatusCode::kVersionMismatch,
                         "the namenode now serves block pool {}, this datanode has {}",
                         identity.pool_id, identity_.pool_id);
  }
  std::string own = datanode_uuid();
  if (own.empty()) own = uuid;
  for (const auto& volume : volumes_->volumes()) RETURN_IF_ERROR(volume->Attach(identity, own));
  if (!first) return Status();

  std::vector<Result<ScanResult>> results(volumes_->size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < volumes_->size(); ++i) {
    threads.emplace_back(
        [this, i, &results] { results[i] = ScanVolume(volumes_->at(static_cast<uint32_t>(i))); });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < results.size(); ++i) {
    RETURN_IF_ERROR(results[i].status());
    Volume& volume = volumes_->at(static_cast<uint32_t>(i));
    volume.AddUsed(static_cast<int64_t>(results[i]->used_bytes));
    for (Replica& replica : results[i]->replicas) {
      if (!map_.Insert(replica)) {
        LOG_WARN("datanode", "blk_{} is on two volumes, the one in {} is not used",
                 replica.block.id, volume.path());
      }
    }
    LOG_INFO("datanode", "scanned {} replicas={} dropped={} bytes_verified={}", volume.path(),
             results[i]->replicas.size(), results[i]->dropped, results[i]->bytes_verified);
  }
  for (const auto& volume : volumes_->volumes()) RETURN_IF_ERROR(volume->RefreshSpace());
  identity_ = identity;
  attached_.store(true, std::memory_order_release);
  return Status();
}

Result<Replica> BlockStore::Get(BlockId id) const {
  std::optional<Replica> replica = map_.Find(id);
  if (!replica.has_value()) return ReplicaNotFound(id);
  return *std::move(replica);
}

Result<Volume*> BlockStore::VolumeOf(BlockId id) const {
  ASSIGN_OR_RETURN(const Replica replica, Get(id));
  return &volumes_->at(replica.volume);
}

std::vector<Replica> BlockStore::ReportOf(uint32_t volume) const {
  std::vector<Replica> replicas = map_.OfVolume(volume);
  std::erase_if(replicas, [](const Replica& r) { return r.state == ReplicaState::kTemporary; });
  for (Replica& replica : replicas) replica.block = replica.Facts().block;
  return replicas;
}

Result<uint64_t> BlockStore::GetVisibleLength(const Block& block) const {
  ASSIGN_OR_RETURN(const Replica replica, Get(block.id));
  if (replica.block.generation_stamp < block.generation_stamp) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "replica blk_{} has generation stamp {}, older than {}", block.id,
                         replica.block.generation_stamp, block.generation_stamp);
  }
  return VisibleLength(replica.Facts());
}

Task<Status> BlockStore::StopWriter(BlockId id, Deadline deadline) {
  const std::optional<Replica> replica = map_.Find(id);
  if (!replica.has_value() || replica->live == nullptr) co_return Status();
  const bool stopped = co_await replica->live->StopWriter(deadline);
  if (stopped) co_return Status();
  co_return Status::Error(StatusCode::kDeadlineExceeded, "the writer of blk_{} does not end", id);
}

std::string BlockStore::DirectoryOf(const Replica& replica) const {
  const Volume& volume = volumes_->at(replica.volume);
  switch (replica.Place()) {
    case ReplicaState::kFinalized:
      return volume.FinalizedDirectory(replica.block.id);
    case ReplicaState::kTemporary:
      return volume.tmp_directory();
    default:
      return volume.rbw_directory();
  }
}

std::string BlockStore::DataPath(const Replica& replica) const {
  return DirectoryOf(replica) + "/" + BlockFileName(replica.block.id);
}

std::string BlockStore::MetaPath(const Replica& replica) const {
  return DirectoryOf(replica) + "/" +
         MetaFileName(replica.block.id, replica.block.generation_stamp);
}

void BlockStore::Tell(ReplicaEvent event, const Block& block, const Volume& volume) const {
  if (listener_) listener_(event, block, volume);
}

void BlockStore::RemoveFiles(const Replica& replica) {
  Volume& volume = volumes_->at(replica.volume);
  uint64_t freed = 0;
  for (const std::string& path : {DataPath(replica), MetaPath(replica)}) {
    const Result<FileStat> stat = env_.Stat(path);
    if (!stat.ok()) continue;
    const Status removed = env_.RemoveFile(path);
    if (removed.ok()) freed += stat->size;
    if (!removed.ok()) LOG_WARN("datanode", "{}", removed.ToString());
  }
  volume.AddUsed(-static_cast<int64_t>(freed));
}

void BlockStore::Drop(const Replica& replica) {
  map_.Erase(replica.block.id);
  RemoveFiles(replica);
  Tell(ReplicaEvent::kDeleted, replica.block, volumes_->at(replica.volume));
}

Result<std::unique_ptr<ReplicaReader>> BlockStore::OpenForRead(const Block& block) {
  // A replica that is moved between the look-up and the open is looked up again.
  for (int attempt = 0;; ++attempt) {
    Result<std::unique_ptr<ReplicaReader>> reader = OpenOnce(block);
    const bool moved = !reader.ok() && reader.status().code() == StatusCode::kNotFound &&
                       reader.status().remote_class().empty();
    if (!moved || attempt >= 3) return reader;
  }
}

Result<std::unique_ptr<ReplicaReader>> BlockStore::OpenOnce(const Block& block) {
  ASSIGN_OR_RETURN(const Replica replica, Get(block.id));
  if (replica.block.generation_stamp < block.generation_stamp) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "replica blk_{} has generation stamp {}, older than {}", block.id,
                         replica.block.generation_stamp, block.generation_stamp);
  }
  if (replica.state == ReplicaState::kTemporary) return ReplicaNotFound(block.id);
  ReplicaReader::Source source;
  source.block = replica.block;
  source.data_path = DataPath(replica);
  source.meta_path = MetaPath(replica);
  source.length = replica.block.length;
  if (replica.live != nullptr) {
    const LiveReplica::Progress progress = replica.live->progress();
    source.length = progress.on_disk;
    source.last_checksum = progress.last_checksum;
    source.growing = true;
  }
  source.block.length = source.length;
  return ReplicaReader::Open(volumes_->at(replica.volume), source);
}

Status BlockStore::Invalidate(const Block& block) {
  const std::optional<Replica> replica = map_.Find(block.id);
  if (!replica.has_value()) return Status();
  if (replica->block.generation_stamp > block.generation_stamp) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "replica blk_{} has generation stamp {}, newer than {}: not deleted",
                         block.id, replica->block.generation_stamp, block.generation_stamp);
  }
  FAULT_POINT("dn.invalidate.before_remove");
  Drop(*replica);
  return Status();
}

}  // namespace tusk::dfs::datanode

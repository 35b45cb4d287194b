// The part of BlockStore that creates, reopens, finalizes and recovers replicas.
#include <utility>

#include "common/base/scope_exit.h"
#include "common/base/status_macros.h"
#include "common/fault/fault_point.h"
#include "common/log/logger.h"
#include "dfs/datanode/storage/block_meta_file.h"
#include "dfs/datanode/storage/block_store.h"

namespace tusk::dfs::datanode {
namespace {

Status Busy(BlockId id) {
  return Status::Error(StatusCode::kFailedPrecondition, "replica blk_{} is being written", id);
}

}  // namespace

Result<std::unique_ptr<ReplicaWriter>> BlockStore::Create(Volume& volume, const Block& block,
                                                          const ChecksumSpec& spec, bool temporary,
                                                          std::function<void()> interrupt) {
  if (const std::optional<Replica> existing = map_.Find(block.id); existing.has_value()) {
    RETURN_IF_ERROR(CheckCreate(existing->Facts(), block));
    if (existing->live != nullptr && !existing->live->BeginWriting({})) return Busy(block.id);
    map_.Erase(block.id);
    RemoveFiles(*existing);
  }
  Replica replica;
  replica.block = {.id = block.id, .generation_stamp = block.generation_stamp, .length = 0};
  replica.state = temporary ? ReplicaState::kTemporary : ReplicaState::kBeingWritten;
  replica.volume = volume.index();
  replica.live = std::make_shared<LiveReplica>(0, 0);
  replica.live->BeginWriting(std::move(interrupt));
  if (!map_.Insert(replica)) return CheckCreate(map_.Find(block.id)->Facts(), block);

  Result<std::unique_ptr<ReplicaWriter>> writer =
      ReplicaWriter::Create(volume, DirectoryOf(replica), replica.block, spec);
  if (!writer.ok()) {
    map_.Erase(block.id);
    // Files of a replica that is not in the map: left by a removal that failed.
    if (writer.status().code() == StatusCode::kAlreadyExists) RemoveFiles(replica);
    replica.live->EndWriting();
    return writer;
  }
  (*writer)->set_live(replica.live);
  FAULT_POINT("dn.create.after_files");
  if (!temporary) Tell(ReplicaEvent::kReceiving, replica.block, volume);
  return writer;
}

Result<std::unique_ptr<ReplicaWriter>> BlockStore::Append(const ReopenRequest& request,
                                                          bool recovery,
                                                          std::function<void()> interrupt) {
  ASSIGN_OR_RETURN(Replica replica, Get(request.block.id));
  const ReplicaFacts facts = replica.Facts();
  RETURN_IF_ERROR(CheckAppend(facts, request, recovery));
  return Reopen(std::move(replica), request.new_stamp, facts.block.length, std::move(interrupt));
}

Result<std::unique_ptr<ReplicaWriter>> BlockStore::RecoverStreaming(
    const ReopenRequest& request, std::function<void()> interrupt) {
  ASSIGN_OR_RETURN(Replica replica, Get(request.block.id));
  ASSIGN_OR_RETURN(const uint64_t keep, CheckStreamingRecovery(replica.Facts(), request));
  return Reopen(std::move(replica), request.new_stamp, keep, std::move(interrupt));
}

Result<std::unique_ptr<ReplicaWriter>> BlockStore::Reopen(Replica replica, GenerationStamp stamp,
                                                          uint64_t length,
                                                          std::function<void()> interrupt) {
  Volume& volume = volumes_->at(replica.volume);
  std::shared_ptr<LiveReplica> live = replica.live;
  if (live == nullptr) live = std::make_shared<LiveReplica>(length, 0);
  if (!live->BeginWriting(std::move(interrupt))) return Busy(replica.block.id);
  ScopeExit give_back([&live] { live->EndWriting(); });

  const std::string old_data = DataPath(replica);
  const std::string old_meta = MetaPath(replica);
  const std::string old_directory = DirectoryOf(replica);
  replica.state = ReplicaState::kBeingWritten;
  replica.block.generation_stamp = stamp;
  if (DataPath(replica) != old_data) RETURN_IF_ERROR(env_.Rename(old_data, DataPath(replica)));
  FAULT_POINT("dn.reopen.between_renames");
  if (MetaPath(replica) != old_meta) {
    RETURN_IF_ERROR(env_.Rename(old_meta, MetaPath(replica)));
    RETURN_IF_ERROR(env_.SyncDirectory(DirectoryOf(replica)));
    if (old_directory != DirectoryOf(replica)) RETURN_IF_ERROR(env_.SyncDirectory(old_directory));
  }
  // Should opening fail, this is what it is: as after a restart.
  Replica waiting = replica;
  waiting.state = ReplicaState::kWaiting;
  waiting.live = nullptr;
  map_.Put(waiting);
  ASSIGN_OR_RETURN(std::unique_ptr<ReplicaWriter> writer,
                   ReplicaWriter::Reopen(volume, DirectoryOf(replica), replica.block, length));
  live->SetOnDisk(length, writer->last_checksum());
  live->SetAcked(length);
  writer->set_live(live);
  replica.live = live;
  replica.block.length = length;
  map_.Put(replica);
  give_back.Cancel();
  Tell(ReplicaEvent::kReceiving, replica.block, volume);
  return writer;
}

Result<Block> BlockStore::RecoverClose(const ReopenRequest& request) {
  ASSIGN_OR_RETURN(Replica replica, Get(request.block.id));
  const ReplicaFacts facts = replica.Facts();
  RETURN_IF_ERROR(CheckCloseRecovery(facts, request));
  ASSIGN_OR_RETURN(std::unique_ptr<ReplicaWriter> writer,
                   Reopen(std::move(replica), request.new_stamp, facts.block.length, {}));
  return Finalize(std::move(writer), false);
}

Status BlockStore::ConvertTemporary(std::unique_ptr<ReplicaWriter> writer) {
  ASSIGN_OR_RETURN(Replica replica, Get(writer->block().id));
  const std::shared_ptr<LiveReplica> live = writer->live();
  ScopeExit give_back([&live] { live->EndWriting(); });
  RETURN_IF_ERROR(writer->Close());
  const std::string old_data = DataPath(replica);
  const std::string old_meta = MetaPath(replica);
  replica.state = ReplicaState::kBeingWritten;
  RETURN_IF_ERROR(env_.Rename(old_data, DataPath(replica)));
  RETURN_IF_ERROR(env_.Rename(old_meta, MetaPath(replica)));
  live->SetAcked(writer->length());
  map_.Put(replica);
  Tell(ReplicaEvent::kReceiving, replica.block, writer->volume());
  return Status();
}

Result<Block> BlockStore::Finalize(std::unique_ptr<ReplicaWriter> writer, bool synced) {
  ASSIGN_OR_RETURN(Replica replica, Get(writer->block().id));
  const Replica before = replica;
  Volume& volume = writer->volume();
  const std::shared_ptr<LiveReplica> live = writer->live();
  const bool sync = options_.sync_on_close;

  FAULT_POINT("dn.finalize.before_sync");
  Status status = sync && !synced ? writer->Sync() : Status();
  if (status.ok()) status = writer->Close();
  FAULT_POINT("dn.finalize.before_rename");
  replica.state = ReplicaState::kFinalized;
  replica.block.length = writer->length();
  replica.live = nullptr;
  Result<std::string> directory = volume.MakeFinalizedDirectory(replica.block.id);
  if (status.ok()) status = directory.status();
  if (status.ok()) status = env_.Rename(writer->data_path(), DataPath(replica));
  FAULT_POINT("dn.finalize.between_renames");
  if (status.ok()) status = env_.Rename(writer->meta_path(), MetaPath(replica));
  FAULT_POINT("dn.finalize.after_rename");
  if (status.ok() && sync) status = env_.SyncDirectory(*directory);
  if (status.ok() && sync) status = env_.SyncDirectory(writer->directory());
  if (!status.ok()) {
    if (status.code() == StatusCode::kIoError) volume.MarkFailed(status);
    // Half of it may be in either place: neither counts any more.
    RemoveFiles(replica);
    Drop(before);
    live->EndWriting();
    return status;
  }
  map_.Put(replica);
  live->SetAcked(replica.block.length);
  live->EndWriting();
  FAULT_POINT("dn.finalize.before_report");
  Tell(ReplicaEvent::kReceived, replica.block, volume);
  return replica.block;
}

void BlockStore::Release(std::unique_ptr<ReplicaWriter> writer) {
  const std::optional<Replica> replica = map_.Find(writer->block().id);
  const std::shared_ptr<LiveReplica> live = writer->live();
  const bool mine = replica.has_value() && replica->live == live;
  const Status closed = writer->Close();
  if (mine && (writer->dead() || !closed.ok() || replica->state == ReplicaState::kTemporary)) {
    Drop(*replica);
  }
  live->EndWriting();
}

Result<std::optional<ReplicaFacts>> BlockStore::InitRecovery(const Block& block,
                                                             GenerationStamp recovery_id) {
  std::optional<Replica> replica = map_.Find(block.id);
  if (!replica.has_value() || replica->state == ReplicaState::kTemporary) {
    return std::optional<ReplicaFacts>();
  }
  const ReplicaFacts facts = replica->Facts();
  RETURN_IF_ERROR(CheckInitRecovery(facts, block, recovery_id));
  if (replica->live != nullptr) {
    if (!replica->live->BeginWriting({})) return Busy(block.id);
    replica->live->EndWriting();
  }
  if (replica->state != ReplicaState::kUnderRecovery) replica->recovered_from = replica->state;
  replica->state = ReplicaState::kUnderRecovery;
  replica->recovery_id = recovery_id;
  replica->block = facts.block;
  map_.Put(*replica);
  ReplicaFacts answer = facts;
  answer.state = replica->recovered_from;
  return std::optional<ReplicaFacts>(answer);
}

Result<std::string> BlockStore::UpdateRecovery(const Block& block, GenerationStamp recovery_id,
                                               uint64_t new_length) {
  ASSIGN_OR_RETURN(Replica replica, Get(block.id));
  RETURN_IF_ERROR(CheckUpdateRecovery(replica.Facts(), block, recovery_id, new_length));
  const std::string storage_id = volumes_->at(replica.volume).storage_id();
  ASSIGN_OR_RETURN(std::unique_ptr<ReplicaWriter> writer,
                   Reopen(std::move(replica), recovery_id, new_length, {}));
  RETURN_IF_ERROR(Finalize(std::move(writer), false).status());
  return storage_id;
}

}  // namespace tusk::dfs::datanode

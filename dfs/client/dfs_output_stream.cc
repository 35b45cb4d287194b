#include "dfs/client/dfs_output_stream.h"

#include <algorithm>
#include <cstring>

#include "common/base/status_macros.h"
#include "common/log/logger.h"

namespace tusk::dfs {
namespace {

/// Packets that gather before a system call: about a megabyte at the usual packet size.
constexpr size_t kSendBatch = 16;
/// Recoveries for one and the same packet before the stream gives up.
constexpr int kMaxRecoveries = 5;

/// What the first packets of an appended block may hold: the rest of its last chunk.
uint64_t BytesToChunkEnd(uint64_t offset, uint32_t chunk) { return chunk - offset % chunk; }

}  // namespace

DfsOutputStream::DfsOutputStream(std::shared_ptr<ClientContext> context, std::string path,
                                 const FileStatus& status)
    : context_(std::move(context)),
      file_{std::move(path), status.file_id, context_->client_name},
      block_size_(status.block_size),
      replication_(status.replication),
      checksum_(context_->options.checksum),
      packet_capacity_(PacketDataCapacity(checksum_, context_->options.packet_bytes)),
      streamer_(*context_, checksum_) {
  context_->renewer.Register(this);
}

Result<std::unique_ptr<OutputStream>> DfsOutputStream::ForAppend(
    std::shared_ptr<ClientContext> context, std::string path, NamenodeProxy::AppendAnswer answer) {
  auto stream =
      std::make_unique<DfsOutputStream>(std::move(context), std::move(path), answer.status);
  {
    MutexLock lock(stream->mutex_);
    stream->file_offset_ = answer.status.length;
    if (answer.last_block) {
      RETURN_IF_ERROR(stream->OpenAppended(*std::move(answer.last_block)));
    }
  }
  return std::unique_ptr<OutputStream>(std::move(stream));
}

DfsOutputStream::~DfsOutputStream() { context_->renewer.Unregister(this); }

uint64_t DfsOutputStream::Position() const {
  MutexLock lock(mutex_);
  return file_offset_ + block_offset_;
}

void DfsOutputStream::KeepAlive() {
  if (!mutex_.TryLock()) return;
  streamer_.KeepAlive();
  mutex_.Unlock();
}

Status DfsOutputStream::CheckOpen() const {
  RETURN_IF_ERROR(first_error_);
  if (closed_) {
    return Status::Error(StatusCode::kFailedPrecondition, "stream is closed: {}", file_.path);
  }
  return Status::Ok();
}

Status DfsOutputStream::Keep(Status status) {
  if (!status.ok() && first_error_.ok()) first_error_ = status;
  return status;
}

Status DfsOutputStream::Write(ByteView data) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckOpen());
  return Keep(WriteLocked(data));
}

Status DfsOutputStream::Flush() {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckOpen());
  return Keep(FlushLocked(false));
}

Status DfsOutputStream::Sync() {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckOpen());
  return Keep(FlushLocked(true));
}

Status DfsOutputStream::Close() {
  MutexLock lock(mutex_);
  if (closed_) return first_error_;
  closed_ = true;
  Status status = first_error_;
  if (status.ok()) status = Keep(CloseLocked());
  streamer_.Close();
  return status;
}

void DfsOutputStream::StartPacket() {
  packet_ = streamer_.NewPacket(packet_capacity_);
  const uint64_t start = block_offset_ - partial_chunk_.size();
  packet_->header.offset_in_block = static_cast<int64_t>(start);
  std::copy(partial_chunk_.begin(), partial_chunk_.end(), packet_->data.get());
  packet_->header.data_length = static_cast<uint32_t>(partial_chunk_.size());
  partial_chunk_.clear();
}

void DfsOutputStream::CutPacket(bool sync) {
  // A chunk that is not full yet is sent again from its start with the bytes to come.
  const uint64_t end = packet_->end();
  const uint64_t rest = end % checksum_.bytes_per_checksum;
  const uint64_t keep = std::min<uint64_t>(rest, packet_->header.data_length);
  const uint8_t* data = packet_->data.get();
  partial_chunk_.assign(data + packet_->header.data_length - keep,
                        data + packet_->header.data_length);
  if (sync) packet_->header.sync_block = true;
  streamer_.Enqueue(std::move(packet_));
  unsent_ = false;
}

Status DfsOutputStream::WriteLocked(ByteView data) {
  while (!data.empty()) {
    if (!packet_) StartPacket();
    const uint64_t start = packet_->offset();
    uint64_t room = packet_capacity_ - packet_->header.data_length;
    if (start % checksum_.bytes_per_checksum != 0) {
      room = BytesToChunkEnd(start, checksum_.bytes_per_checksum) - packet_->header.data_length;
    }
    const size_t n =
        static_cast<size_t>(std::min<uint64_t>({data.size(), room, block_size_ - block_offset_}));
    std::memcpy(packet_->data.get() + packet_->header.data_length, data.data(), n);
    packet_->header.data_length += static_cast<uint32_t>(n);
    block_offset_ += n;
    unsent_ = true;
    data = data.subspan(n);
    if (n == room) {
      CutPacket(false);
      partial_chunk_.clear();
    }
    if (block_offset_ == block_size_) {
      RETURN_IF_ERROR(FinishBlock());
    } else if (streamer_.queued() >= kSendBatch) {
      RETURN_IF_ERROR(EnsureBlock());
      RETURN_IF_ERROR(Drive(&DataStreamer::Send));
    }
  }
  if (streamer_.queued() > 0) {
    RETURN_IF_ERROR(EnsureBlock());
    RETURN_IF_ERROR(Drive(&DataStreamer::Send));
  }
  return Status::Ok();
}

Status DfsOutputStream::FlushLocked(bool sync) {
  if (block_offset_ == 0) return Status::Ok();  // at a block's border all is acknowledged
  RETURN_IF_ERROR(EnsureBlock());
  if (packet_ && unsent_) {
    CutPacket(sync);
  } else if (sync) {
    std::unique_ptr<WritePacket> empty = streamer_.NewPacket(packet_capacity_);
    empty->header.offset_in_block = static_cast<int64_t>(block_offset_);
    empty->header.sync_block = true;
    streamer_.Enqueue(std::move(empty));
  }
  block_->must_keep_copies = true;
  RETURN_IF_ERROR(Drive(&DataStreamer::SendAndWait));
  if (persisted_) return Status::Ok();
  RETURN_IF_ERROR(context_->namenode.Fsync(file_, -1));
  persisted_ = true;
  return Status::Ok();
}

Status DfsOutputStream::CloseLocked() {
  if (block_offset_ > 0) RETURN_IF_ERROR(FinishBlock());
  return CompleteFile();
}

Status DfsOutputStream::EnsureBlock() {
  if (block_) return Status::Ok();
  return OpenNewBlock();
}

Result<LocatedBlock> DfsOutputStream::AskForBlock() {
  std::chrono::nanoseconds delay = context_->options.locate_block_delay;
  for (uint32_t attempt = 0;; ++attempt) {
    Result<LocatedBlock> block = context_->namenode.AddBlock(file_, previous_, excluded_);
    if (block.ok() || block.status().code() != StatusCode::kNotReplicatedYet ||
        attempt == context_->options.locate_block_retries) {
      return block;
    }
    RETURN_IF_ERROR(context_->namenode.Wait(delay));
    delay *= 2;
  }
}

Status DfsOutputStream::OpenNewBlock() {
  for (uint32_t attempt = 0;; ++attempt) {
    ASSIGN_OR_RETURN(LocatedBlock located, AskForBlock());
    if (located.locations.empty()) {
      return Status::Error(StatusCode::kNoSpace, "the namenode gave a block without datanodes: {}",
                           file_.path);
    }
    PipelineSetup setup;
    setup.block = located.block;
    setup.token = located.token;
    setup.nodes = located.locations;
    const Status opened = streamer_.Open(setup);
    if (opened.ok()) {
      streamer_.set_block_start(0);
      block_.emplace();
      block_->block = located.block;
      block_->token = located.token;
      block_->nodes = std::move(located.locations);
      block_->replication = replication_;
      persisted_ = false;
      return Status::Ok();
    }
    LOG_INFO("dfs client", "new block refused path={} block={} cause={}", file_.path,
             located.block.block.id.value(), opened.ToString());
    RETURN_IF_ERROR(context_->namenode.AbandonBlock(file_, located.block));
    if (attempt == context_->options.block_write_retries) {
      return opened.WithContext("no pipeline could be opened for a new block");
    }
    excluded_.push_back(located.locations[streamer_.bad_node()].datanode);
  }
}

Status DfsOutputStream::OpenAppended(LocatedBlock last_block) {
  const uint64_t length = last_block.block.block.length;
  file_offset_ -= length;
  block_offset_ = length;
  streamer_.set_block_start(length);
  block_.emplace();
  block_->block = last_block.block;
  block_->nodes = std::move(last_block.locations);
  block_->replication = replication_;
  block_->must_keep_copies = true;
  block_->appending = true;
  if (block_->nodes.empty()) {
    return Keep(Status::Error(StatusCode::kUnavailable, "no datanode has the last block of {}",
                              file_.path));
  }
  ASSIGN_OR_RETURN(const LocatedBlock renewed,
                   context_->namenode.UpdateBlockForPipeline(file_, block_->block));
  PipelineSetup setup;
  setup.block = block_->block;
  setup.token = renewed.token;
  setup.nodes = block_->nodes;
  setup.stage = proto::OpWriteBlockProto::PIPELINE_SETUP_APPEND;
  setup.min_bytes = length;
  setup.max_bytes = length;
  setup.new_generation_stamp = renewed.block.block.generation_stamp;
  const Status opened = streamer_.Open(setup);
  if (!opened.ok()) {
    RETURN_IF_ERROR(Keep(RecoverPipeline(*context_, file_, streamer_, *block_, opened)));
  } else {
    ExtendedBlock next = block_->block;
    next.block.generation_stamp = setup.new_generation_stamp;
    RETURN_IF_ERROR(
        Keep(context_->namenode.UpdatePipeline(file_, block_->block, next, block_->nodes)));
    block_->block = next;
    block_->token = renewed.token;
  }
  block_->appending = false;
  return Status::Ok();
}

Status DfsOutputStream::Drive(Status (DataStreamer::*step)()) {
  int64_t stuck_at = -1;
  int recoveries = 0;
  while (true) {
    const Status status = (streamer_.*step)();
    if (status.ok()) return status;
    if (streamer_.oldest_seqno() != stuck_at) {
      stuck_at = streamer_.oldest_seqno();
      recoveries = 0;
    }
    if (++recoveries > kMaxRecoveries) {
      return status.WithContext("the same packet failed several pipelines");
    }
    RETURN_IF_ERROR(RecoverPipeline(*context_, file_, streamer_, *block_, status));
  }
}

Status DfsOutputStream::FinishBlock() {
  RETURN_IF_ERROR(EnsureBlock());
  if (packet_ && unsent_) CutPacket(false);
  packet_.reset();
  partial_chunk_.clear();
  RETURN_IF_ERROR(Drive(&DataStreamer::SendAndWait));
  block_->closing = true;
  std::unique_ptr<WritePacket> last = streamer_.NewPacket(packet_capacity_);
  last->header.offset_in_block = static_cast<int64_t>(block_offset_);
  last->header.last_in_block = true;
  streamer_.Enqueue(std::move(last));
  RETURN_IF_ERROR(Drive(&DataStreamer::SendAndWait));
  streamer_.Close();
  streamer_.StartBlock();
  for (DatanodeInfo& node : block_->failed) excluded_.push_back(std::move(node));
  previous_ = block_->block;
  previous_->block.length = block_offset_;
  block_.reset();
  file_offset_ += block_offset_;
  block_offset_ = 0;
  unsent_ = false;
  return Status::Ok();
}

Status DfsOutputStream::CompleteFile() {
  std::chrono::nanoseconds delay = context_->options.locate_block_delay;
  for (uint32_t attempt = 0;; ++attempt) {
    ASSIGN_OR_RETURN(const bool complete, context_->namenode.Complete(file_, previous_));
    if (complete) return Status::Ok();
    if (attempt == context_->options.locate_block_retries) {
      return Status::Error(StatusCode::kNotReplicatedYet,
                           "Unable to close file because the last block does not have enough "
                           "number of replicas: {}",
                           file_.path);
    }
    RETURN_IF_ERROR(context_->namenode.Wait(delay));
    delay *= 2;
  }
}

}  // namespace tusk::dfs

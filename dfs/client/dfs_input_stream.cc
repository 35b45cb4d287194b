#include "dfs/client/dfs_input_stream.h"

#include <algorithm>

#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/log/logger.h"

namespace tusk::dfs {
namespace {

constexpr uint64_t kSkipInsteadOfReopen = 128 << 10;

/// What readers may see of a last block that is still being written: the datanodes know it.
Result<uint64_t> VisibleLength(ClientContext& context, const LocatedBlock& block) {
  Status last_error;
  bool unknown_everywhere = true;
  for (const ReplicaLocation& location : block.locations) {
    Result<uint64_t> length =
        context.namenode.GetReplicaVisibleLength(location.datanode.id, block.block);
    if (length.ok()) return length;
    if (length.status().code() != StatusCode::kNotFound) unknown_everywhere = false;
    last_error = std::move(length).status();
  }
  // No datanode has begun the replica: nothing of it is visible.
  if (unknown_everywhere) return uint64_t{0};
  return last_error;
}

}  // namespace

Result<std::unique_ptr<InputStream>> DfsInputStream::Open(std::shared_ptr<ClientContext> context,
                                                          std::string path,
                                                          const OpenOptions& options) {
  const uint64_t prefetch = context->options.prefetch_blocks * context->options.block_size;
  ASSIGN_OR_RETURN(LocatedBlocks blocks, context->namenode.GetBlockLocations(path, 0, prefetch));
  uint64_t length = blocks.file_length;
  if (blocks.under_construction && blocks.last_block && !blocks.last_block_complete) {
    LocatedBlock& last = *blocks.last_block;
    ASSIGN_OR_RETURN(const uint64_t visible, VisibleLength(*context, last));
    last.block.block.length = visible;
    length = last.offset + visible;
    std::erase_if(blocks.blocks,
                  [&](const LocatedBlock& block) { return block.offset == last.offset; });
    if (visible > 0) blocks.blocks.push_back(last);
  }
  return std::unique_ptr<InputStream>(
      new DfsInputStream(std::move(context), std::move(path), options, std::move(blocks), length));
}

DfsInputStream::DfsInputStream(std::shared_ptr<ClientContext> context, std::string path,
                               const OpenOptions& options, LocatedBlocks blocks, uint64_t length)
    : context_(std::move(context)),
      path_(std::move(path)),
      options_(options),
      length_(length),
      blocks_(std::move(blocks.blocks)) {}

uint64_t DfsInputStream::EndOfBlock(const LocatedBlock& block) const {
  return std::min(length_, block.offset + block.block.block.length);
}

Result<LocatedBlock> DfsInputStream::BlockAt(uint64_t offset) {
  {
    MutexLock lock(mutex_);
    auto after = std::upper_bound(
        blocks_.begin(), blocks_.end(), offset,
        [](uint64_t wanted, const LocatedBlock& block) { return wanted < block.offset; });
    if (after != blocks_.begin() && offset < EndOfBlock(*std::prev(after))) {
      return *std::prev(after);
    }
  }
  return RefetchBlock(offset);
}

Result<LocatedBlock> DfsInputStream::RefetchBlock(uint64_t offset) {
  const uint64_t prefetch = context_->options.prefetch_blocks * context_->options.block_size;
  ASSIGN_OR_RETURN(LocatedBlocks fetched,
                   context_->namenode.GetBlockLocations(path_, offset, prefetch));
  MutexLock lock(mutex_);
  std::optional<LocatedBlock> wanted;
  for (LocatedBlock& block : fetched.blocks) {
    auto known = std::lower_bound(blocks_.begin(), blocks_.end(), block.offset,
                                  [](const LocatedBlock& a, uint64_t at) { return a.offset < at; });
    const bool replaces = known != blocks_.end() && known->offset == block.offset;
    if (replaces) {
      // A block that was being written at the time of opening keeps the length seen then.
      block.block.block.length = std::max(block.block.block.length, known->block.block.length);
    }
    if (offset >= block.offset && offset < EndOfBlock(block)) wanted = block;
    if (replaces) {
      *known = std::move(block);
    } else {
      blocks_.insert(known, std::move(block));
    }
  }
  if (wanted) return *std::move(wanted);
  return Status::Error(StatusCode::kNotFound, "{} has no byte {} any more", path_, offset);
}

void DfsInputStream::NoteFailure(const LocatedBlock& block, const DatanodeId& datanode,
                                 const Status& status, Attempts& attempts) {
  LOG_DEBUG("dfs client", "read failed path={} datanode={} error={}", path_,
            datanode.TransferAddress(), status.ToString());
  attempts.tried.insert(datanode.uuid);
  attempts.last_error = status;
  context_->selector.ReportFailure(datanode.uuid);
  if (status.code() != StatusCode::kCorruption) return;
  LocatedBlock bad = block;
  std::erase_if(bad.locations, [&](const ReplicaLocation& location) {
    return location.datanode.id.uuid != datanode.uuid;
  });
  const Status reported = context_->namenode.ReportBadBlocks(bad);
  if (!reported.ok()) {
    LOG_WARN("dfs client", "bad replica not reported path={} error={}", path_, reported.ToString());
  }
}

Status DfsInputStream::WaitForAnotherRound(uint64_t offset, Attempts& attempts) {
  if (attempts.rounds >= context_->options.max_block_acquire_failures) {
    if (attempts.last_error.ok()) {
      return Status::Error(StatusCode::kUnavailable,
                           "Could not obtain block: no datanode has a replica of byte {} of {}",
                           offset, path_);
    }
    return attempts.last_error.WithContext(
        fmt::format("Could not obtain block of byte {} of {}", offset, path_));
  }
  // Waits of Hadoop's DFSInputStream: the window times a random share, growing with each round.
  Random random(RandomSeed());
  const double share = attempts.rounds + (attempts.rounds + 1) * random.NextDouble();
  ++attempts.rounds;
  const auto wait = std::chrono::duration_cast<std::chrono::nanoseconds>(
      context_->options.read_retry_window * share);
  RETURN_IF_ERROR(context_->namenode.Wait(wait));
  attempts.tried.clear();
  return RefetchBlock(offset).status();
}

Result<std::unique_ptr<BlockReader>> DfsInputStream::OpenReader(uint64_t offset, uint64_t end,
                                                                Attempts& attempts) {
  while (true) {
    ASSIGN_OR_RETURN(const LocatedBlock block, BlockAt(offset));
    const ReplicaLocation* location = context_->selector.Choose(block, attempts.tried);
    if (location == nullptr) {
      RETURN_IF_ERROR(WaitForAnotherRound(offset, attempts));
      continue;
    }
    BlockReadRequest request;
    request.block = block.block;
    request.token = block.token;
    request.datanode = location->datanode.id;
    request.client_name = context_->client_name;
    request.offset = offset - block.offset;
    request.length = std::min(end, EndOfBlock(block)) - offset;
    request.verify = options_.verify_checksum;
    Result<std::unique_ptr<BlockReader>> reader =
        BlockReader::Open(context_->options, context_->sockets, std::move(request));
    if (reader.ok()) return reader;
    NoteFailure(block, location->datanode.id, reader.status(), attempts);
  }
}

Result<size_t> DfsInputStream::Read(MutableByteView out) {
  if (closed_.load()) {
    return Status::Error(StatusCode::kFailedPrecondition, "stream is closed: {}", path_);
  }
  if (out.empty() || position_ >= length_) return size_t{0};
  Attempts attempts;
  while (true) {
    if (!reader_ || reader_->position() + reader_block_offset_ != position_ ||
        reader_->position() == reader_->end()) {
      reader_.reset();
      ASSIGN_OR_RETURN(const LocatedBlock block, BlockAt(position_));
      ASSIGN_OR_RETURN(reader_, OpenReader(position_, EndOfBlock(block), attempts));
      reader_block_offset_ = block.offset;
    }
    const uint64_t start = reader_->position();
    Result<size_t> n = reader_->Read(out);
    if (n.ok()) {
      position_ += *n;
      // The end of the block is read too, which gives the connection back for the next block.
      if (reader_->position() == reader_->end()) {
        uint8_t none;
        (void)reader_->Read(MutableByteView(&none, 1));
        reader_.reset();
      }
      return n;
    }
    // What this call has placed in `out` before the error is read again from another replica.
    position_ = reader_block_offset_ + start;
    const Status error = std::move(n).status();
    const DatanodeId datanode = reader_->datanode();
    reader_.reset();
    ASSIGN_OR_RETURN(const LocatedBlock block, BlockAt(position_));
    NoteFailure(block, datanode, error, attempts);
  }
}

Result<size_t> DfsInputStream::PRead(uint64_t offset, MutableByteView out) {
  if (closed_.load()) {
    return Status::Error(StatusCode::kFailedPrecondition, "stream is closed: {}", path_);
  }
  if (offset >= length_) return size_t{0};
  out = out.first(std::min<uint64_t>(out.size(), length_ - offset));
  size_t done = 0;
  Attempts attempts;
  while (done < out.size()) {
    const uint64_t at = offset + done;
    ASSIGN_OR_RETURN(const LocatedBlock block, BlockAt(at));
    const uint64_t end = std::min(offset + out.size(), EndOfBlock(block));
    ASSIGN_OR_RETURN(std::unique_ptr<BlockReader> reader, OpenReader(at, end, attempts));
    MutableByteView rest = out.subspan(done, end - at);
    size_t got = 0;
    Status error;
    while (got < rest.size() && error.ok()) {
      Result<size_t> n = reader->Read(rest.subspan(got));
      if (n.ok()) {
        got += *n;
      } else {
        error = std::move(n).status();
      }
    }
    if (!error.ok()) {
      NoteFailure(block, reader->datanode(), error, attempts);
      continue;  // all of the range again, from another replica
    }
    uint8_t none;
    (void)reader->Read(MutableByteView(&none, 1));
    done += got;
    attempts = {};
  }
  return done;
}

Status DfsInputStream::Seek(uint64_t position) {
  if (closed_.load()) {
    return Status::Error(StatusCode::kFailedPrecondition, "stream is closed: {}", path_);
  }
  if (position > length_) {
    return Status::Error(StatusCode::kInvalidArgument, "cannot seek to {} behind the end {}: {}",
                         position, length_, path_);
  }
  if (reader_ && position > position_ && position - position_ <= kSkipInsteadOfReopen &&
      position < reader_block_offset_ + reader_->end()) {
    // A short way ahead: reading on is cheaper than a new connection.
    std::vector<uint8_t> skipped(position - position_);
    size_t done = 0;
    while (done < skipped.size()) {
      Result<size_t> n = reader_->Read(MutableByteView(skipped).subspan(done));
      if (!n.ok() || *n == 0) break;
      done += *n;
    }
  }
  position_ = position;
  if (reader_ && reader_->position() + reader_block_offset_ != position_) reader_.reset();
  return Status::Ok();
}

Status DfsInputStream::Close() {
  closed_.store(true);
  reader_.reset();
  return Status::Ok();
}

}  // namespace tusk::dfs

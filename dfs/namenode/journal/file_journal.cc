#include "dfs/namenode/journal/file_journal.h"

#include <algorithm>
#include <utility>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "common/env/local_path.h"
#include "common/fault/fault_point.h"
#include "common/log/logger.h"

namespace tusk::dfs::namenode {

namespace {

constexpr std::string_view kPreparedName = "next.tmp";
constexpr size_t kZeroChunk = 1u << 20;

}  // namespace

/// What a walk over the segments carries from frame to frame.
struct FileJournal::Walk {
  TxId from = UINT64_MAX;  ///< records are shown from here on
  const std::function<Status(TxId, ByteView)>* visit = nullptr;
  bool started = false;  ///< a segment was walked: the next one must follow it
  TxId last_txid = 0;
  uint64_t chain = 0;
  uint64_t dropped_bytes = 0;
};

FileJournal::FileJournal(Env& env, FileJournalOptions options)
    : env_(env), options_(std::move(options)) {}

FileJournal::~FileJournal() {
  const Status closed = Close();
  if (!closed.ok()) LOG_WARN("journal", "close: {}", closed.ToString());
}

Status FileJournal::Dead(Status status) {
  if (dead_.ok()) dead_ = status;
  return status;
}

Status FileJournal::ListSegments() {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, env_.ListDirectory(options_.directory));
  for (const std::string& name : names) {
    const std::optional<TxId> first = ParseSegmentName(name);
    if (!first) continue;
    Segment segment;
    segment.path = JoinPath(options_.directory, name);
    segment.first_txid = *first;
    ASSIGN_OR_RETURN(const FileStat stat, env_.Stat(segment.path));
    segment.bytes = stat.size;
    segments_.push_back(std::move(segment));
  }
  std::sort(segments_.begin(), segments_.end(),
            [](const Segment& a, const Segment& b) { return a.first_txid < b.first_txid; });
  return Status::Ok();
}

Result<Journal::Recovered> FileJournal::Recover(uint64_t epoch) {
  CHECK(!recovered_);
  recovered_ = true;
  epoch_ = epoch;
  // Left over from a crash while a segment was being prepared.
  const Status removed = env_.RemoveFile(JoinPath(options_.directory, kPreparedName));
  if (!removed.ok() && removed.code() != StatusCode::kNotFound) return Dead(removed);
  Status status = ListSegments();
  Recovered result;
  if (status.ok() && !segments_.empty()) {
    result.first_txid = segments_.front().first_txid;
    Walk walk;
    for (size_t i = 0; i < segments_.size() && status.ok(); ++i) {
      status = WalkSegment(segments_[i], i + 1 == segments_.size(), &walk);
    }
    last_txid_ = walk.last_txid;
    chain_ = walk.chain;
    result.dropped_bytes = walk.dropped_bytes;
    if (last_txid_ < result.first_txid) result.first_txid = 0;
  }
  if (status.ok() && !segments_.empty()) {
    Result<std::unique_ptr<File>> file = env_.OpenFile(segments_.back().path, OpenMode::kReadWrite);
    status = file.status();
    if (file.ok()) file_ = std::move(*file);
  }
  if (!status.ok()) return Dead(status.WithContext(options_.directory));
  if (options_.prepare_ahead) preparer_ = std::thread([this] { PrepareAhead(); });
  result.last_txid = last_txid_;
  return result;
}

Status FileJournal::WalkSegment(Segment& segment, bool last, Walk* walk) {
  ASSIGN_OR_RETURN(const std::unique_ptr<File> file, env_.OpenFile(segment.path, OpenMode::kRead));
  uint8_t header_bytes[kSegmentHeaderBytes];
  RETURN_IF_ERROR(file->PReadExactly(0, header_bytes).WithContext(segment.path));
  Result<SegmentHeader> header = DecodeSegmentHeader(header_bytes);
  RETURN_IF_ERROR(header.status().WithContext(segment.path));
  if (header->epoch > epoch_) {
    return Status::Error(StatusCode::kStaleEpoch, "journal has epoch {}, this process has {}",
                         header->epoch, epoch_);
  }
  const bool first = !std::exchange(walk->started, true);
  if (header->first_txid != segment.first_txid ||
      (!first && (header->first_txid != walk->last_txid + 1 || header->chain != walk->chain))) {
    return Status::Error(StatusCode::kCorruption,
                         "journal: {} does not follow the segment before, which ends with {}",
                         segment.path, walk->last_txid);
  }
  if (first) {
    walk->last_txid = header->first_txid - 1;
    walk->chain = header->chain;
  }
  segment.end = kSegmentHeaderBytes;
  std::string payload;
  while (segment.end + kFrameHeaderBytes <= segment.bytes) {
    uint8_t bytes[kFrameHeaderBytes];
    RETURN_IF_ERROR(file->PReadExactly(segment.end, bytes));
    const std::optional<FrameHeader> frame = DecodeFrameHeader(bytes);
    if (!frame || frame->FrameBytes() > segment.bytes - segment.end ||
        frame->first_txid != walk->last_txid + 1 || frame->chain != walk->chain) {
      break;
    }
    payload.resize(frame->payload_bytes);
    MutableByteView view(reinterpret_cast<uint8_t*>(payload.data()), payload.size());
    RETURN_IF_ERROR(file->PReadExactly(segment.end + kFrameHeaderBytes, view));
    if (!FrameIsWhole(bytes, *frame, view)) break;
    if (walk->visit != nullptr && frame->first_txid + frame->count > walk->from) {
      RETURN_IF_ERROR(
          ForEachRecord(frame->first_txid, frame->count, view, [walk](TxId txid, ByteView record) {
            return txid < walk->from ? Status::Ok() : (*walk->visit)(txid, record);
          }));
    }
    walk->last_txid += frame->count;
    walk->chain = NextChain(walk->chain, *frame);
    segment.end += frame->FrameBytes();
  }
  if (walk->visit != nullptr || !last) return Status::Ok();
  return CutTail(segment, walk);
}

Status FileJournal::CutTail(Segment& segment, Walk* walk) {
  ASSIGN_OR_RETURN(const std::unique_ptr<File> file,
                   env_.OpenFile(segment.path, OpenMode::kReadWrite));
  ASSIGN_OR_RETURN(const bool damaged,
                   WholeFrameAfter(*file, segment, segment.end, walk->last_txid + 1));
  if (damaged) {
    return Status::Error(StatusCode::kCorruption,
                         "journal: {} is damaged after change {} at byte {}: acknowledged changes "
                         "follow",
                         segment.path, walk->last_txid, segment.end);
  }
  // Zeros from here on, so that nothing of a torn frame is ever read again.
  std::string chunk;
  bool dirty = false;
  for (uint64_t at = segment.end; at < segment.bytes; at += kZeroChunk) {
    chunk.resize(std::min<uint64_t>(kZeroChunk, segment.bytes - at));
    MutableByteView view(reinterpret_cast<uint8_t*>(chunk.data()), chunk.size());
    RETURN_IF_ERROR(file->PReadExactly(at, view));
    const size_t used = chunk.find_last_not_of('\0');
    if (used == std::string::npos) continue;
    walk->dropped_bytes += used + 1;
    std::fill(chunk.begin(), chunk.end(), '\0');
    RETURN_IF_ERROR(file->PWrite(at, AsBytes(chunk)));
    dirty = true;
  }
  if (dirty) RETURN_IF_ERROR(file->DataSync());
  return Status::Ok();
}

Result<bool> FileJournal::WholeFrameAfter(const File& file, const Segment& segment, uint64_t from,
                                          TxId expected) const {
  std::string rest(segment.bytes - std::min(from, segment.bytes), '\0');
  RETURN_IF_ERROR(file.PReadExactly(
      from, MutableByteView(reinterpret_cast<uint8_t*>(rest.data()), rest.size())));
  const ByteView bytes = AsBytes(rest);
  for (size_t at = 0; at + kFrameHeaderBytes <= bytes.size(); at += kFrameAlignment) {
    const std::optional<FrameHeader> frame = DecodeFrameHeader(bytes.subspan(at));
    if (!frame || frame->first_txid < expected) continue;
    if (frame->FrameBytes() > bytes.size() - at) continue;
    if (FrameIsWhole(bytes.subspan(at), *frame,
                     bytes.subspan(at + kFrameHeaderBytes, frame->payload_bytes))) {
      return true;
    }
  }
  return false;
}

Status FileJournal::Read(TxId from, const std::function<Status(TxId, ByteView)>& visit) {
  RETURN_IF_ERROR(dead_);
  Walk walk;
  walk.from = from;
  walk.visit = &visit;
  for (size_t i = 0; i < segments_.size(); ++i) {
    if (i + 1 < segments_.size() && segments_[i + 1].first_txid <= from) continue;
    RETURN_IF_ERROR(WalkSegment(segments_[i], i + 1 == segments_.size(), &walk));
  }
  if (walk.last_txid < last_txid_) {
    return Status::Error(StatusCode::kCorruption, "journal: changes end with {} instead of {}",
                         walk.last_txid, last_txid_);
  }
  return Status::Ok();
}

Status FileJournal::Append(const JournalBatch& batch, TxId expected_txid) {
  CHECK(recovered_);
  RETURN_IF_ERROR(dead_);
  if (closed_) return Status(StatusCode::kFailedPrecondition, "journal is closed");
  if (batch.count == 0 || batch.first_txid != expected_txid || expected_txid != last_txid_ + 1) {
    return Dead(Status::Error(StatusCode::kFailedPrecondition,
                              "journal is at {}, batch begins with {}, caller expects {}",
                              last_txid_, batch.first_txid, expected_txid));
  }
  if (batch.payload.size() > kMaxFramePayload) {
    return Dead(
        Status::Error(StatusCode::kTooLarge, "journal: batch of {} bytes", batch.payload.size()));
  }
  Status status = WriteFrame(batch);
  if (status.ok()) status = FAULT_STATUS("nn.journal.before_sync");
  if (status.ok()) status = file_->DataSync();
  FAULT_POINT("nn.journal.after_sync");
  if (!status.ok()) return Dead(status);
  last_txid_ += batch.count;
  return Status::Ok();
}

Status FileJournal::WriteFrame(const JournalBatch& batch) {
  EncodeFrame(batch, epoch_, chain_, &frame_);
  if (segments_.empty() || segments_.back().end + frame_.size() > segments_.back().bytes) {
    RETURN_IF_ERROR(StartSegment(frame_.size()));
    EncodeFrame(batch, epoch_, chain_, &frame_);
  }
  Segment& segment = segments_.back();
  RETURN_IF_ERROR(file_->PWrite(segment.end, AsBytes(frame_)));
  segment.end += frame_.size();
  chain_ = NextChain(chain_, *DecodeFrameHeader(AsBytes(frame_)));
  return Status::Ok();
}

Status FileJournal::MakePrepared() {
  const std::string path = JoinPath(options_.directory, kPreparedName);
  ASSIGN_OR_RETURN(const std::unique_ptr<File> file, env_.OpenFile(path, OpenMode::kTruncate));
  const std::string zeros(std::min<uint64_t>(kZeroChunk, options_.segment_bytes), '\0');
  for (uint64_t at = 0; at < options_.segment_bytes; at += zeros.size()) {
    const uint64_t length = std::min<uint64_t>(zeros.size(), options_.segment_bytes - at);
    RETURN_IF_ERROR(file->PWrite(at, AsBytes(zeros).first(length)));
  }
  RETURN_IF_ERROR(file->Sync());
  return file->Close();
}

Status FileJournal::StartSegment(uint64_t needed_bytes) {
  const uint64_t bytes = std::max(options_.segment_bytes, kSegmentHeaderBytes + needed_bytes);
  bool ready = false;
  if (options_.prepare_ahead) {
    MutexLock lock(prepare_mutex_);
    while (prepare_wanted_) prepare_wake_.Wait(prepare_mutex_);  // it is being made right now
    ready = std::exchange(prepared_, false);
  }
  if (!ready) RETURN_IF_ERROR(MakePrepared());

  const std::string prepared = JoinPath(options_.directory, kPreparedName);
  Segment segment;
  segment.first_txid = last_txid_ + 1;
  segment.path = JoinPath(options_.directory, SegmentName(segment.first_txid));
  segment.bytes = bytes;
  segment.end = kSegmentHeaderBytes;
  ASSIGN_OR_RETURN(std::unique_ptr<File> file, env_.OpenFile(prepared, OpenMode::kReadWrite));
  const std::string header = EncodeSegmentHeader(SegmentHeader{segment.first_txid, epoch_, chain_});
  RETURN_IF_ERROR(file->PWrite(0, AsBytes(header)));
  if (bytes > options_.segment_bytes) RETURN_IF_ERROR(file->Truncate(bytes));
  RETURN_IF_ERROR(file->Sync());
  RETURN_IF_ERROR(env_.Rename(prepared, segment.path));
  RETURN_IF_ERROR(env_.SyncDirectory(options_.directory));
  if (file_) RETURN_IF_ERROR(file_->Close());
  file_ = std::move(file);
  segments_.push_back(std::move(segment));
  if (options_.prepare_ahead) {
    MutexLock lock(prepare_mutex_);
    prepare_wanted_ = true;
    prepare_wake_.NotifyAll();
  }
  return Status::Ok();
}

void FileJournal::PrepareAhead() {
  while (true) {
    {
      MutexLock lock(prepare_mutex_);
      while (!prepare_wanted_ && !prepare_stop_) prepare_wake_.Wait(prepare_mutex_);
      if (prepare_stop_) return;
    }
    const Status made = MakePrepared();
    if (!made.ok()) LOG_WARN("journal", "next segment not prepared: {}", made.ToString());
    MutexLock lock(prepare_mutex_);
    prepared_ = made.ok();
    prepare_wanted_ = false;
    prepare_wake_.NotifyAll();
  }
}

Status FileJournal::Trim(TxId upto) {
  RETURN_IF_ERROR(dead_);
  bool removed = false;
  while (segments_.size() > 1 && segments_[1].first_txid <= upto + 1) {
    RETURN_IF_ERROR(env_.RemoveFile(segments_.front().path));
    // One directory sync for each, oldest first: never a hole in the middle.
    RETURN_IF_ERROR(env_.SyncDirectory(options_.directory));
    segments_.erase(segments_.begin());
    removed = true;
  }
  if (removed) LOG_DEBUG("journal", "trimmed upto={}", upto);
  return Status::Ok();
}

Status FileJournal::Close() {
  if (closed_) return Status::Ok();
  closed_ = true;
  if (preparer_.joinable()) {
    {
      MutexLock lock(prepare_mutex_);
      prepare_stop_ = true;
      prepare_wake_.NotifyAll();
    }
    preparer_.join();
  }
  if (!file_ || !dead_.ok()) return Status::Ok();
  JournalBatch mark;
  mark.first_txid = last_txid_ + 1;
  EncodeFrame(mark, epoch_, chain_, &frame_);
  if (segments_.back().end + frame_.size() <= segments_.back().bytes) {
    RETURN_IF_ERROR(WriteFrame(mark));
    RETURN_IF_ERROR(file_->DataSync());
  }
  return file_->Close();
}

}  // namespace tusk::dfs::namenode

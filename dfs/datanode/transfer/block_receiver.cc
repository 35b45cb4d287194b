#include "dfs/datanode/transfer/block_receiver.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/status_macros.h"
#include "common/fault/fault_point.h"
#include "common/log/logger.h"
#include "common/net/stream_io.h"
#include "common/net/task_group.h"
#include "common/time/system_clock.h"

namespace tusk::dfs::datanode {
namespace {

/// Packets that may wait for their acknowledgement; far more than clients send.
constexpr uint64_t kMaxUnacknowledged = 16384;
/// How long a writer that was told an error may take to read that.
constexpr std::chrono::seconds kLingerTime{2};

}  // namespace

BlockReceiver::BlockReceiver(TransferContext& context, Stream& upstream, ByteView early,
                             std::unique_ptr<ReplicaWriter> writer, PipelineLink link,
                             const ReceiveOptions& options)
    : context_(context),
      upstream_(upstream),
      receiver_(upstream, context.buffers, early),
      writer_(std::move(writer)),
      live_(writer_->live()),
      volume_(writer_->volume()),
      link_(std::move(link)),
      options_(options) {}

BlockReceiver::~BlockReceiver() = default;

Task<bool> BlockReceiver::Wait(AsyncEvent& event) {
  if (ended_) co_return false;
  event.Reset();
  const bool woken = co_await event.Wait(Deadline::Never());
  co_return woken && !ended_;
}

void BlockReceiver::End(Status outcome, bool linger) {
  if (ended_) return;
  ended_ = true;
  outcome_ = std::move(outcome);
  if (link_.stream != nullptr) link_.stream->Close();
  if (linger) {
    lingering_ = true;
    upstream_.SetReadDeadline(TransferContext::In(kLingerTime));
    static_cast<void>(upstream_.ShutdownWrite());
  } else if (!outcome_.ok()) {
    upstream_.Close();
  }
  for (AsyncEvent* event : {&to_write_, &to_forward_, &to_ack_, &progress_}) event->Set();
}

Task<void> BlockReceiver::Linger() {
  std::vector<uint8_t> dropped(64 << 10);
  for (;;) {
    const Result<size_t> count = co_await upstream_.ReadSome(dropped);
    if (!count.ok() || *count == 0) co_return;
  }
}

Task<Status> BlockReceiver::Run() {
  TaskGroup steps(upstream_.executor());
  steps.Spawn("write packets", WriteLoop());
  if (link_.stream != nullptr) {
    steps.Spawn("forward packets", ForwardLoop());
    if (options_.acknowledge) steps.Spawn("mirror's acks", MirrorAckLoop());
  }
  if (options_.acknowledge) steps.Spawn("acknowledge packets", AckLoop());

  Status received = co_await ReceiveLoop();
  all_received_ = true;
  to_write_.Set();
  to_forward_.Set();
  to_ack_.Set();
  // Also of a writer that vanished: what it sent is worth keeping.
  const bool stored = co_await WaitUntilStored(received.ok());
  if (!received.ok()) End(received, false);
  if (stored && !options_.acknowledge) End(Status(), false);
  while (!ended_) {
    const bool woken = co_await Wait(progress_);
    if (!woken) break;
  }
  End(Status(StatusCode::kCancelled, "the datanode stops"), false);
  steps.Stop();
  co_await steps.Join();
  if (lingering_) co_await Linger();
  co_return outcome_;
}

void BlockReceiver::Interrupt() {
  End(Status(StatusCode::kCancelled, "the replica is taken over"), false);
}

Task<bool> BlockReceiver::WaitUntilStored(bool forwarded) {
  while (!ended_ && !write_failed_ &&
         (written_ < received_ || (forwarded && Forwarded() < received_))) {
    const bool woken = co_await Wait(progress_);
    if (!woken) co_return false;
  }
  co_return !ended_ && !write_failed_;
}

// Receiving.

Task<Status> BlockReceiver::ReceiveLoop() {
  for (;;) {
    while (!ended_ && (received_ - acked_ > kMaxUnacknowledged || !receiver_.MakeRoom())) {
      const bool woken = co_await Wait(progress_);
      if (!woken && !ended_) co_return Status(StatusCode::kCancelled, "the datanode stops");
    }
    if (ended_) co_return outcome_;
    upstream_.SetReadDeadline(TransferContext::In(context_.options.idle_writer_timeout));
    CO_RETURN_IF_ERROR(co_await receiver_.Receive(&fresh_));
    if (ended_) co_return outcome_;
    if (fresh_.empty()) continue;
    const bool last = fresh_.back().view.header.last_in_block;
    Enqueue();
    if (last) co_return Status();
  }
}

void BlockReceiver::Enqueue() {
  uint64_t bytes = 0;
  for (const ReceivedPacket& packet : fresh_) {
    Entry& entry = entries_.emplace_back();
    entry.packet = packet;
    bytes += packet.view.data.size();
  }
  received_ += fresh_.size();
  if (!options_.acknowledge) acked_ = received_;
  fresh_.clear();
  context_.metrics.bytes_written.Add(bytes);
  to_write_.Set();
  if (HasMirror()) to_forward_.Set();
}

void BlockReceiver::ReleasePackets() {
  const uint64_t done = std::min(written_, Forwarded());
  for (; released_ < done; ++released_) receiver_.Release(At(released_).packet);
  const uint64_t gone = std::min(acked_, released_);
  for (; base_ < gone; ++base_) entries_.pop_front();
  progress_.Set();
}

// The disk.

Task<void> BlockReceiver::WriteLoop() {
  for (;;) {
    while (written_ == received_) {
      if (all_received_) co_return;
      const bool woken = co_await Wait(to_write_);
      if (!woken) co_return;
    }
    views_.clear();
    bool sync = false;
    bool last = false;
    // A packet that is to be synced ends the batch: those behind it do not wait for it.
    for (uint64_t i = written_; i < received_ && !sync && !last; ++i) {
      const Entry& entry = At(i);
      views_.push_back(entry.packet.view);
      last = entry.header().last_in_block;
      sync = entry.header().WantsSync() || (last && context_.store.sync_on_close());
    }
    auto work = [this, sync, last] { return WriteBatch(sync, last); };
    const Status status = co_await volume_.pool().Run(work);
    if (status.code() == StatusCode::kCancelled) co_return;
    if (!status.ok()) {
      WriteFailed(views_.size(), status);
      co_return;
    }
    written_ += views_.size();
    ReleasePackets();
    to_ack_.Set();
  }
}

Status BlockReceiver::WriteBatch(bool sync, bool last) {
  const bool verify = options_.verify || link_.stream == nullptr;
  RETURN_IF_ERROR(writer_->Write(views_, options_.incoming, verify));
  if (!sync) return Status();
  RETURN_IF_ERROR(writer_->Sync());
  synced_ = last;
  // What a reader finds after a crash needs its name, too. At the end, moving the replica does it.
  if (last || directory_synced_) return Status();
  directory_synced_ = true;
  return volume_.env().SyncDirectory(writer_->directory());
}

void BlockReceiver::WriteFailed(uint64_t count, const Status& cause) {
  write_failed_ = true;
  LOG_WARN("datanode", "writing ends block={} bytes={} peer={} cause={}", writer_->block().id,
           writer_->length(), upstream_.PeerAddress(), cause.message());
  const bool damaged = cause.code() == StatusCode::kCorruption;
  if (damaged) context_.metrics.corrupt_packets.Add();
  // Of the batch the packets before the one that failed are written.
  for (; count > 0; --count, ++written_) {
    Entry& entry = At(written_);
    const bool bad = writer_->dead() || entry.end() > writer_->length();
    if (!bad) continue;
    entry.status = damaged ? TransferStatus::kErrorChecksum : TransferStatus::kError;
    ++written_;
    break;
  }
  if (!options_.acknowledge) {
    End(cause, false);
    return;
  }
  to_ack_.Set();
  progress_.Set();
}

// The next datanode.

Task<void> BlockReceiver::ForwardLoop() {
  for (;;) {
    while (forwarded_ == received_) {
      if (all_received_ || !HasMirror()) co_return;
      const bool woken = co_await Wait(to_forward_);
      if (!woken) co_return;
    }
    if (!HasMirror()) co_return;
    parts_.clear();
    const Clock::SteadyTime now = SystemClock::Get().SteadyNow();
    const uint64_t end = received_;
    for (uint64_t i = forwarded_; i < end; ++i) {
      Entry& entry = At(i);
      entry.forwarded_at = now;
      const ByteView raw = entry.packet.raw;
      const bool joins =
          !parts_.empty() && parts_.back().data() + parts_.back().size() == raw.data();
      if (joins) {
        parts_.back() = ByteView(parts_.back().data(), parts_.back().size() + raw.size());
      } else {
        parts_.push_back(raw);
      }
    }
    if (options_.acknowledge && mirror_acked_ == forwarded_) {
      link_.stream->SetReadDeadline(context_.PeerDeadline(link_.further + 1));
    }
    link_.stream->SetWriteDeadline(TransferContext::In(context_.options.write_timeout));
    const std::span<const ByteView> parts(parts_);
    Status sent = co_await link_.stream->WriteAll(parts);
    if (sent.ok()) sent = FAULT_STATUS("dn.pipeline.forwarded");
    if (!sent.ok()) {
      MirrorFailed(sent);
      co_return;
    }
    forwarded_ = end;
    ReleasePackets();
  }
}

void BlockReceiver::MirrorFailed(const Status& cause) {
  if (ended_ || mirror_failed_) return;
  mirror_failed_ = true;
  LOG_WARN("datanode", "the next datanode of the pipeline is lost block={} mirror={} cause={}",
           writer_ == nullptr ? BlockId(0) : writer_->block().id, link_.name, cause.message());
  link_.stream->Close();
  ReleasePackets();
  to_ack_.Set();
  to_forward_.Set();
}

Task<void> BlockReceiver::MirrorAckLoop() {
  for (;;) {
    Result<std::optional<PipelineAckFrame>> frame = ParsePipelineAckFrame(link_.reader->Peek());
    Status status = frame.status();
    if (status.ok() && frame->has_value()) {
      link_.reader->Consume((*frame)->size);
      status = TakeMirrorAck(std::move((*frame)->ack));
    } else if (status.ok()) {
      status = co_await link_.reader->Fill(link_.reader->size() + 1);
    }
    if (!status.ok()) {
      // After the acknowledgement of the last packet the mirror closes.
      const bool complete = all_received_ && mirror_acked_ == received_;
      if (!complete && status.code() != StatusCode::kCancelled) MirrorFailed(status);
      co_return;
    }
  }
}

Status BlockReceiver::TakeMirrorAck(PipelineAck ack) {
  if (ack.seqno == kUnknownSeqno) return Status();  // out of band
  if (mirror_acked_ == received_ || At(mirror_acked_).header().seqno != ack.seqno) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "acknowledgement of packet {}, which is not the next one", ack.seqno);
  }
  const auto taken = SystemClock::Get().SteadyNow() - At(mirror_acked_).forwarded_at;
  ack.downstream_nanos = static_cast<uint64_t>(std::max<int64_t>(0, taken.count()));
  mirror_acks_.push_back(std::move(ack));
  ++mirror_acked_;
  const bool more = mirror_acked_ < received_;
  link_.stream->SetReadDeadline(more ? context_.PeerDeadline(link_.further + 1)
                                     : Deadline::Never());
  to_ack_.Set();
  return Status();
}

// Acknowledging.

bool BlockReceiver::AckReady() const {
  if (acked_ >= written_) return false;
  const Entry& entry = entries_[acked_ - base_];
  return entry.status != TransferStatus::kSuccess || !HasMirror() || !mirror_acks_.empty();
}

Task<void> BlockReceiver::AckLoop() {
  for (;;) {
    while (!AckReady()) {
      const bool woken = co_await Wait(to_ack_);
      if (!woken) co_return;
    }
    const Status sent = co_await SendAcks();
    if (!sent.ok()) co_return;
  }
}

Task<Status> BlockReceiver::SendAcks() {
  const bool last = At(acked_).header().last_in_block;
  const bool good = At(acked_).status == TransferStatus::kSuccess;
  if (last && good) {
    Status final = co_await FinalizeReplica();
    if (!final.ok()) {
      End(final, false);
      co_return final;
    }
  }
  ack_bytes_.clear();
  Status going = AppendAck();
  while (going.ok() && AckReady() && !At(acked_).header().last_in_block) going = AppendAck();
  ReleasePackets();
  Status sent;
  if (!ack_bytes_.empty()) {
    upstream_.SetWriteDeadline(TransferContext::In(context_.options.write_timeout));
    sent = co_await upstream_.WriteAll(AsBytes(ack_bytes_));
  }
  if (!sent.ok()) {
    End(sent, false);
  } else if (!going.ok()) {
    End(going, true);
  } else if (last) {
    End(Status(), false);
  }
  co_return ended_ ? Status(StatusCode::kCancelled, "ended") : Status();
}

Status BlockReceiver::AppendAck() {
  const Entry& entry = At(acked_);
  ack_.seqno = entry.header().seqno;
  ack_.downstream_nanos = 0;
  ack_.replies.assign(1, entry.status);
  Status going;
  if (entry.status != TransferStatus::kSuccess) {
    going = Status::Error(StatusCode::kCorruption, "packet {} could not be written", ack_.seqno);
  } else if (!mirror_acks_.empty()) {
    const PipelineAck& mirror = mirror_acks_.front();
    // The mirror found what this datanode sent to be damaged: then nobody knows where, and this
    // datanode drops out without a word, so that the mirror is not blamed.
    if (mirror.replies.front() == TransferStatus::kErrorChecksum) {
      return Status(StatusCode::kCorruption, "the next datanode received damaged data");
    }
    ack_.replies.insert(ack_.replies.end(), mirror.replies.begin(), mirror.replies.end());
    ack_.downstream_nanos = mirror.downstream_nanos;
  } else if (link_.stream != nullptr) {
    ack_.replies.push_back(TransferStatus::kError);
  }
  ack_.flags.clear();
  for (const TransferStatus reply : ack_.replies) {
    ack_.flags.push_back(MakeAckFlag(reply, AckEcn::kDisabled, AckSlow::kDisabled));
  }
  if (!mirror_acks_.empty() && entry.status == TransferStatus::kSuccess) {
    const std::vector<uint32_t>& flags = mirror_acks_.front().flags;
    std::copy(flags.begin(), flags.end(), ack_.flags.begin() + 1);
    mirror_acks_.pop_front();
  }
  if (ack_.AllSucceeded() && entry.header().data_length > 0) live_->SetAcked(entry.end());
  AppendPipelineAck(ack_, &ack_bytes_);
  ++acked_;
  return going;
}

Task<Status> BlockReceiver::FinalizeReplica() {
  auto work = [this] { return context_.store.Finalize(std::move(writer_), synced_).status(); };
  Status done = co_await volume_.pool().Run(work);
  if (done.ok()) context_.metrics.blocks_written.Add();
  co_return done;
}

}  // namespace tusk::dfs::datanode

#include "dfs/datanode/transfer/packet_receiver.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "common/base/check.h"
#include "common/base/status_macros.h"

namespace tusk::dfs::datanode {
namespace {

/// With less room than this the next buffer is begun.
constexpr size_t kLeastRead = 128 << 10;

}  // namespace

PacketReceiver::PacketReceiver(Stream& stream, BufferPool& pool, ByteView early)
    : stream_(stream), pool_(pool) {
  Slab& first = slabs_[0];
  first.buffer = pool_.Take(early.size());
  if (!early.empty()) std::memcpy(first.buffer.bytes.get(), early.data(), early.size());
  first.end = early.size();
}

PacketReceiver::~PacketReceiver() {
  for (Slab& slab : slabs_) {
    if (!slab.buffer.empty()) pool_.Give(std::move(slab.buffer));
  }
}

size_t PacketReceiver::BytesWanted(ByteView bytes) {
  if (bytes.size() < kPacketPrefixBytes) return kPacketPrefixBytes;
  const Result<PacketPrefix> prefix = ParsePacketPrefix(bytes);
  // A malformed one is found by Parse.
  return prefix.ok() ? kPacketPrefixBytes + prefix->BodyBytes() : kPacketPrefixBytes;
}

void PacketReceiver::MoveRest(size_t to, size_t wanted) {
  Slab& from = slabs_[current_];
  Slab& slab = slabs_[to];
  const size_t rest = from.end - from.parsed;
  Buffer replaced;
  if (slab.buffer.capacity < wanted || slab.buffer.empty()) {
    replaced = std::exchange(slab.buffer, pool_.Take(wanted));
  }
  const uint8_t* source =
      (to == current_ && !replaced.empty() ? replaced : from.buffer).bytes.get();
  if (rest > 0) std::memmove(slab.buffer.bytes.get(), source + from.parsed, rest);
  from.parsed = from.end = 0;
  slab.parsed = 0;
  slab.end = rest;
  current_ = to;
  if (!replaced.empty()) pool_.Give(std::move(replaced));
}

bool PacketReceiver::MakeRoom() {
  Slab& slab = slabs_[current_];
  const ByteView rest(slab.buffer.bytes.get() + slab.parsed, slab.end - slab.parsed);
  const size_t wanted = BytesWanted(rest);
  if (slab.held == 0) {
    if (slab.parsed > 0 || slab.buffer.capacity < wanted) MoveRest(current_, wanted);
    return true;
  }
  const bool fits = slab.buffer.capacity - slab.parsed >= wanted;
  if (fits && slab.buffer.capacity - slab.end >= kLeastRead) return true;
  for (size_t other = 0; other < kBuffers; ++other) {
    if (other == current_ || slabs_[other].held != 0) continue;
    MoveRest(other, wanted);
    return true;
  }
  return fits && slab.end < slab.buffer.capacity;
}

Status PacketReceiver::Parse(std::vector<ReceivedPacket>* out) {
  Slab& slab = slabs_[current_];
  for (;;) {
    const ByteView rest(slab.buffer.bytes.get() + slab.parsed, slab.end - slab.parsed);
    ASSIGN_OR_RETURN(const std::optional<PacketFrame> frame, ParsePacket(rest));
    if (!frame.has_value()) return Status();
    ReceivedPacket& packet = out->emplace_back();
    packet.view = frame->packet;
    packet.raw = rest.first(frame->size);
    packet.buffer = static_cast<uint32_t>(current_);
    ++slab.held;
    slab.parsed += frame->size;
    if (packet.view.header.last_in_block) return Status();
  }
}

Task<Status> PacketReceiver::Receive(std::vector<ReceivedPacket>* out) {
  CO_RETURN_IF_ERROR(Parse(out));
  if (!out->empty()) co_return Status();
  Slab& slab = slabs_[current_];
  CHECK_LT(slab.end, slab.buffer.capacity);
  const MutableByteView room(slab.buffer.bytes.get() + slab.end, slab.buffer.capacity - slab.end);
  CO_ASSIGN_OR_RETURN(const size_t count, co_await stream_.ReadSome(room));
  if (count == 0) {
    co_return Status::Error(StatusCode::kNotResponding, "the writer {} went before the block ended",
                            stream_.PeerAddress());
  }
  slab.end += count;
  co_return Parse(out);
}

void PacketReceiver::Release(const ReceivedPacket& packet) {
  CHECK_GT(slabs_[packet.buffer].held, 0u);
  --slabs_[packet.buffer].held;
}

}  // namespace tusk::dfs::datanode

#include "dfs/namenode/blocks/block_list_reader.h"

#include <utility>

#include "common/base/status_macros.h"

namespace tusk::dfs::namenode {

namespace {

constexpr uint64_t kLengthMask = (uint64_t{1} << 48) - 1;
constexpr uint64_t kStateMask = 0xf;
constexpr uint64_t kMaxState = static_cast<uint64_t>(ReplicaState::kTemporary);
constexpr int kMaxVarintBytes = 10;

int64_t UnZigZag(uint64_t value) { return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1)); }

Status Malformed(uint64_t record) {
  return Status::Error(StatusCode::kInvalidArgument, "block report is malformed at replica {}",
                       record);
}

}  // namespace

BlockBufferReader::BlockBufferReader(std::vector<std::string_view> buffers, uint64_t count)
    : buffers_(std::move(buffers)), count_(count) {
  if (buffers_.empty()) return;
  const ByteView first = AsBytes(buffers_[0]);
  at_ = first.data();
  end_ = first.data() + first.size();
}

bool BlockBufferReader::AtEnd() {
  while (at_ == end_) {
    if (buffer_ + 1 >= buffers_.size()) return true;
    const ByteView next = AsBytes(buffers_[++buffer_]);
    at_ = next.data();
    end_ = next.data() + next.size();
  }
  return false;
}

bool BlockBufferReader::ReadVarintSlow(uint64_t* value) {
  uint64_t result = 0;
  for (int i = 0; i < kMaxVarintBytes; ++i) {
    if (AtEnd()) return false;
    const uint8_t byte = *at_++;
    result |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      *value = result;
      return true;
    }
  }
  return false;
}

bool BlockBufferReader::ReadVarint(uint64_t* value) {
  if (end_ - at_ < kMaxVarintBytes) return ReadVarintSlow(value);
  uint64_t result = 0;
  for (int i = 0; i < kMaxVarintBytes; ++i) {
    const uint8_t byte = at_[i];
    result |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      at_ += i + 1;
      *value = result;
      return true;
    }
  }
  return false;
}

Result<size_t> BlockBufferReader::Next(std::span<ReportedReplica> replicas) {
  size_t filled = 0;
  for (; filled < replicas.size() && read_ < count_; ++filled, ++read_) {
    uint64_t id = 0;
    uint64_t length = 0;
    uint64_t stamp = 0;
    uint64_t state = 0;
    if (!ReadVarint(&id) || !ReadVarint(&length) || !ReadVarint(&stamp) || !ReadVarint(&state)) {
      return Malformed(read_);
    }
    if ((state & kStateMask) > kMaxState) return Malformed(read_);
    ReportedReplica& replica = replicas[filled];
    replica.block.id = BlockId(UnZigZag(id));
    replica.block.length = length & kLengthMask;
    replica.block.generation_stamp = GenerationStamp(static_cast<int64_t>(stamp));
    replica.state = static_cast<ReplicaState>(state & kStateMask);
  }
  if (filled == 0 && !AtEnd()) return Malformed(read_);
  return filled;
}

uint64_t BlockLongsReader::Count() const {
  return longs_.size() < 2 || !Check().ok() ? 0 : longs_[0] + longs_[1];
}

Status BlockLongsReader::Check() const {
  if (longs_.empty()) return Status();
  if (longs_.size() < 2 || longs_[0] > longs_.size() / 3 || longs_[1] > longs_.size() / 4) {
    return Malformed(0);
  }
  const uint64_t finalized = longs_[0];
  const uint64_t others = longs_[1];
  if (longs_.size() != 2 + 3 * finalized + 3 + 4 * others) return Malformed(0);
  for (size_t i = 0; i < 3; ++i) {
    if (longs_[2 + 3 * finalized + i] != UINT64_MAX) return Malformed(finalized);
  }
  return Status();
}

Result<size_t> BlockLongsReader::Next(std::span<ReportedReplica> replicas) {
  if (read_ == 0) RETURN_IF_ERROR(Check());
  const uint64_t finalized = longs_.empty() ? 0 : longs_[0];
  const uint64_t count = Count();
  size_t filled = 0;
  for (; filled < replicas.size() && read_ < count; ++filled, ++read_) {
    const bool is_final = read_ < finalized;
    const size_t at = is_final ? 2 + 3 * read_ : 2 + 3 * finalized + 3 + 4 * (read_ - finalized);
    ReportedReplica& replica = replicas[filled];
    replica.block = {BlockId(static_cast<int64_t>(longs_[at])),
                     GenerationStamp(static_cast<int64_t>(longs_[at + 2])), longs_[at + 1]};
    replica.state = ReplicaState::kFinalized;
    if (is_final) continue;
    if (longs_[at + 3] > kMaxState) return Malformed(read_);
    replica.state = static_cast<ReplicaState>(longs_[at + 3]);
  }
  return filled;
}

}  // namespace tusk::dfs::namenode

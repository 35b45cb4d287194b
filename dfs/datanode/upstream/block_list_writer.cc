#include "dfs/datanode/upstream/block_list_writer.h"

#include <utility>

namespace tusk::dfs::datanode {

namespace {

constexpr uint64_t kLengthMask = (uint64_t{1} << 48) - 1;

uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}

}  // namespace

void BlockListWriter::PutVarint(uint64_t value) {
  // A record may be cut anywhere: readers see one string.
  const auto put = [this](uint8_t byte) {
    if (buffers_.empty() || buffers_.back().size() == kBufferBytes) buffers_.emplace_back();
    buffers_.back().push_back(static_cast<char>(byte));
  };
  while (value >= 0x80) {
    put(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  put(static_cast<uint8_t>(value));
}

void BlockListWriter::Add(const ReportedReplica& replica) {
  PutVarint(ZigZag(replica.block.id.value()));
  PutVarint(replica.block.length & kLengthMask);
  PutVarint(static_cast<uint64_t>(replica.block.generation_stamp.value()));
  PutVarint(static_cast<uint64_t>(replica.state));
  ++count_;
}

std::vector<std::string> BlockListWriter::TakeBuffers() {
  count_ = 0;
  return std::exchange(buffers_, {});
}

}  // namespace tusk::dfs::datanode

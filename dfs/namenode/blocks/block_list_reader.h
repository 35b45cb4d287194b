#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "common/base/byte_span.h"
#include "dfs/namenode/blocks/replica_report.h"

namespace tusk::dfs::namenode {

/// Reads the replica list of a full report in Hadoop's present form (BlockListAsLongs,
/// BufferDecoder): one string of bytes, cut into buffers anywhere, with one record of four varints
/// for each replica: block id (zig-zag), length (low 48 bits), generation stamp, state (low 4
/// bits).
///
/// Views the buffers, copies nothing. Bytes that are no such list are kInvalidArgument: a varint
/// that does not end, an unknown state, fewer or more records than announced.
class BlockBufferReader : public ReplicaReader {
 public:
  BlockBufferReader(std::vector<std::string_view> buffers, uint64_t count);

  Result<size_t> Next(std::span<ReportedReplica> replicas) override;
  uint64_t Count() const override { return count_; }

 private:
  bool ReadVarint(uint64_t* value);
  bool ReadVarintSlow(uint64_t* value);
  bool AtEnd();

  const std::vector<std::string_view> buffers_;
  const uint64_t count_;
  uint64_t read_ = 0;
  size_t buffer_ = 0;
  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
};

/// Reads the old form (LongsDecoder): the number of finalised replicas, the number of others,
/// three numbers for each finalised one (id, length, stamp), three times -1, four numbers for each
/// of the others (with its state).
class BlockLongsReader : public ReplicaReader {
 public:
  explicit BlockLongsReader(std::span<const uint64_t> longs) : longs_(longs) {}

  Result<size_t> Next(std::span<ReportedReplica> replicas) override;
  uint64_t Count() const override;

 private:
  Status Check() const;

  const std::span<const uint64_t> longs_;
  uint64_t read_ = 0;
};

}  // namespace tusk::dfs::namenode

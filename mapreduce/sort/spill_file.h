#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "mapreduce/model/job_spec.h"
#include "mapreduce/sort/local_file.h"
#include "mapreduce/sort/record.h"

namespace tusk::mapreduce {

/// Spill files: runs of records on a local disk, one segment for each partition, in blocks that
/// carry CRC32C. Map outputs have this form as well, and a segment travels to its reduce as it
/// stands. Byte layout, limits and an example: docs/formats/spill_file.md.

/// Where one partition is.
struct SpillSegment {
  uint64_t offset = 0;
  uint64_t stored_bytes = 0;  ///< in the file, blocks with their headers
  uint64_t raw_bytes = 0;     ///< of its records before compression
  uint64_t records = 0;

  friend bool operator==(const SpillSegment&, const SpillSegment&) = default;
};

/// The segments of a file by partition, and a checksum over all blocks: two outputs with the same
/// sum hold the same records in the same order.
struct SpillIndex {
  std::vector<SpillSegment> segments;
  uint32_t content_crc = 0;

  uint64_t TotalRecords() const;
  uint64_t TotalStoredBytes() const;
  friend bool operator==(const SpillIndex&, const SpillIndex&) = default;
};

/// Writes one spill file. Partitions in ascending order, within them records in the order of
/// Append. The first error is kept. A file without a successful `Finish` is not a spill file:
/// readers refuse it. One thread.
class SpillWriter final : public RecordSink {
 public:
  static Result<std::unique_ptr<SpillWriter>> Create(std::string path, uint32_t partitions,
                                                     MapOutputCompression compression);
  ~SpillWriter() override;

  /// Records that follow belong to `partition`: not smaller than the one before.
  Status StartPartition(uint32_t partition);
  /// kTooLarge for a record over kMaxRecordBytes.
  Status Append(ByteView key, ByteView value) override;
  /// Writes what is left and the index.
  Result<SpillIndex> Finish();

 private:
  SpillWriter(std::unique_ptr<LocalFileWriter> file, uint32_t partitions,
              MapOutputCompression compression);
  Status FlushBlock();

  const uint32_t partitions_;
  const MapOutputCompression compression_;
  std::unique_ptr<LocalFileWriter> file_;
  std::vector<uint8_t> block_;  // bytes of the block being filled, behind room for its header
  size_t block_end_ = 0;
  std::vector<uint8_t> packed_;  // scratch for compression
  SpillIndex index_;
  uint32_t partition_ = 0;
  Status status_;
};

/// Reads the index of a finished file: kCorruption for anything else. `partitions` must agree.
Result<SpillIndex> ReadSpillIndex(const LocalFile& file, uint32_t partitions);

/// The bytes of one segment, wherever they are.
class SegmentSource {
 public:
  virtual ~SegmentSource() = default;
  /// Fills `out` completely, or fails.
  virtual Status Read(MutableByteView out) = 0;
  /// Bytes not read yet.
  virtual uint64_t remaining() const = 0;
};

/// A range of a local file. The file may be shared by many sources.
std::unique_ptr<SegmentSource> MakeFileSegment(std::shared_ptr<const LocalFile> file,
                                               uint64_t offset, uint64_t length);
/// Bytes in memory, owned.
std::unique_ptr<SegmentSource> MakeMemorySegment(std::vector<uint8_t> bytes);

/// Iterates over the records of a segment and checks every block before it hands out its records.
///
/// Memory: one block. Any bytes may come in; damage is kCorruption. One thread.
class RunReader {
 public:
  explicit RunReader(std::unique_ptr<SegmentSource> source);

  /// Moves to the next record; false at the end or on an error, which `status()` tells.
  bool Next() {
    if (position_ < end_) [[likely]]
      return ParseRecord();
    return NextBlock() && ParseRecord();
  }
  /// Valid until the next call of Next.
  ByteView key() const { return key_; }
  ByteView value() const { return value_; }
  const Status& status() const { return status_; }

 private:
  bool NextBlock();
  bool ParseRecord();
  bool Fail(Status status);

  std::unique_ptr<SegmentSource> source_;
  std::vector<uint8_t> block_;
  std::vector<uint8_t> packed_;
  const uint8_t* position_ = nullptr;
  const uint8_t* end_ = nullptr;
  ByteView key_;
  ByteView value_;
  Status status_;
};

}  // namespace tusk::mapreduce

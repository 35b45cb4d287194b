#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dfs/client/streams.h"
#include "mapreduce/api/output_format.h"
#include "mapreduce/model/job_spec.h"

namespace tusk::mapreduce {

/// Files of binary records between chained jobs: blocks with CRC32C, each behind the file's own
/// sync mark, so that a reader can start at any byte. Layout: docs/formats/sequence_file.md.
inline constexpr size_t kSyncBytes = 16;
using SyncMark = std::array<uint8_t, kSyncBytes>;

/// Writes records; the header comes with the first block or with `Close`. One thread.
class SequenceFileWriter {
 public:
  /// `types` names key and value for people and for a check when reading; at most 1000 bytes.
  SequenceFileWriter(OutputFileWriter& file, std::string_view types,
                     MapOutputCompression compression, const SyncMark& sync);

  /// Room for a record of at most `bound` bytes, then the record's ends: as MapCollector's Begin
  /// and End.
  uint8_t* Begin(size_t bound);
  void End(uint8_t* begin, uint8_t* key_end, uint8_t* end);
  Status Close();

 private:
  void FlushBlock();

  OutputFileWriter& file_;
  const MapOutputCompression compression_;
  const SyncMark sync_;
  std::vector<uint8_t> record_;
  std::vector<uint8_t> block_;
  std::vector<uint8_t> packed_;
  Status status_;
};

/// Reads the blocks of a file whose sync mark starts in [offset, offset + length). Any bytes may
/// come in. One thread.
class SequenceFileReader {
 public:
  static Result<std::unique_ptr<SequenceFileReader>> Open(std::unique_ptr<dfs::InputStream> stream,
                                                          std::string_view types, uint64_t offset,
                                                          uint64_t length);

  bool Next();
  ByteView key() const { return key_; }
  ByteView value() const { return value_; }
  const Status& status() const { return status_; }
  uint64_t bytes_read() const { return bytes_read_; }
  /// Where the next block starts.
  uint64_t position() const { return position_; }

 private:
  SequenceFileReader(std::unique_ptr<dfs::InputStream> stream, const SyncMark& sync, uint64_t end);
  Status FindSync(uint64_t offset);
  Result<bool> ReadAt(uint64_t offset, MutableByteView out);
  bool NextBlock();
  Status ReadBlock(bool* at_end);

  const std::unique_ptr<dfs::InputStream> stream_;
  const SyncMark sync_;
  const uint64_t end_;
  uint64_t position_ = 0;
  uint64_t bytes_read_ = 0;
  std::vector<uint8_t> stored_;
  std::vector<uint8_t> block_;
  const uint8_t* next_ = nullptr;
  const uint8_t* block_end_ = nullptr;
  ByteView key_;
  ByteView value_;
  Status status_;
};

/// A mark that no other file has.
SyncMark NewSyncMark();

}  // namespace tusk::mapreduce

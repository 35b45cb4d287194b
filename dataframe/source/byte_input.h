#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/io/type_fwd.h>

#include "common/base/byte_span.h"
#include "common/base/result.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::df {

/// A line or record of more bytes is an error: usually a quote that is never closed, or a file that
/// is no text.
inline constexpr uint64_t kMaxRecordBytes = uint64_t{16} << 20;
/// What some programs put before UTF-8.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
/// How much of a file of text is taken at once.
inline constexpr uint64_t kTextBlockBytes = uint64_t{1} << 20;

/// True for names that end in .gz, .zst, .bz2 or .lz4: such files are read from start to end.
bool IsCompressed(std::string_view path);
/// `path` without such an ending.
std::string_view WithoutCompression(std::string_view path);

/// The bytes of a file in order, decompressed where its name says so. One thread.
class ByteInput {
 public:
  /// Begins at byte `offset`, which must be 0 for a compressed file.
  static Result<std::unique_ptr<ByteInput>> Open(dfs::FileSystem& files, std::string path,
                                                 uint64_t offset = 0);

  /// Appends up to `bytes` bytes to `out`; fewer only at the end of the file. kCorruption for what
  /// does not decompress.
  Status Append(uint64_t bytes, std::string& out);

  /// The position of the next byte, decompressed.
  uint64_t position() const { return position_; }
  /// True when the end has been seen.
  bool at_end() const { return at_end_; }
  const std::string& path() const { return path_; }

 private:
  ByteInput(std::string path, std::shared_ptr<arrow::io::InputStream> stream, uint64_t position)
      : path_(std::move(path)), stream_(std::move(stream)), position_(position) {}

  const std::string path_;
  const std::shared_ptr<arrow::io::InputStream> stream_;
  uint64_t position_;
  bool at_end_ = false;
};

/// The whole lines of a stretch of a file, in blocks: each line whose first byte is in
/// [begin, end). One thread.
class LineBlocks {
 public:
  static Result<std::unique_ptr<LineBlocks>> Open(dfs::FileSystem& files, std::string path,
                                                  uint64_t begin, uint64_t end);

  /// Lines with their ends (the last of the file may lack it), valid until the next call; empty at
  /// the end. kTooLarge for a line beyond kMaxRecordBytes.
  Result<std::string_view> Next();
  /// Where the last block begins in the file.
  uint64_t block_offset() const { return offset_; }

 private:
  LineBlocks(std::unique_ptr<ByteInput> input, uint64_t end)
      : input_(std::move(input)), end_(end) {}
  /// Drops the end of the line that another stretch has.
  Status SkipPartialLine();

  const std::unique_ptr<ByteInput> input_;
  const uint64_t end_;
  std::string buffer_;
  uint64_t offset_ = 0;  // of buffer_ in the file
  size_t used_ = 0;      // of buffer_, by the last block
  bool done_ = false;
};

/// Numbers of lines of a file (from 1), for messages. One thread.
class LineCounter {
 public:
  LineCounter(dfs::FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

  /// The line that holds byte `offset`; nothing when that is too far inside to be counted. Offsets
  /// that grow cost one reading of the file all together.
  std::optional<uint64_t> LineOf(uint64_t offset);

 private:
  dfs::FileSystem& files_;
  const std::string path_;
  std::unique_ptr<ByteInput> input_;
  uint64_t line_ = 1;  // at input_->position()
};

/// The number of one line as text; empty when it is too far inside to be counted.
std::string LineOf(dfs::FileSystem& files, const std::string& path, uint64_t offset);

}  // namespace tusk::df

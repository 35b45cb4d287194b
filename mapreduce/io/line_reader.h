#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dfs/client/streams.h"

namespace tusk::mapreduce {

/// The lines of a byte range of a file, by the rule of
/// org.apache.hadoop.mapreduce.lib.input.LineRecordReader: a split that does not start the file
/// skips to the end of its first line, and every split reads the line that starts at or crosses its
/// end. So each line belongs to exactly one split, however the file is cut.
///
/// Lines end with \n, \r\n or \r, none of which is handed out; the last line need not end. A UTF-8
/// byte order mark at the start of the file is skipped. Reads ahead in steps of kReadBytes; a line
/// may be as long as kMaxLineBytes, beyond which the reader fails with kTooLarge. One thread.
class LineReader {
 public:
  static constexpr size_t kReadBytes = size_t{1} << 20;
  static constexpr size_t kMaxLineBytes = size_t{64} << 20;

  /// Reads [offset, offset + length) of `stream`, in the sense above.
  LineReader(std::unique_ptr<dfs::InputStream> stream, uint64_t offset, uint64_t length);
  ~LineReader();

  bool Next();
  /// Byte where the line starts.
  uint64_t key() const { return key_; }
  /// Valid until the next Next. At least 16 readable bytes follow it.
  std::string_view value() const { return line_; }
  const Status& status() const { return status_; }
  double progress() const;
  uint64_t bytes_read() const { return file_position_ - start_; }

 private:
  static constexpr size_t kSlack = 64;

  bool Start();
  bool Fill();
  bool SkipLine();
  bool FindLine(std::string_view* line, size_t* consumed);

  std::unique_ptr<dfs::InputStream> stream_;
  const uint64_t start_;
  const uint64_t end_;      // lines that start here or before are ours
  uint64_t file_position_;  // of the byte behind the buffer
  std::vector<char> buffer_;
  size_t begin_ = 0;  // unread bytes of the buffer
  size_t fill_ = 0;
  bool started_ = false;
  bool ended_ = false;  // no line starts in the range
  bool end_of_file_ = false;
  uint64_t key_ = 0;
  std::string_view line_;
  Status status_;
};

}  // namespace tusk::mapreduce

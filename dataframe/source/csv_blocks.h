#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/csv/options.h>
#include <arrow/csv/parser.h>

#include "common/base/result.h"
#include "dataframe/plan/table_source.h"
#include "dataframe/source/byte_input.h"

namespace tusk::df {

/// The first record of a CSV file.
struct CsvHead {
  /// The names of the columns.
  std::vector<std::string> names;
  /// Where the first record with data begins (of the decompressed file).
  uint64_t data_offset = 0;
};

/// Reads it. kCorruption for a name that comes twice, and for what is no CSV.
Result<CsvHead> ReadCsvHead(dfs::FileSystem& files, const std::string& path,
                            const CsvFormat& format);

/// How Arrow's parser is told of the format, for records of `columns` fields.
arrow::csv::ParseOptions CsvParseOptions(const CsvFormat& format, size_t columns);

/// The records of a stretch of a CSV file, parsed block by block: those whose first byte is in
/// [begin, end). One thread.
class CsvBlocks {
 public:
  /// How the first record is found when the stretch begins inside of the file.
  enum class Start : uint8_t {
    kExact,      ///< the file is read from its start if need be
    kWhenCheap,  ///< no records at all then
  };
  static Result<std::unique_ptr<CsvBlocks>> Open(dfs::FileSystem& files, const std::string& path,
                                                 const CsvFormat& format, uint64_t begin,
                                                 uint64_t end, Start start = Start::kExact);

  /// One record of `data()`.
  struct Record {
    size_t begin = 0;
    size_t end = 0;
    uint64_t fields = 0;
  };

  /// The next records, at least one; null at the end. Valid until the next call. kCorruption for a
  /// record with another number of fields (unless the format says to fill up with nulls, or to
  /// reject: then the parser has only those with all fields, maybe none) and for one without an end
  /// or beyond kMaxRecordBytes; with place, text and what to do.
  Result<const arrow::csv::BlockParser*> Next();
  /// How many records `Next` has left out because of their number of fields.
  int64_t left_out() const { return left_out_; }
  /// All records of `data()`, those too that the parser has not.
  std::vector<Record> Records() const;

  const std::vector<std::string>& names() const { return head_.names; }
  /// What the last parser was given, and where that begins in the file.
  std::string_view data() const { return std::string_view(buffer_).substr(0, parsed_); }
  uint64_t data_offset() const { return offset_; }
  const arrow::csv::ParseOptions& options() const { return options_; }

  /// "/data/a.csv, line 17, byte 1234": for messages about the record at `offset` of the file.
  std::string PlaceOf(uint64_t offset) const;

 private:
  CsvBlocks(dfs::FileSystem& files, std::string path, CsvFormat format, CsvHead head, uint64_t end);

  /// Lets go of what was parsed, and of empty lines behind it.
  void DropParsed();
  size_t EndOfFirstRecord() const;
  Status Fill(uint64_t bytes);
  Status Parse(std::string_view bytes, int32_t rows);
  Status ParseRest();
  Status Unending() const;

  dfs::FileSystem& files_;
  const std::string path_;
  const CsvFormat format_;
  const CsvHead head_;
  const uint64_t end_;
  arrow::csv::ParseOptions options_;
  std::unique_ptr<ByteInput> input_;
  std::unique_ptr<arrow::csv::BlockParser> parser_;
  std::string buffer_;
  uint64_t offset_ = 0;  // of buffer_ in the file
  size_t parsed_ = 0;    // bytes of buffer_ in parser_
  int64_t left_out_ = 0;
  const bool rejects_;
  bool after_return_ = false;
  bool done_ = false;
};

}  // namespace tusk::df

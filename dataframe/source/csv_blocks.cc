#include "dataframe/source/csv_blocks.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/quantity_text.h"
#include "common/base/status_macros.h"
#include "dataframe/source/csv_record_start.h"
#include "dataframe/source/file_scan.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

constexpr size_t kShownBytes = 120;

}  // namespace

arrow::csv::ParseOptions CsvParseOptions(const CsvFormat& format, size_t columns) {
  auto options = arrow::csv::ParseOptions::Defaults();
  options.delimiter = format.delimiter;
  options.quoting = format.quote != 0;
  options.quote_char = format.quote;
  options.newlines_in_values = true;
  // Of one column an empty line is a null: nothing else could stand for it.
  options.ignore_empty_lines = columns != 1;
  options.pad_short_rows = format.on_bad == OnBad::kNull;
  options.ignore_extra_columns = format.on_bad == OnBad::kNull;
  return options;
}

Result<CsvHead> ReadCsvHead(dfs::FileSystem& files, const std::string& path,
                            const CsvFormat& format) {
  ASSIGN_OR_RETURN(const auto input, ByteInput::Open(files, path));
  std::string head;
  CsvHead out;
  uint64_t wanted = 64 << 10;
  while (true) {
    RETURN_IF_ERROR(input->Append(wanted - head.size(), head));
    std::string_view bytes = head;
    const size_t mark = bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    bytes.remove_prefix(mark);
    arrow::csv::ParseOptions options = CsvParseOptions(format, 2);
    arrow::csv::BlockParser parser(options, -1, -1, 1);
    uint32_t parsed = 0;
    const bool final = input->at_end();
    RETURN_IF_ERROR(
        FromArrow(final ? parser.ParseFinal(bytes, &parsed) : parser.Parse(bytes, &parsed))
            .WithContext(path));
    if (parser.num_rows() == 0) {
      if (final) return out;  // nothing but empty lines
      if (wanted > kMaxRecordBytes) {
        return Status::Error(StatusCode::kTooLarge,
                             "{}: the first record has more than {} bytes: is the file CSV, and is "
                             "{} its quote?",
                             path, kMaxRecordBytes, format.quote);
      }
      wanted *= 4;
      continue;
    }
    RETURN_IF_ERROR(FromArrow(
        parser.VisitLastRow([&](const uint8_t* data, uint32_t size, bool, bool) -> arrow::Status {
          out.names.push_back(format.header ? std::string(reinterpret_cast<const char*>(data), size)
                                            : fmt::format("column{}", out.names.size()));
          return arrow::Status::OK();
        })));
    out.data_offset = format.header ? mark + parsed : mark;
    break;
  }
  std::set<std::string> known;
  for (const std::string& name : out.names) {
    if (known.insert(name).second) continue;
    return Status::Error(StatusCode::kCorruption,
                         "the header of {} has the name {} twice: rename one, or read without "
                         "header",
                         path, name.empty() ? "\"\"" : name);
  }
  return out;
}

CsvBlocks::CsvBlocks(dfs::FileSystem& files, std::string path, CsvFormat format, CsvHead head,
                     uint64_t end)
    : files_(files),
      path_(std::move(path)),
      format_(std::move(format)),
      head_(std::move(head)),
      end_(end),
      options_(CsvParseOptions(format_, head_.names.size())),
      rejects_(format_.on_bad == OnBad::kReject || format_.on_bad == OnBad::kRejectsOnly) {}

Result<std::unique_ptr<CsvBlocks>> CsvBlocks::Open(dfs::FileSystem& files, const std::string& path,
                                                   const CsvFormat& format, uint64_t begin,
                                                   uint64_t end, Start start) {
  ASSIGN_OR_RETURN(CsvHead head, ReadCsvHead(files, path, format));
  std::unique_ptr<CsvBlocks> blocks(new CsvBlocks(files, path, format, std::move(head), end));
  uint64_t position = blocks->head_.data_offset;
  const size_t columns = blocks->head_.names.size();
  if (begin > position) {
    const bool ragged = format.on_bad != OnBad::kFail;
    ASSIGN_OR_RETURN(
        const auto found,
        FindRecordStart(files, path, format, begin, ragged ? 0 : columns, start == Start::kExact));
    position = std::max(position, found.value_or(end));
  }
  blocks->offset_ = position;
  blocks->done_ = position >= end || columns == 0;
  if (blocks->done_) return blocks;
  if (IsCompressed(path)) {
    // What is decompressed again is no more than the head.
    ASSIGN_OR_RETURN(blocks->input_, ByteInput::Open(files, path));
    RETURN_IF_ERROR(blocks->input_->Append(position, blocks->buffer_));
    blocks->buffer_.clear();
  } else {
    ASSIGN_OR_RETURN(blocks->input_, ByteInput::Open(files, path, position));
  }
  return blocks;
}

void CsvBlocks::DropParsed() {
  size_t dropped = parsed_;
  if (parsed_ > 0) after_return_ = buffer_[parsed_ - 1] == '\r';
  parsed_ = 0;
  if (after_return_ && dropped < buffer_.size()) {
    if (buffer_[dropped] == '\n') ++dropped;
    after_return_ = false;
  }
  // An empty line before `end_` must not carry a record behind it into this stretch.
  while (options_.ignore_empty_lines && dropped < buffer_.size() &&
         (buffer_[dropped] == '\n' || buffer_[dropped] == '\r')) {
    ++dropped;
  }
  buffer_.erase(0, dropped);
  offset_ += dropped;
}

Status CsvBlocks::Fill(uint64_t bytes) {
  if (buffer_.size() >= bytes || input_->at_end()) return Status::Ok();
  return input_->Append(bytes - buffer_.size(), buffer_);
}

Result<const arrow::csv::BlockParser*> CsvBlocks::Next() {
  uint64_t wanted = kTextBlockBytes;
  while (!done_) {
    DropParsed();
    RETURN_IF_ERROR(Fill(wanted));
    DropParsed();
    if (offset_ >= end_ || buffer_.empty()) {
      done_ = true;
      break;
    }
    // First what is whole before the end, then the one record that goes on beyond it.
    const std::string_view all = buffer_;
    RETURN_IF_ERROR(Parse(all.substr(0, end_ - offset_), arrow::csv::kMaxParserNumRows));
    if (parsed_ == 0 && offset_ + all.size() > end_) {
      // One that is rejected must not make the parser go on to the next.
      const size_t end = rejects_ ? EndOfFirstRecord() : all.size();
      RETURN_IF_ERROR(Parse(all.substr(0, end), 1));
      done_ = parsed_ > 0;
    }
    if (parsed_ == 0 && input_->at_end()) {
      RETURN_IF_ERROR(ParseRest());
      done_ = true;
    }
    if (parser_->num_rows() > 0 || left_out_ > 0) return parser_.get();
    if (parsed_ > 0) continue;
    if (done_ || buffer_.size() > kMaxRecordBytes) return Unending();
    wanted = buffer_.size() * 2;
  }
  return nullptr;
}

/// The last record of a file, without the end of a line.
Status CsvBlocks::ParseRest() {
  CsvLexer lexer(format_, CsvLexer::State::kRecordStart);
  for (const char c : buffer_) lexer.Take(c);
  if (lexer.state() == CsvLexer::State::kQuoted) return Unending();
  // With the end of a line, as all others: without it, Arrow's parser takes an empty last field for
  // quoted when the one before it was.
  buffer_ += '\n';
  return Parse(buffer_, 1);
}

Status CsvBlocks::Parse(std::string_view bytes, int32_t rows) {
  std::string place, text;
  int32_t fields = 0;
  auto options = options_;
  left_out_ = 0;
  options.invalid_row_handler = [&](const arrow::csv::InvalidRow& row) {
    if (rejects_) {
      ++left_out_;
      return arrow::csv::InvalidRowResult::Skip;
    }
    fields = row.actual_columns;
    text = row.text;
    const size_t found = bytes.find(row.text);
    if (found != std::string_view::npos) place = PlaceOf(offset_ + found);
    return arrow::csv::InvalidRowResult::Error;
  };
  parser_ = std::make_unique<arrow::csv::BlockParser>(
      options, static_cast<int32_t>(head_.names.size()), -1, rows);
  uint32_t parsed = 0;
  const Status status = FromArrow(parser_->Parse(bytes, &parsed));
  parsed_ = parsed;
  if (status.ok()) return status;
  if (place.empty()) {
    return Status::Error(StatusCode::kCorruption, "{}: {}", path_, status.message());
  }
  return Status::Error(StatusCode::kCorruption,
                       "{}: {} instead of {}: {}; correct the file, say its delimiter and "
                       "quote, or read with on_bad null or reject",
                       place, CountText(static_cast<int64_t>(fields), "field"), head_.names.size(),
                       ShownText(text, kShownBytes));
}

size_t CsvBlocks::EndOfFirstRecord() const {
  CsvLexer lexer(format_, CsvLexer::State::kRecordStart);
  for (size_t i = 0; i < buffer_.size(); ++i) {
    if (lexer.Take(buffer_[i]) && i > 0) return i;
  }
  const bool ended = lexer.state() == CsvLexer::State::kRecordStart ||
                     lexer.state() == CsvLexer::State::kAfterReturn;
  return ended ? buffer_.size() : 0;
}

std::vector<CsvBlocks::Record> CsvBlocks::Records() const {
  std::vector<Record> records;
  CsvLexer lexer(format_, CsvLexer::State::kRecordStart);
  const auto add = [&](size_t begin, size_t end, uint64_t fields, bool empty) {
    if (!empty || !options_.ignore_empty_lines) records.push_back({begin, end, fields});
  };
  size_t begin = 0;
  for (size_t i = 0; i < parsed_; ++i) {
    if (!lexer.Take(buffer_[i])) continue;
    if (i > 0) add(begin, i, lexer.ended_fields(), lexer.ended_empty());
    begin = i;
  }
  if (parsed_ > 0) add(begin, parsed_, lexer.fields(), lexer.empty());
  return records;
}

Status CsvBlocks::Unending() const {
  return Status::Error(StatusCode::kCorruption,
                       "{}: the record does not end, or not within {} bytes: a quote that is not "
                       "closed, or no CSV: {}",
                       PlaceOf(offset_), kMaxRecordBytes, ShownText(buffer_, kShownBytes));
}

std::string CsvBlocks::PlaceOf(uint64_t offset) const {
  const std::string line = LineOf(files_, path_, offset);
  return fmt::format("{}, {}byte {}", path_, line.empty() ? "" : "line " + line + ", ", offset);
}

}  // namespace tusk::df

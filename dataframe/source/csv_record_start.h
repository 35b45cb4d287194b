#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "dataframe/plan/table_source.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::df {

/// Where CSV records begin, byte by byte. A quote opens only at the start of a field, two in a
/// quoted field are one, what follows a closing one is taken as it is: just as Arrow's parser has
/// it.
class CsvLexer {
 public:
  /// Where the next byte is.
  enum class State : uint8_t {
    kRecordStart,
    kFieldStart,
    kField,
    kQuoted,
    kQuoteInQuoted,  ///< behind a quote inside of quotes: the end, or the first of two
    kAfterReturn,    ///< behind \r: a \n belongs to it
  };

  CsvLexer(const CsvFormat& format, State state)
      : delimiter_(format.delimiter), quote_(format.quote), state_(state) {}

  /// Takes one byte. True when it is the first of a record (or empty line): then `ended_fields` is
  /// how many fields the one before it had.
  bool Take(char c) {
    if (state_ == State::kAfterReturn) {
      state_ = State::kRecordStart;
      if (c == '\n') return false;
    }
    const bool begins = state_ == State::kRecordStart;
    if (begins) {
      ended_fields_ = fields();
      delimiters_ = 0;
    }
    ended_empty_ = begins ? empty_ : ended_empty_;
    Step(c);
    return begins;
  }

  State state() const { return state_; }
  void set_state(State state) { state_ = state; }
  uint64_t ended_fields() const { return ended_fields_; }
  bool ended_empty() const { return ended_empty_; }
  /// Of the record that goes on, or has ended without a next one.
  uint64_t fields() const { return delimiters_ + 1; }
  bool empty() const { return empty_; }

 private:
  void Step(char c) {
    if (state_ == State::kQuoted) {
      if (c == quote_) state_ = State::kQuoteInQuoted;
      return;
    }
    if (state_ == State::kQuoteInQuoted && c == quote_) {
      state_ = State::kQuoted;
      return;
    }
    const bool first = state_ == State::kRecordStart;
    empty_ = first && (c == '\n' || c == '\r');
    if (c == '\n' || c == '\r') {
      state_ = c == '\r' ? State::kAfterReturn : State::kRecordStart;
    } else if (c == delimiter_) {
      ++delimiters_;
      state_ = State::kFieldStart;
    } else if (c == quote_ && quote_ != 0 && (first || state_ == State::kFieldStart)) {
      state_ = State::kQuoted;
    } else {
      state_ = State::kField;
    }
  }

  const char delimiter_;
  const char quote_;
  State state_;
  uint64_t delimiters_ = 0;
  uint64_t ended_fields_ = 0;
  bool empty_ = false;  // the record is an empty line
  bool ended_empty_ = false;
};

/// The position of the first record of a CSV file that begins at byte `offset` or behind it; the
/// length of the file when there is none.
///
/// Whether `offset` is inside of quotes cannot be seen there. So the bytes from a little before it
/// are read under both assumptions, until one of them is refuted: by a record that has not
/// `columns` fields, by quotes that never close, or by a record longer than kMaxRecordBytes. Both
/// leading to the same position is an answer too, the usual one. For files whose records all have
/// `columns` fields the answer is certain. Where neither is refuted (or `columns` is 0, as ragged
/// files are admitted), the file is read from its start; or, when not `exact`, there is no answer.
Result<std::optional<uint64_t>> FindRecordStart(dfs::FileSystem& files, const std::string& path,
                                                const CsvFormat& format, uint64_t offset,
                                                uint64_t columns, bool exact);

}  // namespace tusk::df

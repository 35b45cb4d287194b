#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "dataframe/expr/expr.h"

namespace tusk::df::sql {

/// The text of a script, for places in it and for errors that show them. Positions are bytes from
/// its beginning; -1 is unknown. Immutable; any thread.
class SqlText {
 public:
  explicit SqlText(std::string text);

  const std::string& text() const { return text_; }

  /// "line 3, column 14": columns count characters from 1, as editors do. Empty when unknown.
  SourcePlace PlaceAt(int64_t offset) const;

  /// An error of the user's with the line and a caret below the position, then what to do:
  ///
  ///   there is no column "l_price"
  ///     LINE 3: WHERE l_price > 3
  ///                   ^
  ///     do: take l_extendedprice, the nearest
  Status Error(StatusCode code, std::string_view message, int64_t offset,
               std::string_view hint = {}) const;

  /// `status` with the line and the caret, when its message names a place of this text ("line 3,
  /// column 14") and has none yet: for errors of the plan's own checks.
  Status WithCaret(const Status& status) const;

  /// The position of the character with this number, from 1: how the parser counts in its errors.
  int64_t OffsetOfCharacter(int64_t number) const;

  /// The position of a line and a column as `PlaceAt` counts them, or -1.
  int64_t OffsetOf(int64_t line, int64_t column) const;

 private:
  size_t LineOf(int64_t offset) const;
  int64_t Advance(size_t from, int64_t characters) const;
  std::string Caret(int64_t offset) const;

  std::string text_;
  std::vector<size_t> line_starts_;
};

/// True when `text` is well-formed UTF-8 (no overlong forms, no surrogates).
bool IsUtf8(std::string_view text);

}  // namespace tusk::df::sql

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/sql/sql_text.h"

namespace tusk::df::sql {

/// One word, literal or sign of a script.
struct Token {
  size_t begin = 0;
  size_t end = 0;
  enum class Kind : uint8_t { kOther = 0, kWord = 1, kString = 2, kInteger = 3 };
  Kind kind = Kind::kOther;

  std::string_view In(std::string_view text) const { return text.substr(begin, end - begin); }
};

/// The tokens of a script by PostgreSQL's scanner, without comments. kInvalidArgument for a literal
/// without its end.
Result<std::vector<Token>> ScanTokens(const SqlText& text);

/// True when the token is the word `upper`, in any case of letters.
bool IsWord(std::string_view token, std::string_view upper);

/// The text of a literal in single quotes or of a name in double quotes.
std::string Unquote(std::string_view quoted);

/// Refuses scripts whose tree could be so deep that the parser, which bounds nothing itself, or we
/// would run out of stack. kTooLarge.
Status CheckScriptBounds(const SqlText& text, const std::vector<Token>& tokens);

}  // namespace tusk::df::sql

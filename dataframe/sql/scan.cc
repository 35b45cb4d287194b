#include "dataframe/sql/scan.h"

#include <algorithm>
#include <array>

#include <pg_query.h>

#include "common/base/scope_exit.h"
#include "common/base/status_macros.h"

namespace tusk::df::sql {

namespace {

// Numbers of pg_query.proto's enum Token.
constexpr uint64_t kIdent = 258;
constexpr uint64_t kStringConstant = 261;
constexpr uint64_t kIntegerConstant = 266;
constexpr uint64_t kSqlComment = 275;
constexpr uint64_t kCComment = 276;
constexpr uint64_t kFirstKeyword = 277;

// Tokens in a row without a comma, summed over the open parentheses, bound the depth of the tree:
// an operand, an operator or a cast each adds a level at most. The parser takes about 200 bytes of
// stack for a level.
constexpr size_t kMaxRun = 10'000;
// Each adds a level, too, but conditions stand between them, which start a new run.
constexpr size_t kMaxSetOperationsAndJoins = 500;

/// Reads the few fields of pg_query's ScanResult that we need: varints and nested messages.
class FieldReader {
 public:
  explicit FieldReader(std::string_view data) : data_(data) {}

  /// The next field, or false at the end (also of damage, which a library in our own process does
  /// not make).
  bool Next() {
    uint64_t key = 0;
    if (!Varint(key)) return false;
    number = key >> 3;
    if ((key & 7) == 0) return Varint(value);
    uint64_t length = 0;
    if ((key & 7) != 2 || !Varint(length) || length > data_.size()) return false;
    bytes = data_.substr(0, length);
    data_.remove_prefix(length);
    return true;
  }

  uint64_t number = 0;
  uint64_t value = 0;
  std::string_view bytes;

 private:
  bool Varint(uint64_t& result) {
    result = 0;
    for (int shift = 0; shift < 64 && !data_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(data_.front());
      data_.remove_prefix(1);
      result |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  std::string_view data_;
};

Token::Kind KindOf(uint64_t number) {
  if (number == kStringConstant) return Token::Kind::kString;
  if (number == kIntegerConstant) return Token::Kind::kInteger;
  if (number == kIdent || number >= kFirstKeyword) return Token::Kind::kWord;
  return Token::Kind::kOther;
}

/// One ScanToken; false for comments.
bool ReadToken(std::string_view bytes, size_t text_length, Token& token) {
  uint64_t number = 0;
  for (FieldReader field(bytes); field.Next();) {
    if (field.number == 1) token.begin = field.value;
    if (field.number == 2) token.end = field.value;
    if (field.number == 4) number = field.value;
  }
  token.kind = KindOf(number);
  token.end = std::min(token.end, text_length);
  token.begin = std::min(token.begin, token.end);
  return number != kSqlComment && number != kCComment;
}

bool IsOneOf(std::string_view token, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return IsWord(token, word); });
}

}  // namespace

Result<std::vector<Token>> ScanTokens(const SqlText& text) {
  PgQueryScanResult scan = pg_query_scan(text.text().c_str());
  const ScopeExit free_scan([&] { pg_query_free_scan_result(scan); });
  if (scan.error != nullptr) {
    return text.Error(StatusCode::kInvalidArgument, scan.error->message,
                      text.OffsetOfCharacter(scan.error->cursorpos));
  }
  std::vector<Token> tokens;
  for (FieldReader field({scan.pbuf.data, scan.pbuf.len}); field.Next();) {
    Token token;
    if (field.number == 2 && ReadToken(field.bytes, text.text().size(), token)) {
      tokens.push_back(token);
    }
  }
  return tokens;
}

bool IsWord(std::string_view token, std::string_view upper) {
  return std::equal(token.begin(), token.end(), upper.begin(), upper.end(), [](char a, char b) {
    return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
  });
}

std::string Unquote(std::string_view quoted) {
  std::string plain;
  if (quoted.size() < 2) return plain;
  const char quote = quoted.front();
  for (size_t at = 1; at + 1 < quoted.size(); ++at) {
    plain += quoted[at];
    if (quoted[at] == quote) ++at;  // doubled
  }
  return plain;
}

Status CheckScriptBounds(const SqlText& text, const std::vector<Token>& tokens) {
  std::vector<size_t> runs{0};
  size_t sum = 0;
  size_t chained = 0;
  for (const Token& token : tokens) {
    const std::string_view word = token.In(text.text());
    const auto at = static_cast<int64_t>(token.begin);
    if (word == ";" || (runs.size() == 1 && word == ")")) {
      runs.assign(1, 0);
      sum = 0;
      if (word == ";") chained = 0;
    } else if (word == "(" || word == "[") {
      runs.push_back(1);
      ++sum;
    } else if (word == ")" || word == "]") {
      if (runs.size() > 1) {
        sum -= runs.back();
        runs.pop_back();
      }
    } else if (word == "," || IsOneOf(word, {"AND", "OR", "WHEN", "THEN"})) {
      sum -= runs.back();
      runs.back() = 0;
    } else {
      ++runs.back();
      ++sum;
    }
    if (IsOneOf(word, {"JOIN", "UNION", "INTERSECT", "EXCEPT"})) ++chained;
    if (sum > kMaxRun) {
      return text.Error(StatusCode::kTooLarge,
                        fmt::format("the statement is nested too deeply: more than {} tokens "
                                    "without a comma, AND or OR",
                                    kMaxRun),
                        at);
    }
    if (chained > kMaxSetOperationsAndJoins) {
      return text.Error(StatusCode::kTooLarge,
                        fmt::format("more than {} joins and set operations in a statement",
                                    kMaxSetOperationsAndJoins),
                        at);
    }
  }
  return Status::Ok();
}

}  // namespace tusk::df::sql

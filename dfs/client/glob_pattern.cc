#include "dfs/client/glob_pattern.h"

#include "common/base/status_macros.h"

namespace tusk::dfs {
namespace {

constexpr uint32_t kRawByte = 0x80000000;  // marks a byte that is no valid UTF-8

/// Code points of `text`; a byte that begins no valid sequence stands for itself.
std::vector<uint32_t> Decode(std::string_view text) {
  std::vector<uint32_t> points;
  points.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const uint8_t lead = static_cast<uint8_t>(text[i]);
    const size_t length = lead < 0x80   ? 1
                          : lead < 0xC2 ? 0
                          : lead < 0xE0 ? 2
                          : lead < 0xF0 ? 3
                          : lead < 0xF5 ? 4
                                        : 0;
    uint32_t point = length == 1 ? lead : lead & (0x7F >> length);
    bool valid = length > 0 && i + length <= text.size();
    for (size_t k = 1; valid && k < length; ++k) {
      const uint8_t next = static_cast<uint8_t>(text[i + k]);
      valid = (next & 0xC0) == 0x80;
      point = (point << 6) | (next & 0x3F);
    }
    points.push_back(valid ? point : kRawByte | lead);
    i += valid ? length : 1;
  }
  return points;
}

void AppendUtf8(uint32_t point, std::string& out) {
  if (point & kRawByte) {
    out += static_cast<char>(point & 0xFF);
  } else if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | (point >> 6));
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | (point >> 12));
    out += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (point >> 18));
    out += static_cast<char>(0x80 | ((point >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  }
}

Status BadPattern(std::string_view why, std::string_view pattern) {
  return Status::Error(StatusCode::kInvalidArgument, "Illegal file pattern: {} in {}", why,
                       pattern);
}

/// Position behind the brace that closes the group opened at `open`, or npos; `commas` gets the
/// positions of the commas that belong to this very group.
size_t FindGroupEnd(std::string_view pattern, size_t open, std::vector<size_t>& commas) {
  int depth = 0;
  for (size_t i = open; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (pattern[i] == '{') {
      ++depth;
    } else if (pattern[i] == '}') {
      if (--depth == 0) return i + 1;
    } else if (pattern[i] == ',' && depth == 1) {
      commas.push_back(i);
    }
  }
  return std::string_view::npos;
}

size_t FindUnescaped(std::string_view text, char wanted) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == wanted) {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace

bool GlobPattern::Token::Accepts(uint32_t c) const {
  if (kind == Kind::kAnyCharacter) return true;
  if (kind == Kind::kCharacter) return c == character;
  for (const Range& range : ranges) {
    if (c >= range.first && c <= range.last) return !negated;
  }
  return negated;
}

Result<GlobPattern::Token> GlobPattern::ParseSet(const std::vector<uint32_t>& text,
                                                 size_t& position, std::string_view component) {
  Token token{.kind = Token::Kind::kSet};
  size_t i = position + 1;  // behind the bracket
  if (i < text.size() && (text[i] == '^' || text[i] == '!')) {
    token.negated = true;
    ++i;
  }
  auto character = [&]() -> std::optional<uint32_t> {
    if (i < text.size() && text[i] == '\\') ++i;
    if (i >= text.size()) return std::nullopt;
    return text[i++];
  };
  while (i < text.size() && text[i] != ']') {
    const std::optional<uint32_t> first = character();
    if (!first) break;
    std::optional<uint32_t> last = first;
    if (i + 1 < text.size() && text[i] == '-' && text[i + 1] != ']') {
      ++i;
      last = character();
      if (!last) break;
    }
    if (*last < *first) return BadPattern("a range runs backwards", component);
    token.ranges.push_back({*first, *last});
  }
  if (i >= text.size()) return BadPattern("Unclosed character class", component);
  if (token.ranges.empty()) return BadPattern("an empty character class", component);
  position = i + 1;
  return token;
}

Result<GlobPattern> GlobPattern::Compile(std::string_view component) {
  GlobPattern pattern;
  const std::vector<uint32_t> text = Decode(component);
  for (size_t i = 0; i < text.size();) {
    switch (text[i]) {
      case '*':
        pattern.has_wildcard_ = true;
        pattern.tokens_.push_back({.kind = Token::Kind::kAnyText});
        ++i;
        break;
      case '?':
        pattern.has_wildcard_ = true;
        pattern.tokens_.push_back({.kind = Token::Kind::kAnyCharacter});
        ++i;
        break;
      case '[': {
        pattern.has_wildcard_ = true;
        ASSIGN_OR_RETURN(Token set, ParseSet(text, i, component));
        pattern.tokens_.push_back(std::move(set));
        break;
      }
      default:
        if (text[i] == '\\' && ++i == text.size()) {
          return BadPattern("Dangling '\\'", component);
        }
        AppendUtf8(text[i], pattern.literal_);
        pattern.tokens_.push_back({.kind = Token::Kind::kCharacter, .character = text[i]});
        ++i;
    }
  }
  return pattern;
}

bool GlobPattern::Matches(std::string_view name) const {
  if (!has_wildcard_) return name == literal_;
  // The last '*' seen may take one character more whenever the rest does not fit; an earlier one
  // never has to, so there is a single place to go back to.
  const std::vector<uint32_t> text = Decode(name);
  size_t token = 0;
  size_t at = 0;
  size_t star_token = SIZE_MAX;
  size_t star_at = 0;
  while (at < text.size()) {
    if (token < tokens_.size() && tokens_[token].kind == Token::Kind::kAnyText) {
      star_token = token++;
      star_at = at;
    } else if (token < tokens_.size() && tokens_[token].Accepts(text[at])) {
      ++token;
      ++at;
    } else if (star_token != SIZE_MAX) {
      token = star_token + 1;
      at = ++star_at;
    } else {
      return false;
    }
  }
  while (token < tokens_.size() && tokens_[token].kind == Token::Kind::kAnyText) ++token;
  return token == tokens_.size();
}

Result<std::vector<std::string>> ExpandBraces(std::string_view pattern) {
  // The leftmost group of each text is replaced by its alternatives until no text has one left;
  // nested groups come to the front in their turn.
  std::vector<std::string> done;
  std::vector<std::string> waiting = {std::string(pattern)};  // a stack: the first text on top
  while (!waiting.empty()) {
    const std::string text = std::move(waiting.back());
    waiting.pop_back();
    const size_t open = FindUnescaped(text, '{');
    if (open == std::string::npos) {
      done.push_back(text);
      continue;
    }
    std::vector<size_t> borders = {open};
    const size_t end = FindGroupEnd(text, open, borders);
    if (end == std::string::npos) return BadPattern("Unclosed group", pattern);
    borders.push_back(end - 1);
    if (done.size() + waiting.size() + borders.size() > kMaxExpansions) {
      return BadPattern("too many alternatives", pattern);
    }
    for (size_t i = borders.size() - 1; i > 0; --i) {
      const size_t begin = borders[i - 1] + 1;
      waiting.push_back(text.substr(0, open) + text.substr(begin, borders[i] - begin) +
                        text.substr(end));
    }
  }
  return done;
}

bool HasGlobCharacters(std::string_view text) {
  return text.find_first_of("*?[{\\") != std::string_view::npos;
}

}  // namespace tusk::dfs

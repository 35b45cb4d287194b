#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace tusk::dfs {

/// The path patterns that Hadoop's shell and input paths understand, one path component each:
///
///   ?          one character          [abc] [a-c]   one character of the set
///   *          any characters         [^a] [!a]     one character outside the set
///   \c         the character c itself
///
/// Characters are Unicode code points. `{x,y}` is taken apart by `ExpandBraces` beforehand.
/// Immutable after `Compile`; thread-safe.
class GlobPattern {
 public:
  /// kInvalidArgument for a set without its closing bracket, an empty set, a range that runs
  /// backwards, or a backslash at the end.
  static Result<GlobPattern> Compile(std::string_view component);

  /// False when the component is a plain name; `literal()` is that name without its backslashes.
  bool has_wildcard() const { return has_wildcard_; }
  const std::string& literal() const { return literal_; }

  /// True when all of `name` matches. Takes time of at most pattern times name.
  bool Matches(std::string_view name) const;

 private:
  /// Characters from `first` to `last`, both included.
  struct Range {
    uint32_t first;
    uint32_t last;
  };
  /// One element of the pattern; `ranges` are those of a set.
  struct Token {
    enum class Kind : uint8_t { kCharacter, kAnyCharacter, kAnyText, kSet } kind;
    bool negated = false;
    uint32_t character = 0;
    std::vector<Range> ranges = {};

    bool Accepts(uint32_t c) const;
  };

  static Result<Token> ParseSet(const std::vector<uint32_t>& text, size_t& position,
                                std::string_view component);

  std::vector<Token> tokens_;
  std::string literal_;
  bool has_wildcard_ = false;
};

/// All texts that `{x,y}` groups of `pattern` stand for, in order; groups may nest and may span
/// several path components. Backslash escapes are kept. kInvalidArgument for a group without its
/// closing brace, or when more than `kMaxExpansions` texts would come out.
Result<std::vector<std::string>> ExpandBraces(std::string_view pattern);
inline constexpr size_t kMaxExpansions = 10'000;

/// True when `text` has a character with a meaning in patterns (backslash included).
bool HasGlobCharacters(std::string_view text);

}  // namespace tusk::dfs

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace tusk::df {

/// A compiled pattern of SQL's LIKE: % stands for any text, _ for one character, and a backslash
/// (or another escape character) before a character for that character itself. Immutable; any
/// thread.
class LikePattern {
 public:
  /// kInvalidArgument when the pattern ends with the escape character.
  static Result<LikePattern> Compile(std::string_view pattern, std::string_view escape = "\\");

  bool Matches(std::string_view text) const;

  /// The text that must occur somewhere when the pattern starts with % and a plain text; empty when
  /// it does not. Whoever looks through many texts at once may search for it and then ask
  /// `MatchesFrom`.
  std::string_view leading_literal() const;
  /// The same as `Matches` for a text in which `leading_literal` occurs first at the byte `at`.
  bool MatchesFrom(std::string_view text, size_t at) const;

 private:
  // What stands between two %: plain text, with `_` where `any` says so.
  struct Segment {
    std::string text;
    std::vector<uint32_t> any;  // bytes of `text` that stand for one character each

    bool plain() const { return any.empty(); }
  };
  static constexpr size_t kNone = std::string_view::npos;

  // Bytes of `text` that the segment takes at its start; kNone when it does not fit.
  static size_t MatchAt(const Segment& segment, std::string_view text);
  // The bytes at which it fits first, and that it then takes.
  static bool Find(const Segment& segment, std::string_view text, size_t* at, size_t* taken);
  bool MatchesEnd(std::string_view text) const;
  bool MatchesMiddle(std::string_view text, size_t first) const;

  std::vector<Segment> segments_;  // at least one; empty ones only at the ends
  bool has_percent_ = false;
};

}  // namespace tusk::df

#include "dataframe/expr/function/like_pattern.h"

#include <cstring>

#include "dataframe/expr/function/characters.h"

namespace tusk::df {

namespace {

size_t FindText(std::string_view text, std::string_view what) {
  const void* found = memmem(text.data(), text.size(), what.data(), what.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace

Result<LikePattern> LikePattern::Compile(std::string_view pattern, std::string_view escape) {
  LikePattern compiled;
  compiled.segments_.emplace_back();
  for (size_t at = 0; at < pattern.size();) {
    std::string_view character = CharacterAt(pattern, at);
    at += character.size();
    Segment& segment = compiled.segments_.back();
    if (!escape.empty() && character == escape) {
      if (at == pattern.size()) {
        return Status::Error(StatusCode::kInvalidArgument,
                             "a pattern of LIKE must not end with its escape character: {}",
                             pattern);
      }
      character = CharacterAt(pattern, at);
      at += character.size();
      segment.text += character;
    } else if (character == "%") {
      // Several % are as one.
      const bool again = compiled.has_percent_ && segment.text.empty();
      compiled.has_percent_ = true;
      if (!again) compiled.segments_.emplace_back();
    } else if (character == "_") {
      segment.any.push_back(static_cast<uint32_t>(segment.text.size()));
      segment.text += '_';
    } else {
      segment.text += character;
    }
  }
  return compiled;
}

size_t LikePattern::MatchAt(const Segment& segment, std::string_view text) {
  if (segment.plain()) return text.starts_with(segment.text) ? segment.text.size() : kNone;
  size_t at = 0, from = 0;
  for (const uint32_t any : segment.any) {
    const std::string_view literal = std::string_view(segment.text).substr(from, any - from);
    if (!text.substr(at).starts_with(literal)) return kNone;
    at += literal.size();
    if (at == text.size()) return kNone;
    at += CharacterAt(text, at).size();
    from = any + 1;
  }
  const std::string_view literal = std::string_view(segment.text).substr(from);
  return text.substr(at).starts_with(literal) ? at + literal.size() : kNone;
}

bool LikePattern::Find(const Segment& segment, std::string_view text, size_t* at, size_t* taken) {
  if (segment.plain()) {
    *at = FindText(text, segment.text);
    *taken = segment.text.size();
    return *at != kNone;
  }
  for (*at = 0; *at <= text.size(); ++*at) {
    if (*at < text.size() && IsContinuation(text[*at])) continue;
    *taken = MatchAt(segment, text.substr(*at));
    if (*taken != kNone) return true;
  }
  return false;
}

bool LikePattern::MatchesEnd(std::string_view text) const {
  const Segment& last = segments_.back();
  if (last.plain()) return text.ends_with(last.text);
  for (size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && IsContinuation(text[at])) continue;
    if (MatchAt(last, text.substr(at)) == text.size() - at) return true;
  }
  return false;
}

bool LikePattern::MatchesMiddle(std::string_view text, size_t first) const {
  // The leftmost place of each is the best: it leaves most to the others.
  for (size_t i = first; i + 1 < segments_.size(); ++i) {
    size_t at = 0, taken = 0;
    if (!Find(segments_[i], text, &at, &taken)) return false;
    text.remove_prefix(at + taken);
  }
  return MatchesEnd(text);
}

bool LikePattern::Matches(std::string_view text) const {
  const size_t start = MatchAt(segments_.front(), text);
  if (!has_percent_) return start == text.size();
  if (start == kNone) return false;
  return MatchesMiddle(text.substr(start), 1);
}

std::string_view LikePattern::leading_literal() const {
  if (segments_.size() < 3 || !segments_[0].text.empty() || !segments_[1].plain()) return {};
  return segments_[1].text;
}

bool LikePattern::MatchesFrom(std::string_view text, size_t at) const {
  return MatchesMiddle(text.substr(at + segments_[1].text.size()), 2);
}

}  // namespace tusk::df

#include "dataframe/expr/function/characters.h"

#include <bit>
#include <cstring>

namespace tusk::df {

bool IsAscii(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  uint64_t seen = 0;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, sizeof word);
    seen |= word;
  }
  for (; i < text.size(); ++i) seen |= static_cast<uint8_t>(text[i]);
  return (seen & kHighBits) == 0;
}

int64_t CharacterCount(std::string_view text) {
  // Eight bytes at once: a bit for each byte 10xxxxxx.
  constexpr uint64_t kLowBits = 0x0101010101010101;
  int64_t continuations = 0;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, sizeof word);
    continuations += std::popcount((word >> 7) & (~word >> 6) & kLowBits);
  }
  for (; i < text.size(); ++i) continuations += IsContinuation(text[i]) ? 1 : 0;
  return static_cast<int64_t>(text.size()) - continuations;
}

size_t CharacterOffset(std::string_view text, int64_t index) {
  // A character has at least a byte, so that what is behind as many bytes need not be looked at.
  if (index >= static_cast<int64_t>(text.size())) return text.size();
  if (IsAscii(text.substr(0, static_cast<size_t>(index) + 1))) return static_cast<size_t>(index);
  size_t at = 0;
  for (; at < text.size(); ++at) {
    if (!IsContinuation(text[at]) && index-- == 0) break;
  }
  return at;
}

std::string_view CharacterAt(std::string_view text, size_t at) {
  size_t end = at + 1;
  while (end < text.size() && IsContinuation(text[end])) ++end;
  return text.substr(at, end - at);
}

uint32_t CodePoint(std::string_view character) {
  const auto first = static_cast<uint8_t>(character[0]);
  if (first < 0x80 || character.size() == 1) return first;
  const int lead_bits = character.size() == 2 ? 5 : character.size() == 3 ? 4 : 3;
  uint32_t code = first & ((1u << lead_bits) - 1);
  for (const char byte : character.substr(1))
    code = code << 6 | (static_cast<uint8_t>(byte) & 0x3f);
  return code;
}

std::string EncodeCodePoint(uint32_t code) {
  std::string out;
  const auto tail = [&](int shift) {
    out.push_back(static_cast<char>(0x80 | ((code >> shift) & 0x3f)));
  };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0 | code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | code >> 12));
    tail(6), tail(0);
  } else {
    out.push_back(static_cast<char>(0xf0 | code >> 18));
    tail(12), tail(6), tail(0);
  }
  return out;
}

}  // namespace tusk::df

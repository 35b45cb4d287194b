#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#if defined(__SSSE3__)
#include <tmmintrin.h>
#endif

#include "mapreduce/api/mapper.h"
#include "mapreduce/sort/wide_load.h"

namespace tusk::mapreduce {

namespace internal {

inline bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v'); }

/// Bit i is set when text[i] is blank; bits from `size` on mean nothing. At most 64 bytes.
inline uint64_t BlanksOf(const char* text, size_t size) {
#if defined(__SSSE3__)
  // The blank that has the byte's low half, if there is one; looked up with bytes of 128 and more,
  // the answer is 0, which they are not.
  const __m128i blanks = _mm_setr_epi8(' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', '\t', '\n', ' ',
                                       '\f', '\r', ' ', ' ');
  alignas(16) char copy[64];
  if (!MayReadBeyond(text, size, sizeof(copy))) {
    std::memcpy(copy, text, size);
    text = copy;
  }
  uint64_t mask = 0;
  for (int i = 0; i < 4; ++i) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + 16 * i));
    const __m128i equal = _mm_cmpeq_epi8(_mm_shuffle_epi8(blanks, bytes), bytes);
    mask |= uint64_t{static_cast<uint16_t>(_mm_movemask_epi8(equal))} << (16 * i);
  }
  return mask;
#else
  uint64_t mask = 0;
  for (size_t i = 0; i < size; ++i) mask |= uint64_t{IsBlank(text[i])} << i;
  return mask;
#endif
}

}  // namespace internal

/// The words of a line: what stands between blanks (space, tab, newline, carriage return, form
/// feed: the separators of java.util.StringTokenizer, so that counts equal those of Hadoop's
/// example).
///
///   for (std::string_view word : Words(line)) ...
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  /// The end of a range-for loop.
  struct End {};
  /// Finds the borders of words 64 bytes at a time and keeps them as bits: moving on is two bit
  /// scans, not a search.
  class Iterator {
   public:
    explicit Iterator(std::string_view text) : next_(text.data()), end_(text.data() + text.size()) {
      ++*this;
    }
    std::string_view operator*() const { return {begin_, size_}; }
    Iterator& operator++() {
      while (starts_ == 0) {
        if (!NextBlock()) {
          size_ = 0;
          return *this;
        }
      }
      begin_ = block_ + std::countr_zero(starts_);
      starts_ &= starts_ - 1;
      // No start can follow in a block where the word does not end.
      while (ends_ == 0) NextBlock();
      size_ = static_cast<size_t>(block_ + std::countr_zero(ends_) - begin_);
      ends_ &= ends_ - 1;
      return *this;
    }
    bool operator!=(End) const { return size_ != 0; }

   private:
    static constexpr size_t kBlock = 64;

    /// The borders of the next kBlock bytes. What follows the text counts as blank, so that its
    /// last word ends; false when there is nothing more to tell.
    bool NextBlock() {
      if (next_ == end_ && in_word_ == 0) return false;
      const auto left = static_cast<size_t>(end_ - next_);
      const size_t size = left < kBlock ? left : kBlock;
      uint64_t letters = ~internal::BlanksOf(next_, size);
      if (size < kBlock) letters &= (uint64_t{1} << size) - 1;
      const uint64_t before = (letters << 1) | in_word_;
      starts_ = letters & ~before;
      ends_ = before & ~letters;
      in_word_ = letters >> (kBlock - 1);
      block_ = next_;
      next_ += size;
      return true;
    }

    const char* next_;
    const char* const end_;
    const char* block_ = nullptr;
    uint64_t starts_ = 0;   // bit i: a word starts at block_ + i
    uint64_t ends_ = 0;     // bit i: the byte before block_ + i was a word's last
    uint64_t in_word_ = 0;  // 1 when the block's last byte belongs to a word
    const char* begin_ = nullptr;
    size_t size_ = 0;
  };

  Iterator begin() const { return Iterator(text_); }
  End end() const { return {}; }

 private:
  std::string_view text_;
};

/// Emits each word of a line with the number 1 (Hadoop's TokenCounterMapper).
class TokenCounter : public Mapper<std::string_view, std::string, int64_t> {
 public:
  void Map(std::string_view line, Output& out) override {
    for (const std::string_view word : Words(line)) out.Emit(word, 1);
  }
};

}  // namespace tusk::mapreduce

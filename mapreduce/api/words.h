#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "mapreduce/api/mapper.h"

namespace tusk::mapreduce {

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
  /// Finds one word after the other.
  class Iterator {
   public:
    explicit Iterator(std::string_view text) : next_(text.data()), end_(text.data() + text.size()) {
      ++*this;
    }
    std::string_view operator*() const { return {begin_, size_}; }
    Iterator& operator++() {
      const char* p = next_;
      while (p != end_ && IsBlank(*p)) ++p;
      begin_ = p;
      p = FindBlank(p, end_);
      size_ = static_cast<size_t>(p - begin_);
      next_ = p;
      return *this;
    }
    bool operator!=(End) const { return size_ != 0; }

   private:
    static bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v'); }
    static const char* FindBlank(const char* p, const char* end) {
#if defined(__SSE2__)
      while (end - p >= 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
        const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ' + 1));
        // Bytes of 128 and more are negative here: keep those at or above 0 only.
        auto mask = static_cast<uint32_t>(
            _mm_movemask_epi8(_mm_andnot_si128(_mm_cmplt_epi8(bytes, _mm_setzero_si128()), low)));
        while (mask != 0) {
          const int at = std::countr_zero(mask);
          if (IsBlank(p[at])) return p + at;
          mask &= mask - 1;
        }
        p += 16;
      }
#endif
      while (p != end && !IsBlank(*p)) ++p;
      return p;
    }

    const char* next_;
    const char* end_;
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

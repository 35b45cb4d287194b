#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "mapreduce/sort/record_varint.h"

namespace tusk::mapreduce {

/// Combiners that fold two numbers into one, in any order and grouping: the engine applies them
/// itself in a hash table while the map runs, before anything is sorted.
enum class FoldKind : uint8_t {
  kNone,
  kSumInt64,
  kMinInt64,
  kMaxInt64,
  kSumDouble,
  kMinDouble,
  kMaxDouble,
};

/// A number of either type in 64 bits.
using FoldWord = uint64_t;
inline FoldWord ToFoldWord(int64_t value) { return static_cast<FoldWord>(value); }
inline FoldWord ToFoldWord(double value) { return std::bit_cast<FoldWord>(value); }

inline FoldWord ApplyFold(FoldKind kind, FoldWord a, FoldWord b) {
  if (kind == FoldKind::kSumInt64) [[likely]]
    return a + b;  // wraps, as Java's long does
  const auto ia = static_cast<int64_t>(a), ib = static_cast<int64_t>(b);
  const auto da = std::bit_cast<double>(a), db = std::bit_cast<double>(b);
  switch (kind) {
    case FoldKind::kNone:
    case FoldKind::kSumInt64:
      return a + b;
    case FoldKind::kMinInt64:
      return ib < ia ? b : a;
    case FoldKind::kMaxInt64:
      return ib > ia ? b : a;
    case FoldKind::kSumDouble:
      return std::bit_cast<FoldWord>(da + db);
    case FoldKind::kMinDouble:
      return db < da ? b : a;
    case FoldKind::kMaxDouble:
      return db > da ? b : a;
  }
  return a;
}

inline constexpr size_t kMaxFoldBytes = kMaxVarintBytes;

/// The value's bytes as the value codec of int64_t or double writes them (api/value_codec.h).
inline uint8_t* EncodeFold(FoldKind kind, FoldWord word, uint8_t* out) {
  if (kind < FoldKind::kSumDouble) return PutVarint(out, ZigZag(static_cast<int64_t>(word)));
  std::memcpy(out, &word, sizeof(word));
  return out + sizeof(word);
}

}  // namespace tusk::mapreduce

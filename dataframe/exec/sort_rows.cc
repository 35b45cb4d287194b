#include "dataframe/exec/sort_rows.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace tusk::df {
namespace {

/// A key: the bytes that tell it from most others, and its number.
struct Entry {
  uint64_t word;
  uint32_t number;
};

constexpr size_t kWordBytes = 8;
/// Fewer keys are sorted by comparing.
constexpr size_t kFewestForDigits = 256;

/// Which bytes of the keys become words.
struct WordBytes {
  std::array<size_t, kWordBytes> positions = {};
  size_t count = 0;
  /// Keys with equal words are equal.
  bool whole = false;
};

// Only positions that every key has are looked at.
WordBytes ChooseBytes(const KeyList& keys) {
  size_t shortest = keys[0].size();
  size_t longest = shortest;
  for (size_t i = 1; i < keys.size(); ++i) {
    shortest = std::min(shortest, keys[i].size());
    longest = std::max(longest, keys[i].size());
  }
  // A long text tells keys apart soon or not at all.
  constexpr size_t kFarEnough = 64;
  const size_t seen = std::min(shortest, kFarEnough);
  std::array<uint8_t, kFarEnough> differ = {};
  const std::string_view first = keys[0];
  for (size_t i = 1; i < keys.size(); ++i) {
    const char* key = keys[i].data();
    for (size_t at = 0; at < seen; ++at) {
      differ[at] |= static_cast<uint8_t>(key[at] ^ first[at]);
    }
  }
  WordBytes chosen;
  chosen.whole = seen == longest;
  for (size_t at = 0; at < seen; ++at) {
    if (differ[at] == 0) continue;
    if (chosen.count == kWordBytes) {
      chosen.whole = false;
      break;
    }
    chosen.positions[chosen.count++] = at;
  }
  return chosen;
}

uint64_t WordOf(std::string_view key, const WordBytes& bytes) {
  uint64_t word = 0;
  for (size_t i = 0; i < bytes.count; ++i) {
    word = word << 8 | static_cast<uint8_t>(key[bytes.positions[i]]);
  }
  return word;
}

// Sorts by words from the last digit to the first; entries of equal words keep their order.
void SortByDigits(std::vector<Entry>& entries, size_t digits) {
  std::vector<Entry> other(entries.size());
  for (size_t digit = 0; digit < digits; ++digit) {
    std::array<size_t, 257> begins = {};
    for (const Entry& entry : entries) ++begins[(entry.word >> (8 * digit) & 0xff) + 1];
    for (size_t i = 0; i < 256; ++i) begins[i + 1] += begins[i];
    for (const Entry& entry : entries) other[begins[entry.word >> (8 * digit) & 0xff]++] = entry;
    entries.swap(other);
  }
}

}  // namespace

std::vector<uint32_t> SortKeys(const KeyList& keys, std::optional<size_t> limit) {
  if (keys.size() == 0) return {};
  const WordBytes bytes = ChooseBytes(keys);
  std::vector<Entry> entries(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    entries[i] = {WordOf(keys[i], bytes), static_cast<uint32_t>(i)};
  }
  const auto before = [&](const Entry& a, const Entry& b) {
    if (a.word != b.word) return a.word < b.word;
    const int order = bytes.whole ? 0 : keys[a.number].compare(keys[b.number]);
    return order != 0 ? order < 0 : a.number < b.number;
  };
  const size_t wanted = std::min(limit.value_or(keys.size()), keys.size());
  if (wanted < keys.size()) {
    const auto end = entries.begin() + static_cast<ptrdiff_t>(wanted);
    std::nth_element(entries.begin(), end, entries.end(), before);
    std::sort(entries.begin(), end, before);
  } else if (keys.size() < kFewestForDigits) {
    std::sort(entries.begin(), entries.end(), before);
  } else {
    SortByDigits(entries, bytes.count);
    for (size_t at = 0; at < entries.size() && !bytes.whole;) {
      size_t end = at + 1;
      while (end < entries.size() && entries[end].word == entries[at].word) ++end;
      if (end - at > 1) {
        std::sort(entries.begin() + static_cast<ptrdiff_t>(at),
                  entries.begin() + static_cast<ptrdiff_t>(end), before);
      }
      at = end;
    }
  }
  std::vector<uint32_t> order(wanted);
  for (size_t i = 0; i < wanted; ++i) order[i] = entries[i].number;
  return order;
}

}  // namespace tusk::df

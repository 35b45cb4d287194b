#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tusk::df {

/// Many keys, one after the other, each as long as it likes.
struct KeyList {
  const uint8_t* bytes = nullptr;
  /// Key i is [ends[i], ends[i + 1]); one more than there are keys.
  std::span<const uint64_t> ends;

  size_t size() const { return ends.size() - 1; }
  std::string_view operator[](size_t i) const {
    return {reinterpret_cast<const char*>(bytes) + ends[i], ends[i + 1] - ends[i]};
  }
};

/// The numbers of the keys in ascending order of their bytes, equal keys by number; with `limit`
/// the first of them alone. Fewer than 2^32 keys.
///
/// Bytes that all keys have in common do not order them: the first eight others of each key are
/// one word, words are sorted digit by digit, and only keys with equal words are compared as bytes.
std::vector<uint32_t> SortKeys(const KeyList& keys, std::optional<size_t> limit = std::nullopt);

}  // namespace tusk::df

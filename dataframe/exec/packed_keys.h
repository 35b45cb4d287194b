#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dataframe/exec/gather.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {

/// Puts the keys of a row into one 64-bit word where they are short: each column has an equal share
/// of the bits, for small numbers and short text. Two rows that fit have equal words exactly when
/// their keys are equal. Immutable.
class KeyPacker {
 public:
  /// True when columns of these types are worth trying: up to four of text and whole numbers.
  static bool CanPack(std::span<const TypePtr> types);

  explicit KeyPacker(size_t columns) : bits_(64 / static_cast<uint32_t>(columns)) {}

  /// The words of all rows; `fits` is 0 for rows that have none.
  void Pack(std::span<const ArrayPtr> keys, int64_t rows, std::vector<uint64_t>* words,
            std::vector<uint8_t>* fits) const;

 private:
  const uint32_t bits_;  // of each column
};

}  // namespace tusk::df

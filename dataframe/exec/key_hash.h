#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dataframe/exec/gather.h"

namespace tusk::df {

/// True for types whose values fit in 64 bits: bool, integers, floats, dates, timestamps.
bool IsWordType(const arrow::DataType& type);

/// The values of such a column as 64-bit words: integers with their sign, floats as the bits of the
/// double with one NaN and one zero, so that equal values of one kind have equal words whatever
/// their width. Words of null rows are anything.
void LoadWords(const arrow::Array& column, uint64_t* words);

/// The length of an interval value (16 bytes as Arrow keeps them) for comparisons: a month has 30
/// days, a day 24 hours.
__int128 IntervalNanos(const uint8_t* interval);

/// A word well mixed: each bit depends on every bit.
constexpr uint64_t MixWord(uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93;
  x ^= x >> 29;
  x *= 0xc2b2ae3d27d4eb4f;
  x ^= x >> 32;
  return x;
}

/// Hashes rows of key columns. The values are the same in every process and release: partitions are
/// made by them. Equal rows have equal hashes: nulls of any type are equal, NaN is NaN, -0 is 0,
/// integers do not depend on their width. Hashes of different seeds are independent.
Status HashRows(std::span<const ArrayPtr> columns, int64_t rows, uint64_t seed,
                std::vector<uint64_t>* hashes);

}  // namespace tusk::df

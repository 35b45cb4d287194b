#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/gather.h"
#include "dataframe/exec/row_key.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {

/// What a row with a null among its keys is to a KeyTable.
enum class NullKeys : uint8_t {
  kAreKeys = 0,  ///< null is a value and equal to itself
  kAreNone = 1,  ///< the row has no id: kNoRow
};

/// Numbers distinct keys from 0 in the order of their first appearance: the hash table of grouping
/// and of joins. A single key of at most 64 bits is kept as a word, any other as bytes
/// (RowKeyEncoder). One thread.
class KeyTable {
 public:
  /// kUnsupported for types that cannot be compared. Without types all rows have one key.
  static Result<std::unique_ptr<KeyTable>> Make(std::span<const TypePtr> types, NullKeys nulls);
  virtual ~KeyTable() = default;

  /// The ids of all rows; unknown keys get the next ids, and their rows are appended to `new_rows`
  /// (when not null). kTooLarge at 2^32 - 1 keys.
  virtual Status Insert(std::span<const ArrayPtr> keys, int64_t rows, std::vector<uint32_t>* ids,
                        std::vector<uint32_t>* new_rows) = 0;
  /// The ids of all rows; kNoRow for unknown keys.
  virtual Status Find(std::span<const ArrayPtr> keys, int64_t rows, std::vector<uint32_t>* ids) = 0;
  /// Says that only `Find` follows: the table may take a form that is faster to search.
  virtual void Freeze() {}

  virtual uint32_t size() const = 0;
  /// Memory held.
  virtual int64_t bytes() const = 0;
};

}  // namespace tusk::df

#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/gather.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {

/// Key bytes of the rows of a batch. An object is used again and again: it keeps its memory.
class RowKeys {
 public:
  int64_t rows() const { return static_cast<int64_t>(offsets_.size()) - 1; }
  std::string_view operator[](int64_t row) const {
    const auto i = static_cast<size_t>(row);
    return {reinterpret_cast<const char*>(bytes_.data()) + offsets_[i],
            offsets_[i + 1] - offsets_[i]};
  }
  /// Memory held.
  int64_t bytes() const {
    return static_cast<int64_t>(bytes_.capacity() + offsets_.capacity() * sizeof(uint32_t));
  }

 private:
  friend class RowKeyEncoder;
  std::vector<uint8_t> bytes_;  // more than the keys need when a batch before needed more
  std::vector<uint32_t> offsets_ = {0};
};

/// Turns rows of key columns into byte strings.
///
/// For equality: two rows are equal exactly when their bytes are. For an order: bytes compare as
/// the rows do; columns follow one another, each a byte for null or not, then the value:
/// integers, dates, times, decimals big-endian with the sign turned; floats likewise with all NaN
/// one value above infinity and -0 equal to 0; text with 00 as 00 FF and 00 00 at the end; lists
/// element by element. Values of descending keys are inverted. Intervals count 30 days for a month.
/// The bytes are the same in every process. One thread for each RowKeys; the encoder is immutable.
class RowKeyEncoder {
 public:
  /// How a column is ordered.
  struct Order {
    bool descending = false;
    bool nulls_first = false;
  };

  /// kUnsupported for a type that cannot be compared.
  static Result<RowKeyEncoder> ForEquality(std::span<const TypePtr> types);
  /// As many orders as types.
  static Result<RowKeyEncoder> ForOrder(std::span<const TypePtr> types,
                                        std::span<const Order> orders);

  /// The keys of all rows. kTooLarge when the batch's keys together are over 4 GiB.
  Status Encode(std::span<const ArrayPtr> columns, int64_t rows, RowKeys* keys) const;

 private:
  // One column of the key.
  struct Column {
    TypePtr type;
    Order order;
    /// Bytes behind the null byte; 0 when they depend on the value.
    uint32_t width = 0;
  };
  RowKeyEncoder(std::vector<Column> columns, bool ordered);
  static Result<RowKeyEncoder> Make(std::span<const TypePtr> types, std::span<const Order> orders,
                                    bool ordered);
  Status MeasureRows(std::span<const ArrayPtr> columns, int64_t rows, RowKeys* keys) const;

  std::vector<Column> columns_;
  bool ordered_;
};

}  // namespace tusk::df

#include "dataframe/exec/row_key.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include <arrow/array.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/key_hash.h"

namespace tusk::df {
namespace {

/// The null byte: values lie between the two, so that it decides the order alone.
constexpr uint8_t kNullFirst = 0;
constexpr uint8_t kValue = 1;
constexpr uint8_t kNullLast = 2;
/// For equality the null byte of a text is its length + 1; this one says that four bytes of length
/// follow.
constexpr uint8_t kLongText = 255;
constexpr size_t kLongestShortText = 253;

uint32_t WidthOf(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
    case arrow::Type::INT8:
    case arrow::Type::UINT8:
      return 1;
    case arrow::Type::INT16:
    case arrow::Type::UINT16:
      return 2;
    case arrow::Type::INT32:
    case arrow::Type::UINT32:
    case arrow::Type::FLOAT:
    case arrow::Type::DATE32:
      return 4;
    case arrow::Type::DECIMAL128:
    case arrow::Type::INTERVAL_MONTH_DAY_NANO:
      return 16;
    default:
      return IsWordType(type) ? 8 : 0;
  }
}

Status CheckType(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::NA:
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return Status::Ok();
    case arrow::Type::LIST:
      return CheckType(*type.field(0)->type());
    default:
      if (WidthOf(type) != 0) return Status::Ok();
      return Status::Error(StatusCode::kUnsupported, "values of type {} cannot be compared",
                           TypeText(type));
  }
}

template <std::unsigned_integral T>
T BigEndian(T value) {
  if constexpr (sizeof(T) == 1) {
    return value;
  } else if constexpr (sizeof(T) == 2) {
    return __builtin_bswap16(value);
  } else if constexpr (sizeof(T) == 4) {
    return __builtin_bswap32(value);
  } else {
    return __builtin_bswap64(value);
  }
}

/// Unsigned numbers that are ordered as the values of T are.
template <typename T>
auto Ascending(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    using U = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
    constexpr U kSign = U{1} << (sizeof(U) * 8 - 1);
    if (std::isnan(value)) value = std::numeric_limits<T>::quiet_NaN();
    if (value == 0) value = 0;
    const auto bits = std::bit_cast<U>(value);
    return (bits & kSign) != 0 ? ~bits : bits | kSign;
  } else if constexpr (std::is_signed_v<T>) {
    using U = std::make_unsigned_t<T>;
    return static_cast<U>(static_cast<U>(value) ^ (U{1} << (sizeof(U) * 8 - 1)));
  } else {
    return value;
  }
}

void PutWide(__int128 value, bool descending, uint8_t* out) {
  auto bits = static_cast<unsigned __int128>(value) ^ (static_cast<unsigned __int128>(1) << 127);
  if (descending) bits = ~bits;
  const uint64_t high = BigEndian(static_cast<uint64_t>(bits >> 64));
  const uint64_t low = BigEndian(static_cast<uint64_t>(bits));
  std::memcpy(out, &high, 8);
  std::memcpy(out + 8, &low, 8);
}

size_t EscapedSize(std::string_view text) {
  return text.size() + static_cast<size_t>(std::count(text.begin(), text.end(), '\0')) + 2;
}

uint8_t* PutEscaped(std::string_view text, bool descending, uint8_t* out) {
  uint8_t* const begin = out;
  if (std::memchr(text.data(), 0, text.size()) == nullptr) {
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    out += text.size();
  } else {
    for (char c : text) {
      *out++ = static_cast<uint8_t>(c);
      if (c == 0) *out++ = 0xff;
    }
  }
  *out++ = 0;
  *out++ = 0;
  if (descending) {
    for (uint8_t* at = begin; at != out; ++at) *at = static_cast<uint8_t>(~*at);
  }
  return out;
}

/// Writes the keys of one column behind those of the columns before.
class ColumnWriter {
 public:
  ColumnWriter(RowKeyEncoder::Order order, bool ordered, uint8_t* bytes, uint32_t* cursors)
      : descending_(order.descending),
        ordered_(ordered),
        null_(ordered && !order.nulls_first ? kNullLast : kNullFirst),
        bytes_(bytes),
        cursors_(cursors) {}

  void Write(const arrow::Array& column) {
    if (column.length() == 0) return;  // it may lack its buffers
    const arrow::ArrayData& data = *column.data();
    switch (column.type_id()) {
      case arrow::Type::NA:
        for (int64_t i = 0; i < column.length(); ++i) bytes_[cursors_[i]++] = null_;
        return;
      case arrow::Type::BOOL: {
        const auto& bools = static_cast<const arrow::BooleanArray&>(column);
        return WriteNumbers<uint8_t>(column, [&](int64_t i) -> uint8_t { return bools.Value(i); });
      }
      case arrow::Type::INT8:
        return WritePlain<int8_t>(column);
      case arrow::Type::INT16:
        return WritePlain<int16_t>(column);
      case arrow::Type::INT32:
      case arrow::Type::DATE32:
        return WritePlain<int32_t>(column);
      case arrow::Type::UINT8:
        return WritePlain<uint8_t>(column);
      case arrow::Type::UINT16:
        return WritePlain<uint16_t>(column);
      case arrow::Type::UINT32:
        return WritePlain<uint32_t>(column);
      case arrow::Type::UINT64:
        return WritePlain<uint64_t>(column);
      case arrow::Type::FLOAT:
        return WritePlain<float>(column);
      case arrow::Type::DOUBLE:
        return WritePlain<double>(column);
      case arrow::Type::DECIMAL128: {
        const uint8_t* values = data.buffers[1]->data() + data.offset * 16;
        return WriteWide(column, [values](int64_t i) {
          __int128 value;
          std::memcpy(&value, values + i * 16, 16);
          return value;
        });
      }
      case arrow::Type::INTERVAL_MONTH_DAY_NANO: {
        const uint8_t* values = data.buffers[1]->data() + data.offset * 16;
        return WriteWide(column, [values](int64_t i) { return IntervalNanos(values + i * 16); });
      }
      case arrow::Type::STRING:
      case arrow::Type::BINARY:
        return WriteText(static_cast<const arrow::BinaryArray&>(column));
      case arrow::Type::LIST:
        return WriteLists(static_cast<const arrow::ListArray&>(column));
      default:  // 64-bit times
        return WritePlain<int64_t>(column);
    }
  }

 private:
  template <typename T>
  void WritePlain(const arrow::Array& column) {
    const T* values = column.data()->GetValues<T>(1);
    WriteNumbers<T>(column, [values](int64_t i) { return values[i]; });
  }

  template <typename T, typename Get>
  void WriteNumbers(const arrow::Array& column, const Get& get) {
    const bool nulls = column.null_count() != 0;
    for (int64_t i = 0; i < column.length(); ++i) {
      auto bits = Ascending<T>(get(i));
      uint8_t* out = bytes_ + cursors_[i];
      cursors_[i] += 1 + sizeof(bits);
      if (nulls && column.IsNull(i)) {
        out[0] = null_;
        std::memset(out + 1, 0, sizeof(bits));
        continue;
      }
      out[0] = kValue;
      if (descending_) bits = static_cast<decltype(bits)>(~bits);
      bits = BigEndian(bits);
      std::memcpy(out + 1, &bits, sizeof(bits));
    }
  }

  template <typename Get>
  void WriteWide(const arrow::Array& column, const Get& get) {
    const bool nulls = column.null_count() != 0;
    for (int64_t i = 0; i < column.length(); ++i) {
      uint8_t* out = bytes_ + cursors_[i];
      cursors_[i] += 17;
      if (nulls && column.IsNull(i)) {
        out[0] = null_;
        std::memset(out + 1, 0, 16);
        continue;
      }
      out[0] = kValue;
      PutWide(get(i), descending_, out + 1);
    }
  }

  void WriteText(const arrow::BinaryArray& column) {
    const bool nulls = column.null_count() != 0;
    for (int64_t i = 0; i < column.length(); ++i) {
      uint8_t* out = bytes_ + cursors_[i];
      uint8_t* end = out + 1;
      if (nulls && column.IsNull(i)) {
        *out = null_;
      } else if (ordered_) {
        *out = kValue;
        end = PutEscaped(column.GetView(i), descending_, out + 1);
      } else {
        end = PutCounted(column.GetView(i), out);
      }
      cursors_[i] += static_cast<uint32_t>(end - out);
    }
  }

  static uint8_t* PutCounted(std::string_view text, uint8_t* out) {
    if (text.size() <= kLongestShortText) {
      *out++ = static_cast<uint8_t>(text.size() + 1);
    } else {
      *out++ = kLongText;
      const auto size = static_cast<uint32_t>(text.size());
      std::memcpy(out, &size, 4);
      out += 4;
    }
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    return out + text.size();
  }

  // A list is its elements, each with its null byte behind a kValue, and a 0 behind the last.
  // Elements are written as ascending ones with nulls last and inverted afterwards.
  void WriteLists(const arrow::ListArray& lists) {
    RowKeys elements;
    const int64_t begin = lists.value_offset(0);
    const int64_t count = lists.value_offset(lists.length()) - begin;
    EncodeElements(*lists.values(), begin, count, &elements);
    for (int64_t i = 0; i < lists.length(); ++i) {
      uint8_t* out = bytes_ + cursors_[i];
      uint8_t* end = out + 1;
      *out = lists.IsNull(i) ? null_ : kValue;
      if (*out == kValue) {
        for (int64_t at = lists.value_offset(i); at < lists.value_offset(i + 1); ++at) {
          *end++ = kValue;
          const std::string_view element = elements[at - begin];
          std::memcpy(end, element.data(), element.size());
          end += element.size();
        }
        *end++ = 0;
        if (descending_) {
          for (uint8_t* at = out + 1; at != end; ++at) *at = static_cast<uint8_t>(~*at);
        }
      }
      cursors_[i] += static_cast<uint32_t>(end - out);
    }
  }

 public:
  static void EncodeElements(const arrow::Array& values, int64_t begin, int64_t count,
                             RowKeys* keys) {
    const std::vector<TypePtr> types = {values.type()};
    const std::vector<RowKeyEncoder::Order> orders(1);
    const auto encoder = RowKeyEncoder::ForOrder(types, orders);
    CHECK(encoder.ok());
    const Columns columns = {values.Slice(begin, count)};
    CHECK(encoder->Encode(columns, count, keys).ok());
  }

 private:
  const bool descending_;
  const bool ordered_;
  const uint8_t null_;
  uint8_t* const bytes_;
  uint32_t* const cursors_;
};

/// Adds the bytes of a column whose values differ in length to each row's size.
void AddSizes(const arrow::Array& column, bool ordered, uint64_t* sizes) {
  const int64_t rows = column.length();
  if (column.type_id() == arrow::Type::NA || rows == 0) return;
  if (column.type_id() == arrow::Type::LIST) {
    const auto& lists = static_cast<const arrow::ListArray&>(column);
    RowKeys elements;
    const int64_t begin = lists.value_offset(0);
    ColumnWriter::EncodeElements(*lists.values(), begin, lists.value_offset(rows) - begin,
                                 &elements);
    for (int64_t i = 0; i < rows; ++i) {
      if (lists.IsNull(i)) continue;
      for (int64_t at = lists.value_offset(i); at < lists.value_offset(i + 1); ++at) {
        sizes[i] += 1 + elements[at - begin].size();
      }
      sizes[i] += 1;
    }
    return;
  }
  const auto& text = static_cast<const arrow::BinaryArray&>(column);
  for (int64_t i = 0; i < rows; ++i) {
    if (text.IsNull(i)) continue;
    const std::string_view value = text.GetView(i);
    if (ordered) {
      sizes[i] += EscapedSize(value);
    } else {
      sizes[i] += value.size() + (value.size() > kLongestShortText ? 4 : 0);
    }
  }
}

}  // namespace

RowKeyEncoder::RowKeyEncoder(std::vector<Column> columns, bool ordered)
    : columns_(std::move(columns)), ordered_(ordered) {}

Result<RowKeyEncoder> RowKeyEncoder::Make(std::span<const TypePtr> types,
                                          std::span<const Order> orders, bool ordered) {
  std::vector<Column> columns;
  for (size_t i = 0; i < types.size(); ++i) {
    RETURN_IF_ERROR(CheckType(*types[i]));
    columns.push_back({types[i], ordered ? orders[i] : Order(), WidthOf(*types[i])});
  }
  return RowKeyEncoder(std::move(columns), ordered);
}

Result<RowKeyEncoder> RowKeyEncoder::ForEquality(std::span<const TypePtr> types) {
  return Make(types, {}, false);
}

Result<RowKeyEncoder> RowKeyEncoder::ForOrder(std::span<const TypePtr> types,
                                              std::span<const Order> orders) {
  CHECK(types.size() == orders.size());
  return Make(types, orders, true);
}

Status RowKeyEncoder::MeasureRows(std::span<const ArrayPtr> columns, int64_t rows,
                                  RowKeys* keys) const {
  const auto count = static_cast<size_t>(rows);
  uint32_t fixed = 0;
  bool varies = false;
  for (const Column& column : columns_) {
    fixed += 1 + column.width;
    varies |= column.width == 0;
  }
  keys->offsets_.resize(count + 1);
  uint64_t end = 0;
  if (varies) {
    std::vector<uint64_t> sizes(count, fixed);
    for (size_t c = 0; c < columns_.size(); ++c) {
      if (columns_[c].width == 0) AddSizes(*columns[c], ordered_, sizes.data());
    }
    for (size_t i = 0; i < count; ++i) {
      keys->offsets_[i] = static_cast<uint32_t>(end);
      end += sizes[i];
    }
  } else {
    for (size_t i = 0; i < count; ++i) keys->offsets_[i] = static_cast<uint32_t>(i) * fixed;
    end = count * fixed;
  }
  if (end > std::numeric_limits<uint32_t>::max()) {
    return Status::Error(StatusCode::kTooLarge, "the keys of {} rows have {} bytes, at most 4 GiB",
                         rows, end);
  }
  keys->offsets_[count] = static_cast<uint32_t>(end);
  if (keys->bytes_.size() < end) keys->bytes_.resize(end);
  return Status::Ok();
}

Status RowKeyEncoder::Encode(std::span<const ArrayPtr> columns, int64_t rows, RowKeys* keys) const {
  CHECK(columns.size() == columns_.size());
  RETURN_IF_ERROR(MeasureRows(columns, rows, keys));
  std::vector<uint32_t> cursors(keys->offsets_.begin(), keys->offsets_.end() - 1);
  for (size_t c = 0; c < columns_.size(); ++c) {
    ColumnWriter writer(columns_[c].order, ordered_, keys->bytes_.data(), cursors.data());
    writer.Write(*columns[c]);
  }
  return Status::Ok();
}

}  // namespace tusk::df

#include "dataframe/exec/key_hash.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>

#include "common/base/stable_hash.h"
#include "common/base/status_macros.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {
namespace {

constexpr uint64_t kNullWord = 0x9e3779b97f4a7c15;

/// Calls `load(i)` for the raw values of a fixed-width column and stores what it makes of them.
template <typename T, typename Convert>
void LoadAs(const arrow::ArrayData& data, const Convert& convert, uint64_t* words) {
  const T* values = data.GetValues<T>(1);
  for (int64_t i = 0; i < data.length; ++i) words[i] = convert(values[i]);
}

uint64_t WordOfDouble(double value) {
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  return std::bit_cast<uint64_t>(value == 0 ? 0.0 : value);
}

template <typename T>
uint64_t WordOfSigned(T value) {
  return static_cast<uint64_t>(static_cast<int64_t>(value));
}

class RowHasher {
 public:
  explicit RowHasher(std::vector<uint64_t>& hashes) : hashes_(hashes) {}

  Status Fold(const arrow::Array& column) {
    if (column.length() == 0) return Status::Ok();  // it may lack its buffers
    const arrow::DataType& type = *column.type();
    if (type.id() == arrow::Type::NA) {
      for (uint64_t& hash : hashes_) hash = MixWord(hash ^ kNullWord);
      return Status::Ok();
    }
    if (IsWordType(type)) {
      words_.resize(hashes_.size());
      LoadWords(column, words_.data());
      FoldEach(column, [&](int64_t i) { return words_[static_cast<size_t>(i)]; });
      return Status::Ok();
    }
    switch (type.id()) {
      case arrow::Type::STRING:
      case arrow::Type::BINARY: {
        const auto& text = static_cast<const arrow::BinaryArray&>(column);
        FoldEach(column, [&](int64_t i) { return StableHash(text.GetView(i)); });
        return Status::Ok();
      }
      case arrow::Type::DECIMAL128:
      case arrow::Type::INTERVAL_MONTH_DAY_NANO: {
        FoldWide(column);
        return Status::Ok();
      }
      case arrow::Type::LIST:
        return FoldList(static_cast<const arrow::ListArray&>(column));
      default:
        return Status::Error(StatusCode::kUnsupported,
                             "rows cannot be grouped by a column of type {}", TypeText(type));
    }
  }

 private:
  template <typename WordOf>
  void FoldEach(const arrow::Array& column, const WordOf& word_of) {
    const auto rows = static_cast<int64_t>(hashes_.size());
    if (column.null_count() == 0) {
      for (int64_t i = 0; i < rows; ++i) {
        uint64_t& hash = hashes_[static_cast<size_t>(i)];
        hash = MixWord(hash ^ word_of(i));
      }
      return;
    }
    for (int64_t i = 0; i < rows; ++i) {
      uint64_t& hash = hashes_[static_cast<size_t>(i)];
      hash = MixWord(hash ^ (column.IsNull(i) ? kNullWord : word_of(i)));
    }
  }

  void FoldWide(const arrow::Array& column) {
    const auto* bytes = column.data()->buffers[1]->data() + column.offset() * 16;
    const bool interval = column.type_id() == arrow::Type::INTERVAL_MONTH_DAY_NANO;
    FoldEach(column, [&](int64_t i) {
      uint64_t halves[2];
      if (interval) {
        const __int128 nanos = IntervalNanos(bytes + i * 16);
        std::memcpy(halves, &nanos, 16);
      } else {
        std::memcpy(halves, bytes + i * 16, 16);
      }
      // A decimal that fits in one word has the hash of the integer.
      const auto sign = static_cast<uint64_t>(static_cast<int64_t>(halves[0]) >> 63);
      return halves[1] == sign ? halves[0] : halves[0] ^ MixWord(halves[1] ^ kNullWord);
    });
  }

  Status FoldList(const arrow::ListArray& lists) {
    const int64_t begin = lists.value_offset(0);
    const int64_t end = lists.value_offset(lists.length());
    std::vector<uint64_t> elements(static_cast<size_t>(end - begin), 0);
    RETURN_IF_ERROR(RowHasher(elements).Fold(*lists.values()->Slice(begin, end - begin)));
    FoldEach(lists, [&](int64_t i) {
      auto hash = static_cast<uint64_t>(lists.value_length(i));
      for (int64_t at = lists.value_offset(i); at < lists.value_offset(i + 1); ++at) {
        hash = MixWord(hash ^ elements[static_cast<size_t>(at - begin)]);
      }
      return hash;
    });
    return Status::Ok();
  }

  std::vector<uint64_t>& hashes_;
  std::vector<uint64_t> words_;
};

}  // namespace

__int128 IntervalNanos(const uint8_t* interval) {
  int32_t months = 0;
  int32_t days = 0;
  int64_t nanos = 0;
  std::memcpy(&months, interval, 4);
  std::memcpy(&days, interval + 4, 4);
  std::memcpy(&nanos, interval + 8, 8);
  constexpr int64_t kNanosOfDay = int64_t{86'400} * 1'000'000'000;
  return (static_cast<__int128>(months) * 30 + days) * kNanosOfDay + nanos;
}

bool IsWordType(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::UINT8:
    case arrow::Type::UINT16:
    case arrow::Type::UINT32:
    case arrow::Type::UINT64:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::DATE32:
    case arrow::Type::TIMESTAMP:
    case arrow::Type::DURATION:
    case arrow::Type::TIME64:
      return true;
    default:
      return false;
  }
}

void LoadWords(const arrow::Array& column, uint64_t* words) {
  const arrow::ArrayData& data = *column.data();
  switch (column.type_id()) {
    case arrow::Type::BOOL: {
      const auto& bools = static_cast<const arrow::BooleanArray&>(column);
      for (int64_t i = 0; i < data.length; ++i) words[i] = bools.Value(i) ? 1 : 0;
      return;
    }
    case arrow::Type::INT8:
      return LoadAs<int8_t>(data, WordOfSigned<int8_t>, words);
    case arrow::Type::INT16:
      return LoadAs<int16_t>(data, WordOfSigned<int16_t>, words);
    case arrow::Type::INT32:
    case arrow::Type::DATE32:
      return LoadAs<int32_t>(data, WordOfSigned<int32_t>, words);
    case arrow::Type::UINT8:
      return LoadAs<uint8_t>(data, [](uint8_t value) -> uint64_t { return value; }, words);
    case arrow::Type::UINT16:
      return LoadAs<uint16_t>(data, [](uint16_t value) -> uint64_t { return value; }, words);
    case arrow::Type::UINT32:
      return LoadAs<uint32_t>(data, [](uint32_t value) -> uint64_t { return value; }, words);
    case arrow::Type::FLOAT:
      return LoadAs<float>(data, [](float value) { return WordOfDouble(value); }, words);
    case arrow::Type::DOUBLE:
      return LoadAs<double>(data, WordOfDouble, words);
    default:
      return LoadAs<uint64_t>(data, [](uint64_t value) { return value; }, words);
  }
}

Status HashRows(std::span<const ArrayPtr> columns, int64_t rows, uint64_t seed,
                std::vector<uint64_t>* hashes) {
  hashes->assign(static_cast<size_t>(rows), MixWord(seed + 1));
  RowHasher hasher(*hashes);
  for (const ArrayPtr& column : columns) RETURN_IF_ERROR(hasher.Fold(*column));
  return Status::Ok();
}

}  // namespace tusk::df

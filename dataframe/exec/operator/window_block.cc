#include "dataframe/exec/operator/window_block.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "dataframe/exec/key_hash.h"
#include "dataframe/expr/function/civil_time.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {
namespace {

/// Fills in the limits of runs of equal rows; `opens(i)` says that row i > 0 is unequal to i - 1.
template <typename Opens>
void FindRuns(size_t rows, const Opens& opens, std::vector<uint32_t>* begin,
              std::vector<uint32_t>* end) {
  begin->resize(rows);
  end->resize(rows);
  size_t start = 0;
  for (size_t i = 1; i <= rows; ++i) {
    if (i < rows && !opens(i)) continue;
    for (size_t row = start; row < i; ++row) {
      (*begin)[row] = static_cast<uint32_t>(start);
      (*end)[row] = static_cast<uint32_t>(i);
    }
    start = i;
  }
}

/// `row + distance`, kept within the partition.
uint32_t Moved(const WindowBlock& block, size_t row, int64_t distance) {
  const auto at = static_cast<int64_t>(row);
  const auto low = static_cast<int64_t>(block.partition_begin[row]);
  const auto high = static_cast<int64_t>(block.partition_end[row]);
  if (distance < low - at) return static_cast<uint32_t>(low);
  if (distance > high - at) return static_cast<uint32_t>(high);
  return static_cast<uint32_t>(at + distance);
}

/// Order keys as numbers that distances are added to; descending ones are negated, so that they
/// ascend.
template <typename T>
struct RangeValues {
  std::vector<T> values;
  std::vector<bool> valid;
  T unit = 1;  ///< what a distance of 1 adds

  static bool Before(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(a) || std::isnan(b)) return !std::isnan(a) && std::isnan(b);
    }
    return a < b;
  }
};

/// The first row of [from, to) whose value is not before `value` (`after`: is behind it).
template <typename T>
uint32_t FirstAt(const RangeValues<T>& keys, uint32_t from, uint32_t to, T value, bool after) {
  while (from < to) {
    const uint32_t middle = from + (to - from) / 2;
    const T at = keys.values[middle];
    const bool before = after ? !keys.Before(value, at) : keys.Before(at, value);
    if (before) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}

template <typename T>
void FindRanges(const WindowFrame& frame, const WindowBlock& block, const RangeValues<T>& keys,
                bool descending, WindowFrames* frames) {
  uint32_t low = 0;  // rows of the partition with a value: [low, high)
  uint32_t high = 0;
  for (size_t i = 0; i < block.size(); ++i) {
    if (block.partition_begin[i] == i) {
      low = block.partition_begin[i];
      high = block.partition_end[i];
      while (low < high && !keys.valid[low]) ++low;
      while (high > low && !keys.valid[high - 1]) --high;
    }
    // Negated values of a descending NaN stay the greatest, but come first there: NaN has its
    // peers.
    bool peers = !keys.valid[i];
    if constexpr (std::is_floating_point_v<T>) peers |= std::isnan(keys.values[i]);
    const auto limit = [&](const std::optional<int64_t>& distance, bool is_end) -> uint32_t {
      if (!distance.has_value()) return is_end ? block.partition_end[i] : block.partition_begin[i];
      if (*distance == 0 || peers) return is_end ? block.peers_end[i] : block.peers_begin[i];
      const T value = keys.values[i] + static_cast<T>(*distance) * keys.unit;
      return FirstAt(keys, low, high, value, is_end);
    };
    if constexpr (std::is_floating_point_v<T>) {
      if (descending && block.partition_begin[i] == i) {
        while (low < high && std::isnan(keys.values[low])) ++low;
      }
    }
    frames->begin[i] = limit(frame.start, false);
    frames->end[i] = std::max(frames->begin[i], limit(frame.end, true));
  }
}

template <typename T, typename Load>
RangeValues<T> LoadValues(const arrow::Array& column, bool descending, T unit, const Load& load) {
  RangeValues<T> keys;
  keys.unit = unit;
  for (int64_t i = 0; i < column.length(); ++i) {
    keys.valid.push_back(column.IsValid(i));
    const T value = keys.valid.back() ? load(i) : T(0);
    keys.values.push_back(descending ? -value : value);
  }
  return keys;
}

Status FindRangesOf(const WindowFrame& frame, const WindowBlock& block, const RangeKey& key,
                    WindowFrames* frames) {
  ASSIGN_OR_RETURN(const ArrayPtr column, key.expr->EvaluateArray(*block.rows));
  const arrow::DataType& type = *column->type();
  const bool by_interval = frame.unit == WindowFrame::Unit::kInterval;
  const bool time = type.id() == arrow::Type::DATE32 || type.id() == arrow::Type::TIMESTAMP ||
                    type.id() == arrow::Type::DURATION;
  if (IsDecimalType(type)) {
    __int128 unit = 1;
    for (int i = 0; i < static_cast<const arrow::Decimal128Type&>(type).scale(); ++i) unit *= 10;
    const auto& decimals = static_cast<const arrow::Decimal128Array&>(*column);
    const auto keys = LoadValues<__int128>(*column, key.descending, unit, [&](int64_t i) {
      __int128 value;
      std::memcpy(&value, decimals.GetValue(i), 16);
      return value;
    });
    FindRanges(frame, block, keys, key.descending, frames);
    return Status::Ok();
  }
  const bool whole = IsIntegerType(type) || time;
  CHECK(whole || IsFloatType(type));
  std::vector<uint64_t> words(block.size());
  LoadWords(*column, words.data());
  if (whole) {
    const bool is_unsigned = type.id() == arrow::Type::UINT64;
    const bool days = type.id() == arrow::Type::DATE32;
    const __int128 scale = by_interval && days ? kMicrosOfDay : 1;
    const auto keys = LoadValues<__int128>(*column, key.descending, 1, [&](int64_t i) {
      const uint64_t word = words[static_cast<size_t>(i)];
      return scale * (is_unsigned ? static_cast<__int128>(word)
                                  : static_cast<__int128>(static_cast<int64_t>(word)));
    });
    FindRanges(frame, block, keys, key.descending, frames);
    return Status::Ok();
  }
  const auto keys = LoadValues<double>(*column, key.descending, 1, [&](int64_t i) {
    return std::bit_cast<double>(words[static_cast<size_t>(i)]);
  });
  FindRanges(frame, block, keys, key.descending, frames);
  return Status::Ok();
}

bool HasDistance(const std::optional<int64_t>& limit) { return limit.value_or(0) != 0; }

}  // namespace

WindowBlock WindowBlock::Make(BatchPtr rows, const RowKeys& partition_keys,
                              const RowKeys& order_keys) {
  WindowBlock block;
  const auto count = static_cast<size_t>(rows->num_rows());
  block.rows = std::move(rows);
  const auto differs = [](const RowKeys& keys, size_t i) {
    const auto row = static_cast<int64_t>(i);
    return keys[row] != keys[row - 1];
  };
  FindRuns(
      count, [&](size_t i) { return differs(partition_keys, i); }, &block.partition_begin,
      &block.partition_end);
  FindRuns(
      count, [&](size_t i) { return block.partition_begin[i] == i || differs(order_keys, i); },
      &block.peers_begin, &block.peers_end);
  return block;
}

Result<WindowFrames> FramesOf(const WindowFrame& frame, const WindowBlock& block,
                              const std::vector<RangeKey>& order) {
  WindowFrames frames;
  frames.begin.resize(block.size());
  frames.end.resize(block.size());
  if (frame.unit != WindowFrame::Unit::kRows) {
    if (HasDistance(frame.start) || HasDistance(frame.end)) {
      CHECK(order.size() == 1);
      RETURN_IF_ERROR(FindRangesOf(frame, block, order[0], &frames));
      return frames;
    }
    frames.begin = frame.start.has_value() ? block.peers_begin : block.partition_begin;
    frames.end = frame.end.has_value() ? block.peers_end : block.partition_end;
    return frames;
  }
  for (size_t i = 0; i < block.size(); ++i) {
    frames.begin[i] =
        frame.start.has_value() ? Moved(block, i, *frame.start) : block.partition_begin[i];
    // The end is behind the last row; a distance that large reaches the partition's end anyway.
    const bool far = frame.end.has_value() && *frame.end == std::numeric_limits<int64_t>::max();
    const uint32_t end =
        frame.end.has_value() && !far ? Moved(block, i, *frame.end + 1) : block.partition_end[i];
    frames.end[i] = std::max(frames.begin[i], end);
  }
  return frames;
}

}  // namespace tusk::df

#include <algorithm>
#include <cstring>
#include <deque>
#include <numeric>
#include <optional>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/builder.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/key_hash.h"
#include "dataframe/exec/operator/frame_tree.h"
#include "dataframe/exec/operator/window_function.h"
#include "dataframe/exec/partitioner.h"
#include "dataframe/exec/row_key.h"
#include "dataframe/plan/resolve_call.h"
#include "dataframe/type/arrow_status.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {
namespace {

using Wide = unsigned __int128;  // sums wrap, and their differences are right again

/// counts[i]: values of the first i rows that are not null.
std::vector<uint32_t> CountValues(const arrow::Array& column) {
  std::vector<uint32_t> counts(static_cast<size_t>(column.length()) + 1, 0);
  for (size_t i = 0; i + 1 < counts.size(); ++i) {
    counts[i + 1] = counts[i] + (column.IsValid(static_cast<int64_t>(i)) ? 1 : 0);
  }
  return counts;
}

/// sums[i]: of the first i rows.
std::vector<Wide> SumValues(const arrow::Array& column) {
  const auto rows = static_cast<size_t>(column.length());
  std::vector<Wide> sums(rows + 1, 0);
  std::vector<uint64_t> words(rows);
  const bool decimal = column.type_id() == arrow::Type::DECIMAL128;
  const bool is_unsigned = column.type_id() == arrow::Type::UINT64;
  if (!decimal) LoadWords(column, words.data());
  for (size_t i = 0; i < rows; ++i) {
    Wide value = 0;
    if (column.IsNull(static_cast<int64_t>(i))) {
      value = 0;
    } else if (decimal) {
      const auto& decimals = static_cast<const arrow::Decimal128Array&>(column);
      std::memcpy(&value, decimals.GetValue(static_cast<int64_t>(i)), 16);
    } else if (is_unsigned) {
      value = words[i];
    } else {
      value = static_cast<Wide>(static_cast<__int128>(static_cast<int64_t>(words[i])));
    }
    sums[i + 1] = sums[i] + value;
  }
  return sums;
}

bool WholePartitions(const WindowBlock& block, const WindowFrames& frames) {
  return frames.begin == block.partition_begin && frames.end == block.partition_end;
}

class WindowAggregate final : public WindowFunction {
 public:
  WindowAggregate(std::string name, AggregateFunction function, std::vector<BoundExprPtr> args)
      : name_(std::move(name)), function_(std::move(function)), args_(std::move(args)) {}

  bool needs_frames() const override { return true; }

  Result<ArrayPtr> Compute(const WindowBlock& block, const WindowFrames& frames) const override {
    ASSIGN_OR_RETURN(const Columns args, EvaluateAll(args_, *block.rows));
    if (name_ == "count" && args.size() <= 1) return Count(block, frames, args);
    if (WholePartitions(block, frames)) return OfPartitions(block, args);
    if (args.size() == 1 && (name_ == "min" || name_ == "max")) {
      return Extreme(block, frames, args[0]);
    }
    const bool exact =
        args.size() == 1 && (IsIntegerType(*args[0]->type()) || IsDecimalType(*args[0]->type()));
    if (exact && name_ == "sum") return Sum(frames, *args[0]);
    if (exact && (name_ == "avg" || name_ == "mean")) return Mean(frames, *args[0]);
    return AggregateFrames(function_, args, frames.begin, frames.end);
  }

 private:
  static Result<ArrayPtr> Count(const WindowBlock& block, const WindowFrames& frames,
                                const Columns& args) {
    std::vector<uint32_t> counts;
    if (!args.empty()) counts = CountValues(*args[0]);
    arrow::Int64Builder builder;
    RETURN_IF_ERROR(FromArrow(builder.Reserve(static_cast<int64_t>(block.size()))));
    for (size_t i = 0; i < block.size(); ++i) {
      const uint32_t begin = frames.begin[i];
      const uint32_t end = frames.end[i];
      builder.UnsafeAppend(counts.empty() ? end - begin : counts[end] - counts[begin]);
    }
    return FromArrow(builder.Finish());
  }

  Result<ArrayPtr> OfPartitions(const WindowBlock& block, const Columns& args) const {
    std::vector<uint32_t> ids(block.size());
    uint32_t partitions = 0;
    for (size_t i = 0; i < block.size(); ++i) {
      if (block.partition_begin[i] == i) ++partitions;
      ids[i] = partitions - 1;
    }
    const std::unique_ptr<AggregateState> state = function_.make(function_);
    RETURN_IF_ERROR(state->Resize(partitions));
    RETURN_IF_ERROR(state->Update(ids, args));
    ASSIGN_OR_RETURN(const ArrayPtr results, state->Finish());
    return TakeValues(results, ids);
  }

  // Rows that can still be the best of a frame to come wait in a queue, the best in front: as
  // frames only move on, each row enters and leaves once.
  Result<ArrayPtr> Extreme(const WindowBlock& block, const WindowFrames& frames,
                           const ArrayPtr& values) const {
    const std::vector<TypePtr> types = {values->type()};
    const std::vector<RowKeyEncoder::Order> orders = {{.descending = name_ == "max"}};
    ASSIGN_OR_RETURN(const RowKeyEncoder encoder, RowKeyEncoder::ForOrder(types, orders));
    RowKeys keys;
    RETURN_IF_ERROR(encoder.Encode(Columns{values}, values->length(), &keys));
    std::vector<uint32_t> best(block.size(), kNoRow);
    std::deque<uint32_t> waiting;
    uint32_t seen = 0;
    for (size_t i = 0; i < block.size(); ++i) {
      if (block.partition_begin[i] == i) {
        waiting.clear();
        seen = block.partition_begin[i];
      }
      for (; seen < frames.end[i]; ++seen) {
        if (values->IsNull(seen)) continue;
        while (!waiting.empty() && keys[seen] <= keys[waiting.back()]) waiting.pop_back();
        waiting.push_back(seen);
      }
      while (!waiting.empty() && waiting.front() < frames.begin[i]) waiting.pop_front();
      if (!waiting.empty() && waiting.front() < frames.end[i]) best[i] = waiting.front();
    }
    ASSIGN_OR_RETURN(Columns taken, TakeColumnsOrNull({values}, best));
    return taken[0];
  }

  Result<ArrayPtr> Sum(const WindowFrames& frames, const arrow::Array& values) const {
    const std::vector<Wide> sums = SumValues(values);
    const std::vector<uint32_t> counts = CountValues(values);
    const bool decimal = function_.result->id() == arrow::Type::DECIMAL128;
    arrow::Int64Builder integers;
    arrow::Decimal128Builder decimals(decimal ? function_.result : arrow::decimal128(38, 0));
    for (size_t i = 0; i < frames.begin.size(); ++i) {
      const uint32_t begin = frames.begin[i];
      const uint32_t end = frames.end[i];
      const auto sum = static_cast<__int128>(sums[end] - sums[begin]);
      arrow::Status appended;
      if (counts[end] == counts[begin]) {
        appended = decimal ? decimals.AppendNull() : integers.AppendNull();
      } else if (decimal) {
        const arrow::Decimal128 value(static_cast<int64_t>(sum >> 64), static_cast<uint64_t>(sum));
        if (!value.FitsInPrecision(38)) return Overflow();
        appended = decimals.Append(value);
      } else {
        if (sum != static_cast<int64_t>(sum)) return Overflow();
        appended = integers.Append(static_cast<int64_t>(sum));
      }
      RETURN_IF_ERROR(FromArrow(appended));
    }
    return FromArrow(decimal ? decimals.Finish() : integers.Finish());
  }

  Status Overflow() const {
    return Status::Error(StatusCode::kInvalidArgument, "overflow: a sum does not fit in {}",
                         TypeText(*function_.result));
  }

  static Result<ArrayPtr> Mean(const WindowFrames& frames, const arrow::Array& values) {
    const std::vector<Wide> sums = SumValues(values);
    const std::vector<uint32_t> counts = CountValues(values);
    double unit = 1;
    if (values.type_id() == arrow::Type::DECIMAL128) {
      const auto& type = static_cast<const arrow::Decimal128Type&>(*values.type());
      for (int i = 0; i < type.scale(); ++i) unit *= 10;
    }
    arrow::DoubleBuilder builder;
    for (size_t i = 0; i < frames.begin.size(); ++i) {
      const uint32_t count = counts[frames.end[i]] - counts[frames.begin[i]];
      const auto sum = static_cast<__int128>(sums[frames.end[i]] - sums[frames.begin[i]]);
      RETURN_IF_ERROR(FromArrow(count == 0
                                    ? builder.AppendNull()
                                    : builder.Append(static_cast<double>(sum) / unit / count)));
    }
    return FromArrow(builder.Finish());
  }

  const std::string name_;
  const AggregateFunction function_;
  const std::vector<BoundExprPtr> args_;
};

}  // namespace

Result<std::unique_ptr<WindowFunction>> MakeWindowAggregate(const WindowCall& call,
                                                            const arrow::Schema& schema) {
  AggregateCall aggregate;
  aggregate.function = call.function;
  aggregate.args = call.args;
  aggregate.name = call.name;
  const size_t columns =
      std::min(AggregateColumnArguments(call.function, call.args.size()), call.args.size());
  for (size_t i = 0; i < columns; ++i) {
    ASSIGN_OR_RETURN(const BoundExprPtr arg, Bind(call.args[i], schema));
    aggregate.arg_types.push_back(arg->type());
  }
  ASSIGN_OR_RETURN(AggregateFunction function, ResolveCall(aggregate));
  std::vector<BoundExprPtr> args;
  for (size_t i = 0; i < function.arg_types.size(); ++i) {
    ASSIGN_OR_RETURN(args.emplace_back(), BindAs(call.args[i], function.arg_types[i], schema));
  }
  return std::unique_ptr<WindowFunction>(
      std::make_unique<WindowAggregate>(call.function, std::move(function), std::move(args)));
}

}  // namespace tusk::df

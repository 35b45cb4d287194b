#include "dataframe/exec/operator/window_function.h"

#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/builder.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

template <typename Builder, typename Value>
Result<ArrayPtr> NumberRows(size_t rows, const Value& value) {
  Builder builder;
  RETURN_IF_ERROR(FromArrow(builder.Reserve(static_cast<int64_t>(rows))));
  for (size_t i = 0; i < rows; ++i) builder.UnsafeAppend(value(i));
  return FromArrow(builder.Finish());
}

/// row_number, rank, ...: numbers made of positions.
class Ranking final : public WindowFunction {
 public:
  enum class Kind : uint8_t { kRowNumber, kRank, kDenseRank, kPercentRank, kCumeDist };
  explicit Ranking(Kind kind) : kind_(kind) {}

  static std::optional<Kind> KindOf(std::string_view function) {
    if (function == "row_number") return Kind::kRowNumber;
    if (function == "rank") return Kind::kRank;
    if (function == "dense_rank") return Kind::kDenseRank;
    if (function == "percent_rank") return Kind::kPercentRank;
    if (function == "cume_dist") return Kind::kCumeDist;
    return std::nullopt;
  }

  bool needs_frames() const override { return false; }
  Result<ArrayPtr> Compute(const WindowBlock& block, const WindowFrames&) const override {
    const auto rank = [&](size_t i) {
      return int64_t{block.peers_begin[i]} - block.partition_begin[i] + 1;
    };
    const auto length = [&](size_t i) {
      return int64_t{block.partition_end[i]} - block.partition_begin[i];
    };
    switch (kind_) {
      case Kind::kRowNumber:
        return NumberRows<arrow::Int64Builder>(block.size(), [&](size_t i) {
          return static_cast<int64_t>(i) - block.partition_begin[i] + 1;
        });
      case Kind::kRank:
        return NumberRows<arrow::Int64Builder>(block.size(), rank);
      case Kind::kDenseRank: {
        int64_t dense = 0;
        return NumberRows<arrow::Int64Builder>(block.size(), [&](size_t i) {
          if (block.partition_begin[i] == i) dense = 0;
          if (block.peers_begin[i] == i) ++dense;
          return dense;
        });
      }
      case Kind::kPercentRank:
        return NumberRows<arrow::DoubleBuilder>(block.size(), [&](size_t i) {
          return length(i) == 1
                     ? 0.0
                     : static_cast<double>(rank(i) - 1) / static_cast<double>(length(i) - 1);
        });
      case Kind::kCumeDist:
        return NumberRows<arrow::DoubleBuilder>(block.size(), [&](size_t i) {
          return static_cast<double>(block.peers_end[i] - block.partition_begin[i]) /
                 static_cast<double>(length(i));
        });
    }
    return Status(StatusCode::kInternal, "an unknown ranking");
  }

 private:
  const Kind kind_;
};

Result<std::shared_ptr<arrow::Int64Array>> EvaluateNumbers(const BoundExprPtr& expr,
                                                           const WindowBlock& block) {
  ASSIGN_OR_RETURN(const ArrayPtr numbers, expr->EvaluateArray(*block.rows));
  return std::static_pointer_cast<arrow::Int64Array>(numbers);
}

/// ntile(n): the partition in n parts as equal as can be, the longer ones first.
class Ntile final : public WindowFunction {
 public:
  explicit Ntile(BoundExprPtr parts) : parts_(std::move(parts)) {}

  bool needs_frames() const override { return false; }
  Result<ArrayPtr> Compute(const WindowBlock& block, const WindowFrames&) const override {
    ASSIGN_OR_RETURN(const auto parts, EvaluateNumbers(parts_, block));
    arrow::Int64Builder builder;
    RETURN_IF_ERROR(FromArrow(builder.Reserve(static_cast<int64_t>(block.size()))));
    for (size_t i = 0; i < block.size(); ++i) {
      // The partition's first row decides.
      const int64_t first = block.partition_begin[i];
      if (parts->IsNull(first)) {
        builder.UnsafeAppendNull();
        continue;
      }
      const int64_t count = parts->Value(first);
      if (count <= 0) {
        return Status::Error(StatusCode::kInvalidArgument,
                             "ntile divides into at least one part, not {}", count);
      }
      const int64_t length = block.partition_end[i] - first;
      const int64_t at = static_cast<int64_t>(i) - first;
      const int64_t shorter = length / count;
      const int64_t in_longer = (shorter + 1) * (length % count);
      builder.UnsafeAppend(at < in_longer ? at / (shorter + 1) + 1
                                          : length % count + (at - in_longer) / shorter + 1);
    }
    return FromArrow(builder.Finish());
  }

 private:
  const BoundExprPtr parts_;
};

/// Values of other rows of the partition.
class Shifted final : public WindowFunction {
 public:
  /// `distance` and `otherwise` may be null: one row, null.
  Shifted(bool ahead, BoundExprPtr value, BoundExprPtr distance, BoundExprPtr otherwise)
      : ahead_(ahead),
        value_(std::move(value)),
        distance_(std::move(distance)),
        otherwise_(std::move(otherwise)) {}

  bool needs_frames() const override { return false; }
  Result<ArrayPtr> Compute(const WindowBlock& block, const WindowFrames&) const override {
    std::shared_ptr<arrow::Int64Array> distances;
    if (distance_ != nullptr) {
      ASSIGN_OR_RETURN(distances, EvaluateNumbers(distance_, block));
    }
    ASSIGN_OR_RETURN(ArrayPtr values, value_->EvaluateArray(*block.rows));
    // Values to fall back on lie behind the values: one look-up for both.
    if (otherwise_ != nullptr) {
      ASSIGN_OR_RETURN(const ArrayPtr others, otherwise_->EvaluateArray(*block.rows));
      ASSIGN_OR_RETURN(values, FromArrow(arrow::Concatenate({values, others})));
    }
    const auto rows = static_cast<int64_t>(block.size());
    std::vector<uint32_t> indices(block.size());
    for (int64_t i = 0; i < rows; ++i) {
      uint32_t& index = indices[static_cast<size_t>(i)];
      index = kNoRow;
      if (distances != nullptr && distances->IsNull(i)) continue;
      const int64_t distance = distances == nullptr ? 1 : distances->Value(i);
      const int64_t low = int64_t{block.partition_begin[static_cast<size_t>(i)]} - i;
      const int64_t high = int64_t{block.partition_end[static_cast<size_t>(i)]} - i;
      const bool inside =
          ahead_ ? distance >= low && distance < high : distance <= -low && distance > -high;
      if (inside) {
        index = static_cast<uint32_t>(ahead_ ? i + distance : i - distance);
      } else if (otherwise_ != nullptr) {
        index = static_cast<uint32_t>(rows + i);
      }
    }
    ASSIGN_OR_RETURN(Columns taken, TakeColumnsOrNull({values}, indices));
    return taken[0];
  }

 private:
  const bool ahead_;
  const BoundExprPtr value_;
  const BoundExprPtr distance_;
  const BoundExprPtr otherwise_;
};

/// The value of one row of the frame: the first, the last, the n-th.
class FromFrame final : public WindowFunction {
 public:
  enum class Which : uint8_t { kFirst, kLast, kNth };
  FromFrame(Which which, BoundExprPtr value, BoundExprPtr nth)
      : which_(which), value_(std::move(value)), nth_(std::move(nth)) {}

  bool needs_frames() const override { return true; }
  Result<ArrayPtr> Compute(const WindowBlock& block, const WindowFrames& frames) const override {
    std::shared_ptr<arrow::Int64Array> nths;
    if (nth_ != nullptr) {
      ASSIGN_OR_RETURN(nths, EvaluateNumbers(nth_, block));
    }
    std::vector<uint32_t> indices(block.size(), kNoRow);
    for (size_t i = 0; i < block.size(); ++i) {
      if (frames.begin[i] == frames.end[i]) continue;
      if (which_ == Which::kFirst) indices[i] = frames.begin[i];
      if (which_ == Which::kLast) indices[i] = frames.end[i] - 1;
      if (which_ != Which::kNth || nths->IsNull(static_cast<int64_t>(i))) continue;
      const int64_t nth = nths->Value(static_cast<int64_t>(i));
      if (nth <= 0) {
        return Status::Error(StatusCode::kInvalidArgument,
                             "nth_value counts rows from 1, and was given {}", nth);
      }
      if (nth <= int64_t{frames.end[i]} - frames.begin[i]) {
        indices[i] = static_cast<uint32_t>(frames.begin[i] + nth - 1);
      }
    }
    ASSIGN_OR_RETURN(const ArrayPtr values, value_->EvaluateArray(*block.rows));
    ASSIGN_OR_RETURN(Columns taken, TakeColumnsOrNull({values}, indices));
    return taken[0];
  }

 private:
  const Which which_;
  const BoundExprPtr value_;
  const BoundExprPtr nth_;
};

}  // namespace

Result<BoundExprPtr> BindAs(const ExprPtr& arg, const TypePtr& type, const arrow::Schema& schema) {
  ASSIGN_OR_RETURN(BoundExprPtr bound, Bind(arg, schema));
  if (bound->type()->Equals(*type)) return bound;
  return Bind(Expr::Cast(arg, type), schema);
}

Result<std::unique_ptr<WindowFunction>> WindowFunction::Make(const WindowCall& call,
                                                             const TypePtr& result,
                                                             const arrow::Schema& schema) {
  const std::string& name = call.function;
  using Made = std::unique_ptr<WindowFunction>;
  if (const auto kind = Ranking::KindOf(name)) return Made(std::make_unique<Ranking>(*kind));
  const bool from_frame = name == "first_value" || name == "last_value" || name == "nth_value";
  const bool shifted = name == "lag" || name == "lead";
  if (!from_frame && !shifted && name != "ntile") return MakeWindowAggregate(call, schema);
  const size_t needed = name == "nth_value" ? 2 : 1;
  if (call.args.size() < needed) {
    return Status::Error(StatusCode::kInvalidArgument, "{} lacks an argument", name);
  }
  if (name == "ntile") {
    ASSIGN_OR_RETURN(BoundExprPtr parts, BindAs(call.args[0], arrow::int64(), schema));
    return Made(std::make_unique<Ntile>(std::move(parts)));
  }
  ASSIGN_OR_RETURN(BoundExprPtr value, BindAs(call.args[0], result, schema));
  BoundExprPtr number;
  if (call.args.size() > 1) {
    ASSIGN_OR_RETURN(number, BindAs(call.args[1], arrow::int64(), schema));
  }
  if (from_frame) {
    const auto which = name == "first_value"  ? FromFrame::Which::kFirst
                       : name == "last_value" ? FromFrame::Which::kLast
                                              : FromFrame::Which::kNth;
    return Made(std::make_unique<FromFrame>(which, std::move(value), std::move(number)));
  }
  BoundExprPtr otherwise;
  if (call.args.size() > 2) {
    ASSIGN_OR_RETURN(otherwise, BindAs(call.args[2], result, schema));
  }
  return Made(std::make_unique<Shifted>(name == "lead", std::move(value), std::move(number),
                                        std::move(otherwise)));
}

}  // namespace tusk::df

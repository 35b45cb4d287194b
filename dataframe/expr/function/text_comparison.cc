#include "dataframe/expr/function/text_comparison.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <arrow/array/data.h>
#include <arrow/scalar.h>
#include <arrow/util/bitmap_generate.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/function/column_values.h"

namespace tusk::df {

namespace {

/// The texts of a column with offsets of 32 bits, or a scalar's. Views the datum.
class TextValues {
 public:
  explicit TextValues(const arrow::Datum& datum) {
    if (datum.is_scalar()) {
      constant_ = static_cast<const arrow::BaseBinaryScalar&>(*datum.scalar()).view();
      return;
    }
    const arrow::ArrayData& data = *datum.array();
    offsets_ = data.GetValues<int32_t>(1);
    size_ = data.buffers[2] == nullptr ? 0 : data.buffers[2]->size();
    bytes_ =
        data.buffers[2] == nullptr ? "" : reinterpret_cast<const char*>(data.buffers[2]->data());
  }
  bool constant() const { return offsets_ == nullptr; }
  /// Bytes of the buffer from the row's text on.
  int64_t BytesFrom(int64_t row) const { return size_ - offsets_[row]; }
  std::string_view operator[](int64_t row) const {
    if (constant()) return constant_;
    return {bytes_ + offsets_[row], static_cast<size_t>(offsets_[row + 1] - offsets_[row])};
  }

 private:
  const int32_t* offsets_ = nullptr;
  const char* bytes_ = nullptr;
  int64_t size_ = 0;
  std::string_view constant_;
};

/// Equality with a constant. Lengths and first bytes of texts are hard to foresee, so they are
/// compared without a branch, eight bytes at once; only what is longer needs a call.
class EqualsConstant {
 public:
  explicit EqualsConstant(std::string_view text)
      : text_(text), mask_(text.size() >= kHead ? ~uint64_t{0} : MaskOf(text.size())) {
    std::memcpy(&head_, text.data(), std::min(text.size(), kHead));
  }
  /// `readable`: bytes from the text's first on that may be read, its own or others behind it.
  bool operator()(std::string_view value, int64_t readable) const {
    if (readable < static_cast<int64_t>(kHead)) [[unlikely]]
      return value == text_;
    uint64_t head = 0;
    std::memcpy(&head, value.data(), kHead);
    const bool same = static_cast<bool>((value.size() == text_.size()) & ((head & mask_) == head_));
    return text_.size() <= kHead
               ? same
               : same && std::memcmp(value.data(), text_.data(), text_.size()) == 0;
  }

 private:
  static constexpr size_t kHead = sizeof(uint64_t);

  static uint64_t MaskOf(size_t bytes) {
    // By memory and not by shifts, so that it holds for both orders of bytes.
    uint64_t mask = 0;
    std::memset(&mask, 0xff, bytes);
    return mask;
  }

  const std::string_view text_;
  uint64_t head_ = 0;
  const uint64_t mask_;
};

template <typename Bit>
Result<arrow::Datum> FillBits(std::span<const arrow::Datum> args, int64_t rows, const Bit& bit) {
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> validity, CommonValidity(args, rows));
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> bits, NewBitmap(rows));
  int64_t row = 0;
  arrow::internal::GenerateBitsUnrolled(bits->mutable_data(), 0, rows,
                                        [&]() -> bool { return bit(row++); });
  return MakeColumn(arrow::boolean(), rows, std::move(validity), std::move(bits));
}

Result<arrow::Datum> CompareEqual(std::span<const arrow::Datum> args, int64_t rows, bool wanted) {
  const TextValues left(args[0]), right(args[1]);
  if (left.constant() || right.constant()) {
    const TextValues& texts = left.constant() ? right : left;
    const EqualsConstant equals(left.constant() ? left[0] : right[0]);
    return FillBits(args, rows, [&](int64_t row) {
      return equals(texts[row], texts.BytesFrom(row)) == wanted;
    });
  }
  return FillBits(args, rows, [&](int64_t row) { return (left[row] == right[row]) == wanted; });
}

template <typename Order>
ScalarKernel Ordered(Order order) {
  return [order](std::span<const arrow::Datum> args, int64_t rows) {
    const TextValues left(args[0]), right(args[1]);
    return FillBits(args, rows, [&](int64_t row) { return order(left[row].compare(right[row])); });
  };
}

ScalarKernel KernelOf(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual:
    case Comparison::kNotEqual:
      return [wanted = comparison == Comparison::kEqual](std::span<const arrow::Datum> args,
                                                         int64_t rows) {
        return CompareEqual(args, rows, wanted);
      };
    case Comparison::kLess:
      return Ordered([](int order) { return order < 0; });
    case Comparison::kLessEqual:
      return Ordered([](int order) { return order <= 0; });
    case Comparison::kGreater:
      return Ordered([](int order) { return order > 0; });
    default:
      return Ordered([](int order) { return order >= 0; });
  }
}

}  // namespace

ScalarKernel TextComparison(Comparison comparison) {
  return [kernel = KernelOf(comparison)](std::span<const arrow::Datum> args,
                                         int64_t rows) -> Result<arrow::Datum> {
    for (const arrow::Datum& arg : args) {
      // IS DISTINCT FROM and IN ask with nulls as well.
      if (arg.is_scalar() && !arg.scalar()->is_valid) {
        return arrow::Datum(arrow::MakeNullScalar(arrow::boolean()));
      }
    }
    return kernel(args, rows);
  };
}

}  // namespace tusk::df

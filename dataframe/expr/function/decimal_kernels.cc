#include "dataframe/expr/function/decimal_kernels.h"

#include <algorithm>

#include <arrow/type.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/bitmap_generate.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/cast.h"
#include "dataframe/expr/function/column_values.h"

namespace tusk::df {

namespace {

constexpr int kMaxDigits = 38;

/// Where no digits can be lost it is added and multiplied unsigned: null rows hold anything, and
/// that has to wrap.
using Unsigned = unsigned __int128;

/// What a row came to. Zero is good, so that the rows of a column are or-ed without a branch.
enum Outcome : uint8_t { kGood = 0, kOverflow = 1, kDivisionByZero = 2 };

const arrow::Decimal128Type& AsDecimal(const TypePtr& type) {
  return static_cast<const arrow::Decimal128Type&>(*type);
}

bool FitsDigits(Int128 value) {
  return value < PowerOfTen(kMaxDigits) && value > -PowerOfTen(kMaxDigits);
}

std::string ValueText(const arrow::Datum& column, int64_t row) {
  if (column.is_scalar()) return ScalarText(column.scalar());
  const arrow::Result<std::shared_ptr<arrow::Scalar>> value = column.make_array()->GetScalar(row);
  return value.ok() ? ScalarText(*value) : "?";
}

/// The error of the first row that has one: null rows hold anything and do not count.
template <typename Row>
Status FirstError(std::span<const arrow::Datum> args, char op, const arrow::Buffer* validity,
                  int64_t rows, const Row& compute) {
  const ColumnValues<Int128> left(args[0]), right(args[1]);
  for (int64_t row = 0; row < rows; ++row) {
    if (validity != nullptr && !arrow::bit_util::GetBit(validity->data(), row)) continue;
    Int128 ignored = 0;
    const uint8_t outcome = compute(left[row], right[row], &ignored);
    if (outcome == kGood) continue;
    if (outcome == kDivisionByZero) {
      return Status(StatusCode::kInvalidArgument, "division by zero");
    }
    return Status::Error(
        StatusCode::kInvalidArgument, "decimal overflow: {} {} {} has more than 38 digits",
        ValueText(args[0], row), op == 'd' ? std::string("div") : std::string(1, op),
        ValueText(args[1], row));
  }
  return Status::Ok();
}

/// Writes `compute(left, right, Int128* out)` of each row, also of null ones; the outcomes or-ed.
template <typename Row>
uint8_t FillRows(std::span<const arrow::Datum> args, int64_t rows, uint8_t* out,
                 const Row& compute) {
  const ColumnValues<Int128> left(args[0]), right(args[1]);
  uint8_t failed = 0;
  const auto store = [&](Int128 x, Int128 y) {
    Int128 value = 0;
    failed |= compute(x, y, &value);
    StoreValue(value, out);
    out += sizeof(Int128);
  };
  if (left.constant() && rows > 0) {
    const Int128 x = left[0];
    for (int64_t row = 0; row < rows; ++row) store(x, right[row]);
  } else if (right.constant() && rows > 0) {
    const Int128 y = right[0];
    for (int64_t row = 0; row < rows; ++row) store(left[row], y);
  } else {
    for (int64_t row = 0; row < rows; ++row) store(left[row], right[row]);
  }
  return failed;
}

/// A kernel of `quick`, which may give up (its outcome is not kGood), and of `compute`, which then
/// does all rows and whose outcome counts.
template <typename Quick, typename Row>
ScalarKernel KernelOf(char op, const TypePtr& type, Quick quick, Row compute) {
  return [op, type, quick, compute](std::span<const arrow::Datum> args,
                                    int64_t rows) -> Result<arrow::Datum> {
    ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> validity, CommonValidity(args, rows));
    ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> values,
                     NewBuffer(rows * static_cast<int64_t>(sizeof(Int128))));
    uint8_t* const out = values->mutable_data();
    if (FillRows(args, rows, out, quick) != kGood && FillRows(args, rows, out, compute) != kGood) {
      RETURN_IF_ERROR(FirstError(args, op, validity.get(), rows, compute));
    }
    return MakeColumn(type, rows, std::move(validity), std::move(values));
  };
}

/// True when one has more than 64 bits; without a branch.
bool IsWide(Int128 x, Int128 y) {
  return static_cast<bool>((static_cast<int64_t>(x) != x) | (static_cast<int64_t>(y) != y));
}

/// The sum at one scale, of numbers of 64 bits.
struct QuickSum {
  uint8_t operator()(Int128 x, Int128 y, Int128* out) const {
    *out = Int128{static_cast<int64_t>(x)} + static_cast<int64_t>(y);
    return static_cast<uint8_t>(IsWide(x, y));
  }
};
struct QuickDifference {
  uint8_t operator()(Int128 x, Int128 y, Int128* out) const {
    *out = Int128{static_cast<int64_t>(x)} - static_cast<int64_t>(y);
    return static_cast<uint8_t>(IsWide(x, y));
  }
};

/// x * left + y * right, where the factors bring both to one scale; right may be negative.
ScalarKernel SumKernel(char op, const TypePtr& type, Int128 left, Int128 right, bool checked) {
  // Values of 64 bits and factors of 60 have a sum below 2^126, which has 38 digits. In a loop
  // without branches the few that are wider cost the others nothing.
  const auto quick = [a = static_cast<int64_t>(left), b = static_cast<int64_t>(right)](
                         Int128 x, Int128 y, Int128* out) -> uint8_t {
    *out = Int128{static_cast<int64_t>(x)} * a + Int128{static_cast<int64_t>(y)} * b;
    return static_cast<uint8_t>(IsWide(x, y));
  };
  const auto exact = [left, right, checked](Int128 x, Int128 y, Int128* out) -> uint8_t {
    if (!checked) {
      *out = static_cast<Int128>(static_cast<Unsigned>(x) * static_cast<Unsigned>(left) +
                                 static_cast<Unsigned>(y) * static_cast<Unsigned>(right));
      return kGood;
    }
    Int128 a = 0, b = 0;
    bool overflow = __builtin_mul_overflow(x, left, &a);
    overflow |= __builtin_mul_overflow(y, right, &b);
    overflow |= __builtin_add_overflow(a, b, out);
    return overflow || !FitsDigits(*out) ? kOverflow : kGood;
  };
  if (left == 1 && right == 1) {
    return KernelOf(op, type, QuickSum{}, exact);
  }
  if (left == 1 && right == -1) {
    return KernelOf(op, type, QuickDifference{}, exact);
  }
  constexpr Int128 kQuickFactor = Int128{1} << 60;
  if (left > kQuickFactor || right > kQuickFactor || -right > kQuickFactor) {
    return KernelOf(op, type, exact, exact);
  }
  return KernelOf(op, type, quick, exact);
}

ScalarKernel ProductKernel(const TypePtr& type, bool checked) {
  // The product of two numbers of 64 bits is below 2^126, which has 38 digits.
  const auto quick = [](Int128 x, Int128 y, Int128* out) -> uint8_t {
    *out = Int128{static_cast<int64_t>(x)} * static_cast<int64_t>(y);
    return static_cast<uint8_t>(IsWide(x, y));
  };
  return KernelOf('*', type, quick, [checked](Int128 x, Int128 y, Int128* out) -> uint8_t {
    if (!checked) {
      *out = static_cast<Int128>(static_cast<Unsigned>(x) * static_cast<Unsigned>(y));
      return kGood;
    }
    return __builtin_mul_overflow(x, y, out) || !FitsDigits(*out) ? kOverflow : kGood;
  });
}

/// The rest of x / y, or the quotient cut towards zero, at one scale for both.
ScalarKernel DivisionKernel(char op, const TypePtr& type, Int128 left, Int128 right) {
  const auto compute = [op, left, right](Int128 x, Int128 y, Int128* out) -> uint8_t {
    Int128 a = 0, b = 0;
    if (y == 0) return kDivisionByZero;
    const bool wide = __builtin_mul_overflow(x, left, &a) || __builtin_mul_overflow(y, right, &b);
    if (wide) return kOverflow;
    // Null rows hold anything, the least number among it, which has no opposite.
    if (b == -1) {
      *out = op == '%' ? 0 : static_cast<Int128>(0 - static_cast<Unsigned>(a));
    } else {
      *out = op == '%' ? a % b : a / b;
    }
    return FitsDigits(*out) ? kGood : kOverflow;
  };
  return KernelOf(op, type, compute, compute);
}

/// Brings one side of a comparison to the scale of the other. What does not fit is further out than
/// any decimal.
Int128 ScaleUp(Int128 value, Int128 factor) {
  Int128 out = 0;
  if (!__builtin_mul_overflow(value, factor, &out)) [[likely]]
    return out;
  constexpr Int128 kLeast = static_cast<Int128>(static_cast<Unsigned>(1) << 127);
  return value < 0 ? kLeast : ~kLeast;
}

template <typename Bit>
Result<arrow::Datum> CompareRows(std::span<const arrow::Datum> args, int64_t rows,
                                 Int128 left_factor, Int128 right_factor, const Bit& bit) {
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> validity, CommonValidity(args, rows));
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> bits, NewBitmap(rows));
  const ColumnValues<Int128> left(args[0]), right(args[1]);
  int64_t row = 0;
  uint8_t* const out = bits->mutable_data();
  const auto fill = [&](const auto& next) {
    arrow::internal::GenerateBitsUnrolled(out, 0, rows, next);
  };
  if (right.constant() && left_factor == 1 && rows > 0) {
    const Int128 y = ScaleUp(right[0], right_factor);
    fill([&]() -> bool { return bit(left[row++], y); });
  } else if (left_factor == 1 && right_factor == 1) {
    fill([&]() -> bool {
      const int64_t at = row++;
      return bit(left[at], right[at]);
    });
  } else {
    fill([&]() -> bool {
      const int64_t at = row++;
      return bit(ScaleUp(left[at], left_factor), ScaleUp(right[at], right_factor));
    });
  }
  return MakeColumn(arrow::boolean(), rows, std::move(validity), std::move(bits));
}

template <typename Bit>
ScalarKernel ComparisonOf(Int128 left, Int128 right, Bit bit) {
  return
      [left, right, bit](std::span<const arrow::Datum> args, int64_t rows) -> Result<arrow::Datum> {
        for (const arrow::Datum& arg : args) {
          // IS DISTINCT FROM and IN ask with nulls as well.
          if (arg.is_scalar() && !arg.scalar()->is_valid) {
            return arrow::Datum(arrow::MakeNullScalar(arrow::boolean()));
          }
        }
        return CompareRows(args, rows, left, right, bit);
      };
}

}  // namespace

bool DecimalArithmeticCanFail(char op, const arrow::Decimal128Type& left,
                              const arrow::Decimal128Type& right) {
  const int scale = std::max(left.scale(), right.scale());
  const int whole = std::max(left.precision() - left.scale(), right.precision() - right.scale());
  switch (op) {
    case '+':
    case '-':
      return whole + scale + 1 > kMaxDigits;
    case '*':
      return left.precision() + right.precision() > kMaxDigits;
    default:
      return true;
  }
}

ScalarKernel DecimalArithmetic(char op, const TypePtr& left, const TypePtr& right,
                               const TypePtr& result) {
  const auto &x = AsDecimal(left), &y = AsDecimal(right);
  const bool checked = DecimalArithmeticCanFail(op, x, y);
  const int scale = std::max(x.scale(), y.scale());
  const Int128 x_factor = PowerOfTen(scale - x.scale()), y_factor = PowerOfTen(scale - y.scale());
  switch (op) {
    case '+':
      return SumKernel(op, result, x_factor, y_factor, checked);
    case '-':
      return SumKernel(op, result, x_factor, -y_factor, checked);
    case '*':
      return ProductKernel(result, checked);
    default:
      return DivisionKernel(op, result, x_factor, y_factor);
  }
}

ScalarKernel DecimalNegation(const TypePtr& type) {
  return [type](std::span<const arrow::Datum> args, int64_t rows) -> Result<arrow::Datum> {
    ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> validity, CommonValidity(args, rows));
    ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> values,
                     NewBuffer(rows * static_cast<int64_t>(sizeof(Int128))));
    const ColumnValues<Int128> in(args[0]);
    uint8_t* out = values->mutable_data();
    for (int64_t row = 0; row < rows; ++row, out += sizeof(Int128)) {
      StoreValue(0 - static_cast<Unsigned>(in[row]), out);
    }
    return MakeColumn(type, rows, std::move(validity), std::move(values));
  };
}

ScalarKernel DecimalComparison(Comparison comparison, const TypePtr& left, const TypePtr& right) {
  const int up = AsDecimal(right).scale() - AsDecimal(left).scale();
  const Int128 x = PowerOfTen(std::max(up, 0)), y = PowerOfTen(std::max(-up, 0));
  switch (comparison) {
    case Comparison::kEqual:
      return ComparisonOf(x, y, [](Int128 a, Int128 b) { return a == b; });
    case Comparison::kNotEqual:
      return ComparisonOf(x, y, [](Int128 a, Int128 b) { return a != b; });
    case Comparison::kLess:
      return ComparisonOf(x, y, [](Int128 a, Int128 b) { return a < b; });
    case Comparison::kLessEqual:
      return ComparisonOf(x, y, [](Int128 a, Int128 b) { return a <= b; });
    case Comparison::kGreater:
      return ComparisonOf(x, y, [](Int128 a, Int128 b) { return a > b; });
    default:
      return ComparisonOf(x, y, [](Int128 a, Int128 b) { return a >= b; });
  }
}

}  // namespace tusk::df

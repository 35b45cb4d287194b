#include "dataframe/expr/function/decimal_kernels.h"

#include <gtest/gtest.h>

#include <arrow/util/decimal.h>

#include "common/base/random.h"
#include "dataframe/type/type_rules.h"
#include "tests/dataframe/expr/evaluate.h"
#include "tests/support/status_matchers.h"

// Decimal kernels against arithmetic of 256 bits, in which nothing here can overflow.

namespace tusk::df {
namespace {

using arrow::Decimal128;
using arrow::Decimal256;

class DecimalKernelsTest : public testing::Test {
 protected:
  uint64_t Pick(uint64_t count) { return random_.Below(count); }

  TypePtr AnyType() {
    const auto precision = static_cast<int32_t>(Pick(38) + 1);
    return arrow::decimal128(precision,
                             static_cast<int32_t>(Pick(static_cast<uint64_t>(precision) + 1)));
  }

  /// Numbers of few digits as often as of many, and the greatest of the type.
  Decimal128 AnyValue(const arrow::DataType& type) {
    const int32_t precision = static_cast<const arrow::Decimal128Type&>(type).precision();
    const auto digits = static_cast<int32_t>(Pick(static_cast<uint64_t>(precision) + 1));
    Decimal128 value = 0;
    const bool greatest = Pick(8) == 0;
    for (int32_t i = 0; i < digits; ++i) {
      value *= 10;
      value += static_cast<int64_t>(greatest ? 9 : Pick(10));
    }
    return Pick(2) == 0 ? value : -value;
  }

  std::shared_ptr<arrow::Array> AnyColumn(const TypePtr& type, int64_t rows) {
    arrow::Decimal128Builder builder(type);
    for (int64_t i = 0; i < rows; ++i) {
      EXPECT_TRUE((Pick(9) == 0 ? builder.AppendNull() : builder.Append(AnyValue(*type))).ok());
    }
    return builder.Finish().ValueOrDie();
  }

  /// A column, or a constant.
  arrow::Datum Sometimes(const std::shared_ptr<arrow::Array>& column, bool constant) {
    if (!constant || column->IsNull(0)) return arrow::Datum(column);
    return arrow::Datum(column->GetScalar(0).ValueOrDie());
  }

  static std::optional<Decimal256> ValueAt(const arrow::Datum& column, int64_t row) {
    const auto scalar =
        column.is_scalar() ? column.scalar() : column.make_array()->GetScalar(row).ValueOrDie();
    if (!scalar->is_valid) return std::nullopt;
    return Decimal256(static_cast<const arrow::Decimal128Scalar&>(*scalar).value);
  }

  static int Scale(const TypePtr& type) {
    return static_cast<const arrow::Decimal128Type&>(*type).scale();
  }

  static Decimal256 Up(const Decimal256& value, int by) { return value.IncreaseScaleBy(by); }

  const uint64_t seed_ = RandomSeed();
  Random random_{seed_};
};

bool FitsDigits(const Decimal256& value) { return value.FitsInPrecision(38); }

TEST_F(DecimalKernelsTest, ArithmeticIsThatOf256Bits) {
  SCOPED_TRACE(fmt::format("seed {}", seed_));
  int failed = 0, succeeded = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    const TypePtr left_type = AnyType(), right_type = AnyType();
    const char op = "+-*%d"[Pick(5)];
    const int64_t rows = static_cast<int64_t>(Pick(6)) + 1;
    const uint64_t constant = Pick(4);
    const arrow::Datum left = Sometimes(AnyColumn(left_type, rows), constant == 1);
    const arrow::Datum right = Sometimes(AnyColumn(right_type, rows), constant == 2);
    if (left.is_scalar() && right.is_scalar()) continue;
    const Result<TypePtr> type = op == 'd' ? Result<TypePtr>(arrow::decimal128(38, 0))
                                           : ArithmeticType(op, left_type, right_type);
    if (!type.ok()) continue;
    const std::array<arrow::Datum, 2> args = {left, right};
    const Result<arrow::Datum> result =
        DecimalArithmetic(op, left_type, right_type, *type)(args, rows);
    const int scale = std::max(Scale(left_type), Scale(right_type));
    const bool can_fail =
        DecimalArithmeticCanFail(op, static_cast<const arrow::Decimal128Type&>(*left_type),
                                 static_cast<const arrow::Decimal128Type&>(*right_type));
    bool error = false;
    for (int64_t row = 0; row < rows; ++row) {
      const auto x = ValueAt(left, row), y = ValueAt(right, row);
      if (!x || !y) {
        ASSERT_TRUE(!result.ok() || !ValueAt(*result, row).has_value());
        continue;
      }
      const Decimal256 a = Up(*x, scale - Scale(left_type));
      const Decimal256 b = Up(*y, scale - Scale(right_type));
      Decimal256 expected;
      if ((op == '%' || op == 'd') && b == Decimal256(0)) {
        error = true;
        continue;
      }
      if (op == '+') expected = a + b;
      if (op == '-') expected = a + (-b);
      if (op == '*') expected = *x * *y;
      if (op == '%') expected = a % b;
      if (op == 'd') expected = a / b;
      const bool fits = FitsDigits(expected);
      if (!fits) error = true;
      if (result.ok()) {
        ASSERT_TRUE(fits) << op << " in row " << row;
        ASSERT_EQ(ValueAt(*result, row)->ToIntegerString(), expected.ToIntegerString())
            << x->ToIntegerString() << " " << op << " " << y->ToIntegerString();
      }
    }
    // Sides of a quotient have to fit a common scale as well, which is not seen here.
    if (op != '%' && op != 'd') {
      ASSERT_EQ(result.ok(), !error) << op;
    }
    ASSERT_TRUE(can_fail || result.ok());
    ++(result.ok() ? succeeded : failed);
  }
  EXPECT_GT(succeeded, 500);
  EXPECT_GT(failed, 50);
}

TEST_F(DecimalKernelsTest, ComparisonIsThatOf256Bits) {
  SCOPED_TRACE(fmt::format("seed {}", seed_));
  for (int trial = 0; trial < 3000; ++trial) {
    const TypePtr left_type = AnyType(), right_type = Pick(3) == 0 ? left_type : AnyType();
    const int64_t rows = static_cast<int64_t>(Pick(80)) + 1;
    const uint64_t constant = Pick(4);
    const arrow::Datum left = Sometimes(AnyColumn(left_type, rows), constant == 1);
    arrow::Datum right = Sometimes(AnyColumn(right_type, rows), constant == 2);
    // Equal values do not come by chance.
    if (left_type->Equals(*right_type) && Pick(2) == 0 && constant == 0) right = left;
    const auto comparison = static_cast<Comparison>(Pick(6));
    const std::array<arrow::Datum, 2> args = {left, right};
    ASSERT_OK_AND_ASSIGN(const arrow::Datum result,
                         DecimalComparison(comparison, left_type, right_type)(args, rows));
    const auto column = result.make_array();
    ASSERT_TRUE(column->ValidateFull().ok());
    const auto& bits = static_cast<const arrow::BooleanArray&>(*column);
    const int scale = std::max(Scale(left_type), Scale(right_type));
    for (int64_t row = 0; row < rows; ++row) {
      const auto x = ValueAt(left, row), y = ValueAt(right, row);
      ASSERT_EQ(bits.IsNull(row), !x || !y);
      if (bits.IsNull(row)) continue;
      const Decimal256 a = Up(*x, scale - Scale(left_type)), b = Up(*y, scale - Scale(right_type));
      const std::array<bool, 6> expected = {a == b, a != b, a<b, a <= b, a> b, a >= b};
      ASSERT_EQ(bits.Value(row), expected[static_cast<size_t>(comparison)])
          << x->ToIntegerString() << " and " << y->ToIntegerString();
    }
  }
}

TEST_F(DecimalKernelsTest, WhatNullRowsHoldDoesNotMatter) {
  // The null row holds a zero divisor and the greatest number.
  const TypePtr type = arrow::decimal128(38, 0);
  const auto values = std::make_shared<arrow::Decimal128Array>(
      type, 2, arrow::Buffer::FromString(std::string(16, '\xff') + std::string(15, '\0') + '\x01'),
      arrow::Buffer::FromString(std::string(1, '\0')));
  const std::array<arrow::Datum, 2> args = {values, values};
  for (const char op : {'+', '*', '%', 'd'}) {
    ASSERT_OK_AND_ASSIGN(const arrow::Datum result,
                         DecimalArithmetic(op, type, type, type)(args, 2));
    EXPECT_EQ(result.null_count(), 2);
  }
}

}  // namespace
}  // namespace tusk::df

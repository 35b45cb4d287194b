#include "dataframe/expr/function/float_comparison.h"

#include <arrow/array/data.h>
#include <arrow/scalar.h>
#include <arrow/util/bitmap_generate.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/function/column_values.h"

namespace tusk::df {

namespace {

/// Without branches: a NaN is what is not equal to itself.
template <typename T>
bool Less(T a, T b) {
  return static_cast<bool>((a < b) | ((b != b) & (a == a)));
}

template <typename T>
bool Equal(T a, T b) {
  return static_cast<bool>((a == b) | ((a != a) & (b != b)));
}

/// The values of a column, or a scalar's for every row. Views the datum.
template <typename T>
class Floats {
 public:
  explicit Floats(const arrow::Datum& datum) {
    if (datum.is_array()) {
      values_ = datum.array()->GetValues<T>(1);
      return;
    }
    constant_ =
        static_cast<const typename arrow::CTypeTraits<T>::ScalarType&>(*datum.scalar()).value;
    values_ = &constant_;
    stride_ = 0;
  }
  Floats(const Floats&) = delete;
  Floats& operator=(const Floats&) = delete;
  T operator[](int64_t row) const { return values_[row * stride_]; }

 private:
  T constant_ = 0;
  const T* values_ = nullptr;
  int64_t stride_ = 1;
};

template <typename T, typename Test>
Result<arrow::Datum> Compare(std::span<const arrow::Datum> args, int64_t rows, const Test& test) {
  for (const arrow::Datum& arg : args) {
    // IS DISTINCT FROM and IN ask with nulls as well.
    if (arg.is_scalar() && !arg.scalar()->is_valid)
      return arrow::Datum(arrow::MakeNullScalar(arrow::boolean()));
  }
  const Floats<T> left(args[0]);
  const Floats<T> right(args[1]);
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> validity, CommonValidity(args, rows));
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> bits, NewBitmap(rows));
  int64_t row = 0;
  arrow::internal::GenerateBitsUnrolled(bits->mutable_data(), 0, rows, [&]() -> bool {
    const bool bit = test(left[row], right[row]);
    ++row;
    return bit;
  });
  return MakeColumn(arrow::boolean(), rows, std::move(validity), std::move(bits));
}

template <typename T, typename Test>
ScalarKernel KernelOf(Test test) {
  return [test](std::span<const arrow::Datum> args, int64_t rows) {
    return Compare<T>(args, rows, test);
  };
}

template <typename T>
ScalarKernel KernelFor(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual:
      return KernelOf<T>([](T a, T b) { return Equal(a, b); });
    case Comparison::kNotEqual:
      return KernelOf<T>([](T a, T b) { return !Equal(a, b); });
    case Comparison::kLess:
      return KernelOf<T>([](T a, T b) { return Less(a, b); });
    case Comparison::kLessEqual:
      return KernelOf<T>([](T a, T b) { return !Less(b, a); });
    case Comparison::kGreater:
      return KernelOf<T>([](T a, T b) { return Less(b, a); });
    case Comparison::kGreaterEqual:
      break;
  }
  return KernelOf<T>([](T a, T b) { return !Less(a, b); });
}

}  // namespace

ScalarKernel FloatComparison(Comparison comparison, const TypePtr& type) {
  return type->id() == arrow::Type::FLOAT ? KernelFor<float>(comparison)
                                          : KernelFor<double>(comparison);
}

}  // namespace tusk::df

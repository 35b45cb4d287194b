#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include <arrow/array.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/aggregate/family.h"
#include "dataframe/expr/aggregate/group_values.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

constexpr int kMaxDigits = 38;

// 10^38: one more than what a decimal holds.
constexpr Int128 DecimalBound() {
  Int128 bound = 1;
  for (int i = 0; i < kMaxDigits; ++i) bound *= 10;
  return bound;
}

// The running sums of a column of In. Integers and decimals are added up in 128 bits, so that an
// overflow depends on the sum alone and not on the order of rows.
template <typename In>
class GroupSums {
 public:
  static constexpr bool kExact = !std::is_floating_point_v<In>;
  using Sum = std::conditional_t<kExact, Int128, double>;

  // Digits that the values have at most; 0 when the type does not say.
  explicit GroupSums(int precision) : fits_64_bits_(precision > 0 && precision <= 18) {}

  void Resize(int64_t groups) { sums_.Resize(groups); }

  // Adds each value to its group's sum, and tells `touch(group)` of it.
  template <typename Touch>
  Status Add(std::span<const uint32_t> group_ids, const arrow::Array& column, Touch touch) {
    const ColumnReader<In> values(column);
    Sum* sums = sums_.data();
    if constexpr (std::is_same_v<In, Int128>) {
      if (!fits_64_bits_) return AddWide(group_ids, column, values, touch);
      VisitValid(column, [&](int64_t i) {
        sums[group_ids[i]] += values.Low(i);
        touch(group_ids[i]);
      });
    } else if (sums_.size() == 1 && column.null_count() == 0) {
      Sum sum = sums[0];
      for (int64_t i = 0; i < column.length(); ++i) sum += values[i];
      sums[0] = sum;
      for (int64_t i = 0; i < column.length(); ++i) touch(0);
    } else {
      VisitValid(column, [&](int64_t i) {
        sums[group_ids[i]] += values[i];
        touch(group_ids[i]);
      });
    }
    return {};
  }

  // The same for sums.
  template <typename Touch>
  Status AddSums(std::span<const uint32_t> group_ids, const arrow::Array& column, Touch touch) {
    if constexpr (kExact) {
      return AddWide(group_ids, column, ColumnReader<Int128>(column), touch);
    } else {
      return Add(group_ids, column, touch);
    }
  }

  // The sums as a column of `type`; decimals are checked.
  Result<ArrayPtr> Emit(const TypePtr& type, const GroupFlags* valid) const {
    if constexpr (kExact) {
      constexpr Int128 kBound = DecimalBound();
      for (int64_t g = 0; g < sums_.size(); ++g) {
        if (sums_[g] >= kBound || sums_[g] <= -kBound) return Overflow();
      }
    }
    return sums_.Emit(type, valid);
  }

  Sum operator[](size_t group) const { return sums_[group]; }
  int64_t size() const { return sums_.size(); }
  int64_t bytes() const { return sums_.bytes(); }

 private:
  static Status Overflow() {
    return Status(StatusCode::kInvalidArgument,
                  "a sum has more than the 38 digits of a decimal: cast the column to double");
  }

  template <typename Touch>
  Status AddWide(std::span<const uint32_t> group_ids, const arrow::Array& column,
                 const ColumnReader<Int128>& values, Touch touch) {
    Sum* sums = sums_.data();
    bool overflow = false;
    VisitValid(column, [&](int64_t i) {
      Sum& sum = sums[group_ids[i]];
      overflow |= __builtin_add_overflow(sum, static_cast<Sum>(values[i]), &sum);
      touch(group_ids[i]);
    });
    return overflow ? Overflow() : Status();
  }

  const bool fits_64_bits_;
  GroupValues<Sum> sums_;
};

int PrecisionOf(const AggregateFunction& function) {
  const arrow::DataType& type = *function.arg_types[0];
  if (type.id() != arrow::Type::DECIMAL128) return 0;
  return static_cast<const arrow::Decimal128Type&>(type).precision();
}

template <typename In>
class SumState final : public AggregateState {
 public:
  explicit SumState(const AggregateFunction& function)
      : sum_type_(function.state_types[0]),
        result_(function.result),
        sums_(PrecisionOf(function)) {}

  Status Resize(int64_t groups) override {
    sums_.Resize(groups);
    seen_.resize(groups);
    return {};
  }
  Status Update(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> args) override {
    uint8_t* seen = seen_.data();
    return sums_.Add(group_ids, *args[0], [seen](uint32_t group) { seen[group] = 1; });
  }
  Status Merge(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> state) override {
    uint8_t* seen = seen_.data();
    return sums_.AddSums(group_ids, *state[0], [seen](uint32_t group) { seen[group] = 1; });
  }
  Result<std::vector<ArrayPtr>> EmitState() override {
    ASSIGN_OR_RETURN(ArrayPtr sums, sums_.Emit(sum_type_, &seen_));
    return std::vector<ArrayPtr>{std::move(sums)};
  }
  Result<ArrayPtr> Finish() override {
    if (result_->id() != arrow::Type::INT64) return sums_.Emit(result_, &seen_);
    std::vector<int64_t> narrow(sums_.size());
    for (int64_t g = 0; g < sums_.size(); ++g) {
      narrow[g] = static_cast<int64_t>(sums_[g]);
      if (narrow[g] != sums_[g]) {
        return Status(StatusCode::kInvalidArgument,
                      "integer overflow in sum: cast the column to decimal(38,0) or double");
      }
    }
    return FixedWidthArray(result_, narrow.data(), sizeof(int64_t), sums_.size(), &seen_);
  }
  int64_t bytes() const override { return sums_.bytes() + static_cast<int64_t>(seen_.capacity()); }

 private:
  const TypePtr sum_type_;
  const TypePtr result_;
  GroupSums<In> sums_;
  GroupFlags seen_;
};

template <typename In>
class AverageState final : public AggregateState {
 public:
  explicit AverageState(const AggregateFunction& function)
      : sum_type_(function.state_types[0]), sums_(PrecisionOf(function)) {
    if (sum_type_->id() == arrow::Type::DECIMAL128) {
      scale_ = static_cast<const arrow::Decimal128Type&>(*sum_type_).scale();
    }
  }

  Status Resize(int64_t groups) override {
    sums_.Resize(groups);
    counts_.Resize(groups);
    return {};
  }
  Status Update(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> args) override {
    int64_t* counts = counts_.data();
    return sums_.Add(group_ids, *args[0], [counts](uint32_t group) { ++counts[group]; });
  }
  Status Merge(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> state) override {
    RETURN_IF_ERROR(sums_.AddSums(group_ids, *state[0], [](uint32_t) {}));
    const ColumnReader<int64_t> values(*state[1]);
    VisitValid(*state[1], [&](int64_t i) { counts_[group_ids[i]] += values[i]; });
    return {};
  }
  Result<std::vector<ArrayPtr>> EmitState() override {
    ASSIGN_OR_RETURN(ArrayPtr sums, sums_.Emit(sum_type_, nullptr));
    ASSIGN_OR_RETURN(ArrayPtr counts, counts_.Emit(arrow::int64(), nullptr));
    return std::vector<ArrayPtr>{std::move(sums), std::move(counts)};
  }
  Result<ArrayPtr> Finish() override {
    const double unit = std::pow(10.0, scale_);
    std::vector<double> means(sums_.size());
    GroupFlags valid(sums_.size());
    for (int64_t g = 0; g < sums_.size(); ++g) {
      if (counts_[g] == 0) continue;
      valid[g] = 1;
      means[g] = static_cast<double>(sums_[g]) / static_cast<double>(counts_[g]) / unit;
    }
    return FixedWidthArray(arrow::float64(), means.data(), sizeof(double), sums_.size(), &valid);
  }
  int64_t bytes() const override { return sums_.bytes() + counts_.bytes(); }

 private:
  const TypePtr sum_type_;
  int scale_ = 0;
  GroupSums<In> sums_;
  GroupValues<int64_t> counts_;
};

class ProductState final : public AggregateState {
 public:
  explicit ProductState(const AggregateFunction&) {}

  Status Resize(int64_t groups) override {
    products_.resize(groups, 1.0);
    seen_.resize(groups);
    return {};
  }
  Status Update(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> args) override {
    const ColumnReader<double> values(*args[0]);
    VisitValid(*args[0], [&](int64_t i) {
      products_[group_ids[i]] *= values[i];
      seen_[group_ids[i]] = 1;
    });
    return {};
  }
  Status Merge(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> state) override {
    return Update(group_ids, state);
  }
  Result<std::vector<ArrayPtr>> EmitState() override {
    ASSIGN_OR_RETURN(ArrayPtr products, Finish());
    return std::vector<ArrayPtr>{std::move(products)};
  }
  Result<ArrayPtr> Finish() override {
    return FixedWidthArray(arrow::float64(), products_.data(), sizeof(double),
                           static_cast<int64_t>(products_.size()), &seen_);
  }
  int64_t bytes() const override {
    return static_cast<int64_t>(products_.capacity() * sizeof(double) + seen_.capacity());
  }

 private:
  std::vector<double> products_;
  GroupFlags seen_;
};

template <template <typename> class State>
void ChooseState(AggregateFunction& function, const TypePtr& type) {
  switch (type->id()) {
    case arrow::Type::DECIMAL128: {
      const int scale = static_cast<const arrow::Decimal128Type&>(*type).scale();
      function.arg_types = {type};
      function.state_types = {arrow::decimal128(kMaxDigits, scale)};
      function.make = &NewState<State<Int128>>;
      return;
    }
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
      function.arg_types = {arrow::float64()};
      function.state_types = {arrow::float64()};
      function.make = &NewState<State<double>>;
      return;
    case arrow::Type::INT32:
      function.arg_types = {type};
      function.state_types = {arrow::decimal128(kMaxDigits, 0)};
      function.make = &NewState<State<int32_t>>;
      return;
    default:
      function.arg_types = {arrow::int64()};
      function.state_types = {arrow::decimal128(kMaxDigits, 0)};
      function.make = &NewState<State<int64_t>>;
      return;
  }
}

Result<AggregateFunction> ResolveSum(std::string_view name, std::span<const TypePtr> types,
                                     std::span<const double>) {
  const TypePtr& type = types[0];
  const bool may_sum =
      IsNumeric(*type) || type->id() == arrow::Type::BOOL || type->id() == arrow::Type::NA;
  if (!may_sum) return WrongAggregateType(name, "numbers", *type);
  AggregateFunction function;
  function.result = arrow::float64();
  if (name == "product") {
    function.arg_types = {arrow::float64()};
    function.state_types = {arrow::float64()};
    function.make = &NewState<ProductState>;
  } else if (name == "avg") {
    ChooseState<AverageState>(function, type);
    function.state_types.push_back(arrow::int64());
  } else {
    ChooseState<SumState>(function, type);
    const bool is_integer = function.arg_types[0]->id() == arrow::Type::INT32 ||
                            function.arg_types[0]->id() == arrow::Type::INT64;
    function.result = is_integer ? arrow::int64() : function.state_types[0];
  }
  return function;
}

}  // namespace

void AddSumAggregates(AggregateEntries& entries) {
  entries.push_back({.info = {"sum", "sum(x)",
                              "The sum of the values: int64 of integers (an error when it does not "
                              "fit), decimal(38,s) of decimals, double of floats."},
                     .resolve = &ResolveSum});
  entries.push_back({.info = {"avg", "avg(x)", "The mean of the values as a double; also mean(x)."},
                     .resolve = &ResolveSum});
  entries.push_back({.info = {"product", "product(x)", "The product of the values as a double."},
                     .resolve = &ResolveSum});
}

}  // namespace tusk::df

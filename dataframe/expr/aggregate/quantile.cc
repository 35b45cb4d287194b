#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/aggregate/family.h"
#include "dataframe/expr/aggregate/group_values.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

// The value below which `fraction` of the values are, interpolated between neighbours as SQL's
// percentile_cont. Reorders the values, of which there must be one.
double QuantileOf(double* begin, double* end, double fraction) {
  constexpr TotalLess kLess;
  const double rank = fraction * static_cast<double>(end - begin - 1);
  const auto below = static_cast<int64_t>(std::floor(rank));
  std::nth_element(begin, begin + below, end, kLess);
  const double low = begin[below];
  const double part = rank - static_cast<double>(below);
  if (part == 0 || begin + below + 1 == end) return low;
  const double high = *std::min_element(begin + below + 1, end, kLess);
  return low == high ? low : low + (high - low) * part;  // also of infinities
}

// Keeps all values until the end.
class QuantileState final : public AggregateState {
 public:
  explicit QuantileState(const AggregateFunction& function) : fraction_(function.parameters[0]) {}

  Status Resize(int64_t groups) override {
    groups_ = groups;
    return {};
  }

  Status Update(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> args) override {
    const ColumnReader<double> values(*args[0]);
    VisitValid(*args[0], [&](int64_t i) { log_.Add(group_ids[i], values[i]); });
    return {};
  }

  Status Merge(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> state) override {
    const auto& lists = static_cast<const arrow::ListArray&>(*state[0]);
    const ColumnReader<double> values(*lists.values());
    VisitValid(lists, [&](int64_t i) {
      const int64_t end = lists.value_offset(i) + lists.value_length(i);
      for (int64_t k = lists.value_offset(i); k < end; ++k) log_.Add(group_ids[i], values[k]);
    });
    return {};
  }

  Result<std::vector<ArrayPtr>> EmitState() override {
    const std::vector<int64_t> offsets = log_.Offsets(log_.groups, groups_);
    const std::vector<double> values = log_.Ordered(offsets);
    ASSIGN_OR_RETURN(ArrayPtr child,
                     FixedWidthArray(arrow::float64(), values.data(), sizeof(double),
                                     static_cast<int64_t>(values.size()), nullptr));
    ASSIGN_OR_RETURN(ArrayPtr lists, ListArrayOf(offsets, child, nullptr));
    return std::vector<ArrayPtr>{std::move(lists)};
  }

  Result<ArrayPtr> Finish() override {
    const std::vector<int64_t> offsets = log_.Offsets(log_.groups, groups_);
    std::vector<double> values = log_.Ordered(offsets);
    std::vector<double> results(groups_);
    GroupFlags valid(groups_);
    for (int64_t g = 0; g < groups_; ++g) {
      if (offsets[g] == offsets[g + 1]) continue;
      valid[g] = 1;
      results[g] =
          QuantileOf(values.data() + offsets[g], values.data() + offsets[g + 1], fraction_);
    }
    return FixedWidthArray(arrow::float64(), results.data(), sizeof(double), groups_, &valid);
  }

  int64_t bytes() const override { return log_.bytes(); }

 private:
  const double fraction_;
  int64_t groups_ = 0;
  GroupedLog<double> log_;
};

Result<AggregateFunction> ResolveQuantile(std::string_view name, std::span<const TypePtr> types,
                                          std::span<const double> parameters) {
  if (!IsNumeric(*types[0]) && types[0]->id() != arrow::Type::NA) {
    return WrongAggregateType(name, "numbers", *types[0]);
  }
  AggregateFunction function;
  function.arg_types = {arrow::float64()};
  function.result = arrow::float64();
  function.state_types = {arrow::list(arrow::float64())};
  function.parameters = {0.5};
  if (!parameters.empty()) {
    RETURN_IF_ERROR(CheckFraction(name, parameters[0]));
    function.parameters[0] = parameters[0];
  }
  function.make = &NewState<QuantileState>;
  return function;
}

}  // namespace

void AddQuantileAggregates(AggregateEntries& entries) {
  entries.push_back(
      {.info = {"median", "median(x)",
                "The middle value, or the mean of the two in the middle, as a double. "
                "Holds all values in memory; approx_quantile does not."},
       .resolve = &ResolveQuantile});
  entries.push_back({.info = {"quantile", "quantile(x, fraction)",
                              "The value below which that fraction (0 to 1) of the values are, "
                              "interpolated, as a double. Holds all values in memory."},
                     .min_parameters = 1,
                     .max_parameters = 1,
                     .resolve = &ResolveQuantile});
}

}  // namespace tusk::df

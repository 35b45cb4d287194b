#include <cmath>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/aggregate/family.h"
#include "dataframe/expr/aggregate/group_values.h"
#include "dataframe/expr/aggregate/t_digest.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

class ApproximateQuantileState final : public AggregateState {
 public:
  explicit ApproximateQuantileState(const AggregateFunction& function)
      : fraction_(function.parameters[0]) {}

  Status Resize(int64_t groups) override {
    digests_.resize(groups);
    return {};
  }

  Status Update(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> args) override {
    const ColumnReader<double> values(*args[0]);
    VisitValid(*args[0], [&](int64_t i) {
      if (std::isnan(values[i])) return;
      TDigest& digest = digests_[group_ids[i]];
      digest_bytes_ -= digest.bytes();
      digest.Add(values[i]);
      digest_bytes_ += digest.bytes();
    });
    return {};
  }

  Status Merge(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> state) override {
    const auto& lists = static_cast<const arrow::ListArray&>(*state[0]);
    const auto& values = static_cast<const arrow::DoubleArray&>(*lists.values());
    for (size_t row = 0; row < group_ids.size(); ++row) {
      const auto i = static_cast<int64_t>(row);
      const std::span<const double> numbers(values.raw_values() + lists.value_offset(i),
                                            static_cast<size_t>(lists.value_length(i)));
      ASSIGN_OR_RETURN(const TDigest other, TDigest::Parse(numbers));
      TDigest& digest = digests_[group_ids[row]];
      digest_bytes_ -= digest.bytes();
      digest.Merge(other);
      digest_bytes_ += digest.bytes();
    }
    return {};
  }

  Result<std::vector<ArrayPtr>> EmitState() override {
    std::vector<double> numbers;
    std::vector<int64_t> offsets = {0};
    for (TDigest& digest : digests_) {
      digest.AppendTo(numbers);
      offsets.push_back(static_cast<int64_t>(numbers.size()));
    }
    ASSIGN_OR_RETURN(ArrayPtr child, FixedWidthArray(arrow::float64(), numbers.data(),
                                                     sizeof(double), offsets.back(), nullptr));
    ASSIGN_OR_RETURN(ArrayPtr lists, ListArrayOf(offsets, child, nullptr));
    return std::vector<ArrayPtr>{std::move(lists)};
  }

  Result<ArrayPtr> Finish() override {
    std::vector<double> results(digests_.size());
    GroupFlags valid(digests_.size());
    for (size_t g = 0; g < digests_.size(); ++g) {
      if (digests_[g].empty()) continue;
      valid[g] = 1;
      results[g] = digests_[g].Quantile(fraction_);
    }
    return FixedWidthArray(arrow::float64(), results.data(), sizeof(double),
                           static_cast<int64_t>(results.size()), &valid);
  }

  int64_t bytes() const override {
    return digest_bytes_ + static_cast<int64_t>(digests_.capacity() * sizeof(TDigest));
  }

 private:
  const double fraction_;
  std::vector<TDigest> digests_;
  int64_t digest_bytes_ = 0;
};

Result<AggregateFunction> ResolveApproximateQuantile(std::string_view name,
                                                     std::span<const TypePtr> types,
                                                     std::span<const double> parameters) {
  if (!IsNumeric(*types[0]) && types[0]->id() != arrow::Type::NA) {
    return WrongAggregateType(name, "numbers", *types[0]);
  }
  RETURN_IF_ERROR(CheckFraction(name, parameters[0]));
  AggregateFunction function;
  function.arg_types = {arrow::float64()};
  function.result = arrow::float64();
  function.state_types = {arrow::list(arrow::float64())};
  function.parameters = {parameters[0]};
  function.make = &NewState<ApproximateQuantileState>;
  return function;
}

}  // namespace

void AddApproximateQuantileAggregates(AggregateEntries& entries) {
  entries.push_back({.info = {"approx_quantile", "approx_quantile(x, fraction)",
                              "About the value below which that fraction (0 to 1) of the values "
                              "are, in a few KiB of memory for each group; NaN is left out."},
                     .min_parameters = 1,
                     .max_parameters = 1,
                     .resolve = &ResolveApproximateQuantile});
}

}  // namespace tusk::df

#include <algorithm>
#include <array>
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

// Means of both columns and sums of products of the distances from them.
struct Comoments {
  int64_t count = 0;
  double mean_x = 0;
  double mean_y = 0;
  double sum_xx = 0;
  double sum_yy = 0;
  double sum_xy = 0;
};

constexpr std::array kMembers = {&Comoments::mean_x, &Comoments::mean_y, &Comoments::sum_xx,
                                 &Comoments::sum_yy, &Comoments::sum_xy};

// Those of two sets of rows together (Chan, Golub, LeVeque 1979).
void Combine(Comoments& a, const Comoments& b) {
  if (b.count == 0) return;
  if (a.count == 0) {
    a = b;
    return;
  }
  const auto na = static_cast<double>(a.count), nb = static_cast<double>(b.count), n = na + nb;
  const double dx = b.mean_x - a.mean_x, dy = b.mean_y - a.mean_y, weight = na * nb / n;
  a.sum_xx += b.sum_xx + dx * dx * weight;
  a.sum_yy += b.sum_yy + dy * dy * weight;
  a.sum_xy += b.sum_xy + dx * dy * weight;
  a.mean_x += dx * nb / n;
  a.mean_y += dy * nb / n;
  a.count += b.count;
}

void AddRow(Comoments& sums, double x, double y) {
  ++sums.count;
  const auto n = static_cast<double>(sums.count);
  const double dx = x - sums.mean_x, dy = y - sums.mean_y;
  sums.mean_x += dx / n;
  sums.mean_y += dy / n;
  sums.sum_xx += dx * (x - sums.mean_x);
  sums.sum_yy += dy * (y - sums.mean_y);
  sums.sum_xy += dx * (y - sums.mean_y);
}

enum class Measure { kCorrelation, kSample, kPopulation };

template <Measure measure>
bool MeasureOf(const Comoments& sums, double* result) {
  const auto n = static_cast<double>(sums.count);
  if constexpr (measure == Measure::kSample) {
    if (sums.count < 2) return false;
    *result = sums.sum_xy / (n - 1);
  } else {
    if (sums.count < 1) return false;
    if constexpr (measure == Measure::kPopulation) {
      *result = sums.sum_xy / n;
    } else {
      // A column of one value is correlated with nothing: 0 / 0. Rounding must not pass 1.
      const double r = sums.sum_xy / (std::sqrt(sums.sum_xx) * std::sqrt(sums.sum_yy));
      *result = std::clamp(r, -1.0, 1.0);
    }
  }
  return true;
}

template <Measure measure>
class CovarianceState final : public AggregateState {
 public:
  explicit CovarianceState(const AggregateFunction&) {}

  Status Resize(int64_t groups) override {
    sums_.resize(groups);
    return {};
  }

  Status Update(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> args) override {
    const ColumnReader<double> x(*args[0]), y(*args[1]);
    const bool y_has_nulls = args[1]->null_count() > 0;
    VisitValid(*args[0], [&](int64_t i) {
      if (!y_has_nulls || args[1]->IsValid(i)) AddRow(sums_[group_ids[i]], x[i], y[i]);
    });
    return {};
  }

  Status Merge(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> state) override {
    const ColumnReader<int64_t> counts(*state[0]);
    std::vector<ColumnReader<double>> columns;
    for (size_t c = 0; c < kMembers.size(); ++c) columns.emplace_back(*state[c + 1]);
    for (size_t row = 0; row < group_ids.size(); ++row) {
      const auto i = static_cast<int64_t>(row);
      Comoments other;
      other.count = counts[i];
      for (size_t c = 0; c < kMembers.size(); ++c) other.*kMembers[c] = columns[c][i];
      Combine(sums_[group_ids[row]], other);
    }
    return {};
  }

  Result<std::vector<ArrayPtr>> EmitState() override {
    const auto groups = static_cast<int64_t>(sums_.size());
    std::vector<int64_t> counts;
    for (const Comoments& sums : sums_) counts.push_back(sums.count);
    ASSIGN_OR_RETURN(ArrayPtr first, FixedWidthArray(arrow::int64(), counts.data(), sizeof(int64_t),
                                                     groups, nullptr));
    std::vector<ArrayPtr> state = {std::move(first)};
    for (const auto member : kMembers) {
      std::vector<double> values;
      for (const Comoments& sums : sums_) values.push_back(sums.*member);
      ASSIGN_OR_RETURN(ArrayPtr column, FixedWidthArray(arrow::float64(), values.data(),
                                                        sizeof(double), groups, nullptr));
      state.push_back(std::move(column));
    }
    return state;
  }

  Result<ArrayPtr> Finish() override {
    std::vector<double> results(sums_.size());
    GroupFlags valid(sums_.size());
    for (size_t g = 0; g < sums_.size(); ++g) {
      valid[g] = MeasureOf<measure>(sums_[g], &results[g]) ? 1 : 0;
    }
    return FixedWidthArray(arrow::float64(), results.data(), sizeof(double),
                           static_cast<int64_t>(results.size()), &valid);
  }

  int64_t bytes() const override {
    return static_cast<int64_t>(sums_.capacity() * sizeof(Comoments));
  }

 private:
  std::vector<Comoments> sums_;
};

Result<AggregateFunction> ResolveCovariance(std::string_view name, std::span<const TypePtr> types,
                                            std::span<const double>) {
  for (const TypePtr& type : types) {
    if (!IsNumeric(*type) && type->id() != arrow::Type::NA) {
      return WrongAggregateType(name, "two columns of numbers", *type);
    }
  }
  AggregateFunction function;
  function.arg_types = {arrow::float64(), arrow::float64()};
  function.result = arrow::float64();
  function.state_types.assign(kMembers.size() + 1, arrow::float64());
  function.state_types[0] = arrow::int64();
  function.make = name == "corr"         ? &NewState<CovarianceState<Measure::kCorrelation>>
                  : name == "covar_samp" ? &NewState<CovarianceState<Measure::kSample>>
                                         : &NewState<CovarianceState<Measure::kPopulation>>;
  return function;
}

}  // namespace

void AddCovarianceAggregates(AggregateEntries& entries) {
  const auto add = [&](std::string name, std::string summary) {
    std::string usage = name + "(y, x)";
    entries.push_back({.info = {std::move(name), std::move(usage), std::move(summary)},
                       .min_columns = 2,
                       .max_columns = 2,
                       .resolve = &ResolveCovariance});
  };
  add("corr",
      "Pearson's correlation of two columns, over rows where neither is null; NaN when one of them "
      "has one value only.");
  add("covar_samp", "The covariance of a sample (divided by n - 1), over rows without nulls.");
  add("covar_pop", "The covariance of a whole population (divided by n), over rows without nulls.");
}

}  // namespace tusk::df

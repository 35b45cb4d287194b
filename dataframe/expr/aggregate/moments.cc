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

// Count, mean, and sums of powers of the distances from the mean: unlike plain sums of squares they
// lose no digits when the mean is far from zero.
struct Moments {
  int64_t count = 0;
  double mean = 0;
  double m2 = 0;
  double m3 = 0;
  double m4 = 0;
};

// The moments of two sets of values together (Chan, Golub, LeVeque 1979; Pébay 2008 for the third
// and fourth).
template <int order>
void Combine(Moments& a, const Moments& b) {
  if (b.count == 0) return;
  if (a.count == 0) {
    a = b;
    return;
  }
  const auto na = static_cast<double>(a.count), nb = static_cast<double>(b.count), n = na + nb;
  const double delta = b.mean - a.mean, step = delta / n, term = delta * step * na * nb;
  if constexpr (order > 2) {
    a.m4 += b.m4 + term * step * step * (na * na - na * nb + nb * nb) +
            6 * step * step * (na * na * b.m2 + nb * nb * a.m2) +
            4 * step * (na * b.m3 - nb * a.m3);
    a.m3 += b.m3 + term * step * (na - nb) + 3 * step * (na * b.m2 - nb * a.m2);
  }
  a.m2 += b.m2 + term;
  a.mean += step * nb;
  a.count += b.count;
}

// One more value (Welford 1962).
template <int order>
void AddValue(Moments& moments, double value) {
  const auto before = static_cast<double>(moments.count);
  ++moments.count;
  const double n = before + 1;
  const double delta = value - moments.mean, step = delta / n, term = delta * step * before;
  if constexpr (order > 2) {
    moments.m4 += term * step * step * (n * n - 3 * n + 3) + 6 * step * step * moments.m2 -
                  4 * step * moments.m3;
    moments.m3 += term * step * (n - 2) - 3 * step * moments.m2;
  }
  moments.m2 += term;
  moments.mean += step;
}

struct Variance {
  static constexpr int kOrder = 2;
  static bool Of(const Moments& m, double* result) {
    if (m.count < 2) return false;
    *result = m.m2 / static_cast<double>(m.count - 1);
    return true;
  }
};

struct PopulationVariance {
  static constexpr int kOrder = 2;
  static bool Of(const Moments& m, double* result) {
    if (m.count < 1) return false;
    *result = m.m2 / static_cast<double>(m.count);
    return true;
  }
};

template <typename Square>
struct RootOf {
  static constexpr int kOrder = 2;
  static bool Of(const Moments& m, double* result) {
    double square = 0;
    if (!Square::Of(m, &square)) return false;
    *result = std::sqrt(square);
    return true;
  }
};

// With the correction for the bias of samples, as other programs give it.
struct Skewness {
  static constexpr int kOrder = 4;
  static bool Of(const Moments& m, double* result) {
    if (m.count < 3 || m.m2 == 0) return false;
    const auto n = static_cast<double>(m.count);
    const double variance = m.m2 / n;
    *result = std::sqrt(n * (n - 1)) / (n - 2) * (m.m3 / n) / (variance * std::sqrt(variance));
    return true;
  }
};

// Over that of the normal distribution, with the correction for samples.
struct Kurtosis {
  static constexpr int kOrder = 4;
  static bool Of(const Moments& m, double* result) {
    if (m.count < 4 || m.m2 == 0) return false;
    const auto n = static_cast<double>(m.count);
    const double excess = n * m.m4 / (m.m2 * m.m2) - 3;
    *result = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6);
    return true;
  }
};

template <typename Measure>
class MomentState final : public AggregateState {
 public:
  explicit MomentState(const AggregateFunction&) {}

  Status Resize(int64_t groups) override {
    moments_.resize(groups);
    return {};
  }

  Status Update(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> args) override {
    const ColumnReader<double> values(*args[0]);
    VisitValid(*args[0], [&](int64_t i) { AddValue<kOrder>(moments_[group_ids[i]], values[i]); });
    return {};
  }

  Status Merge(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> state) override {
    const ColumnReader<int64_t> counts(*state[0]);
    const ColumnReader<double> mean(*state[1]), m2(*state[2]);
    for (size_t row = 0; row < group_ids.size(); ++row) {
      const auto i = static_cast<int64_t>(row);
      Moments other{counts[i], mean[i], m2[i]};
      if constexpr (kOrder > 2) {
        other.m3 = ColumnReader<double>(*state[3])[i];
        other.m4 = ColumnReader<double>(*state[4])[i];
      }
      Combine<kOrder>(moments_[group_ids[row]], other);
    }
    return {};
  }

  Result<std::vector<ArrayPtr>> EmitState() override {
    std::vector<ArrayPtr> state;
    ASSIGN_OR_RETURN(ArrayPtr counts, Column<int64_t>(arrow::int64(), &Moments::count));
    state.push_back(std::move(counts));
    std::vector<double Moments::*> members = {&Moments::mean, &Moments::m2};
    if (kOrder > 2) members.insert(members.end(), {&Moments::m3, &Moments::m4});
    for (double Moments::* member : members) {
      ASSIGN_OR_RETURN(ArrayPtr column, Column<double>(arrow::float64(), member));
      state.push_back(std::move(column));
    }
    return state;
  }

  Result<ArrayPtr> Finish() override {
    std::vector<double> results(moments_.size());
    GroupFlags valid(moments_.size());
    for (size_t g = 0; g < moments_.size(); ++g) {
      valid[g] = Measure::Of(moments_[g], &results[g]) ? 1 : 0;
    }
    return FixedWidthArray(arrow::float64(), results.data(), sizeof(double),
                           static_cast<int64_t>(results.size()), &valid);
  }

  int64_t bytes() const override {
    return static_cast<int64_t>(moments_.capacity() * sizeof(Moments));
  }

 private:
  static constexpr int kOrder = Measure::kOrder;

  template <typename T>
  Result<ArrayPtr> Column(const TypePtr& type, T Moments::* member) const {
    std::vector<T> values;
    values.reserve(moments_.size());
    for (const Moments& moments : moments_) values.push_back(moments.*member);
    return FixedWidthArray(type, values.data(), sizeof(T), static_cast<int64_t>(values.size()),
                           nullptr);
  }

  std::vector<Moments> moments_;
};

Result<AggregateFunction> ResolveMoment(std::string_view name, std::span<const TypePtr> types,
                                        std::span<const double>) {
  if (!IsNumeric(*types[0]) && types[0]->id() != arrow::Type::NA) {
    return WrongAggregateType(name, "numbers", *types[0]);
  }
  AggregateFunction function;
  function.arg_types = {arrow::float64()};
  function.result = arrow::float64();
  function.state_types = {arrow::int64(), arrow::float64(), arrow::float64()};
  if (name == "variance") {
    function.make = &NewState<MomentState<Variance>>;
  } else if (name == "var_pop") {
    function.make = &NewState<MomentState<PopulationVariance>>;
  } else if (name == "stddev") {
    function.make = &NewState<MomentState<RootOf<Variance>>>;
  } else if (name == "stddev_pop") {
    function.make = &NewState<MomentState<RootOf<PopulationVariance>>>;
  } else {
    function.state_types.insert(function.state_types.end(), {arrow::float64(), arrow::float64()});
    function.make =
        name == "skewness" ? &NewState<MomentState<Skewness>> : &NewState<MomentState<Kurtosis>>;
  }
  return function;
}

}  // namespace

void AddMomentAggregates(AggregateEntries& entries) {
  const auto add = [&](std::string name, std::string summary) {
    std::string usage = name + "(x)";
    entries.push_back({.info = {std::move(name), std::move(usage), std::move(summary)},
                       .resolve = &ResolveMoment});
  };
  add("variance", "The variance of a sample (divided by n - 1); null for less than two values.");
  add("var_pop", "The variance of a whole population (divided by n).");
  add("stddev", "The standard deviation of a sample: the root of variance.");
  add("stddev_pop", "The standard deviation of a whole population: the root of var_pop.");
  add("skewness", "How lopsided a sample is: 0 when it is symmetric; null for less than three.");
  add("kurtosis",
      "The weight of a sample's tails over that of the normal distribution; null for less than "
      "four.");
}

}  // namespace tusk::df

#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/expr/aggregate.h"

namespace tusk::df {

/// An aggregate as its family declares it: help for people, how many arguments it takes, and the
/// rule that picks the function for given types. The counts are checked before `resolve` is called.
struct AggregateEntry {
  AggregateInfo info;
  size_t min_columns = 1;
  size_t max_columns = 1;
  size_t min_parameters = 0;
  size_t max_parameters = 0;
  Result<AggregateFunction> (*resolve)(std::string_view name, std::span<const TypePtr> types,
                                       std::span<const double> parameters) = nullptr;
};
using AggregateEntries = std::vector<AggregateEntry>;

/// The families, one a file. Each appends what it has.
void AddCountAggregates(AggregateEntries& entries);
void AddSumAggregates(AggregateEntries& entries);
void AddMinMaxAggregates(AggregateEntries& entries);
void AddFirstAggregates(AggregateEntries& entries);
void AddMomentAggregates(AggregateEntries& entries);
void AddCovarianceAggregates(AggregateEntries& entries);
void AddQuantileAggregates(AggregateEntries& entries);
void AddApproximateQuantileAggregates(AggregateEntries& entries);
void AddApproximateDistinctAggregates(AggregateEntries& entries);
void AddListAggregates(AggregateEntries& entries);
void AddStringAggregates(AggregateEntries& entries);
void AddModeAggregates(AggregateEntries& entries);

/// kInvalidArgument: "sum takes numbers, not string".
Status WrongAggregateType(std::string_view name, std::string_view wants,
                          const arrow::DataType& got);

/// kInvalidArgument when the fraction of a quantile is not from 0 to 1.
Status CheckFraction(std::string_view name, double fraction);

/// `AggregateFunction::make` of a state that is made from its function.
template <typename State>
std::unique_ptr<AggregateState> NewState(const AggregateFunction& function) {
  return std::make_unique<State>(function);
}

}  // namespace tusk::df

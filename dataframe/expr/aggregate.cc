#include "dataframe/expr/aggregate.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/nearest_name.h"
#include "common/base/status_macros.h"
#include "dataframe/expr/aggregate/family.h"

namespace tusk::df {

namespace {

// Other names under which SQL and data frames know the same functions.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kAliases = {{
    {"mean", "avg"},
    {"stddev_samp", "stddev"},
    {"var_samp", "variance"},
    {"array_agg", "list"},
    {"collect_list", "list"},
    {"every", "bool_and"},
    {"quantile_cont", "quantile"},
    {"listagg", "string_agg"},
    {"group_concat", "string_agg"},
    {"arbitrary", "any_value"},
}};

// Those of `HasShortFreeStates`, sorted.
constexpr std::array<std::string_view, 19> kShortFree = {
    "approx_count_distinct",
    "avg",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "count_if",
    "covar_pop",
    "covar_samp",
    "kurtosis",
    "max",
    "min",
    "product",
    "skewness",
    "stddev",
    "stddev_pop",
    "sum",
    "var_pop",
    "variance",
};

// All entries, sorted by name.
const AggregateEntries& Entries() {
  static const AggregateEntries entries = [] {
    AggregateEntries all;
    AddCountAggregates(all);
    AddSumAggregates(all);
    AddMinMaxAggregates(all);
    AddFirstAggregates(all);
    AddMomentAggregates(all);
    AddCovarianceAggregates(all);
    AddQuantileAggregates(all);
    AddApproximateQuantileAggregates(all);
    AddApproximateDistinctAggregates(all);
    AddListAggregates(all);
    AddStringAggregates(all);
    AddModeAggregates(all);
    std::sort(all.begin(), all.end(), [](const AggregateEntry& a, const AggregateEntry& b) {
      return a.info.name < b.info.name;
    });
    return all;
  }();
  return entries;
}

const AggregateEntry* FindEntry(std::string_view name) {
  for (const auto& [alias, canonical] : kAliases) {
    if (name == alias) name = canonical;
  }
  for (const AggregateEntry& entry : Entries()) {
    if (entry.info.name == name) return &entry;
  }
  return nullptr;
}

Status UnknownAggregate(std::string_view name) {
  std::vector<std::string_view> known;
  for (const AggregateEntry& entry : Entries()) known.push_back(entry.info.name);
  for (const auto& [alias, canonical] : kAliases) known.push_back(alias);
  const std::string_view nearest = NearestName(known, name);
  if (nearest.empty()) {
    return Status::Error(StatusCode::kInvalidArgument, "there is no aggregate {}", name);
  }
  return Status::Error(StatusCode::kInvalidArgument, "there is no aggregate {}: did you mean {}?",
                       name, nearest);
}

}  // namespace

Status WrongAggregateType(std::string_view name, std::string_view wants,
                          const arrow::DataType& got) {
  return Status::Error(StatusCode::kInvalidArgument, "{} takes {}, not {}", name, wants,
                       TypeText(got));
}

Status CheckFraction(std::string_view name, double fraction) {
  if (fraction >= 0 && fraction <= 1) return {};
  return Status::Error(StatusCode::kInvalidArgument,
                       "the fraction of {} must be from 0 to 1, not {}", name, fraction);
}

Result<AggregateFunction> ResolveAggregate(std::string_view name, std::span<const TypePtr> types,
                                           std::span<const double> parameters) {
  const AggregateEntry* entry = FindEntry(name);
  if (entry == nullptr) return UnknownAggregate(name);
  const bool fits = types.size() >= entry->min_columns && types.size() <= entry->max_columns &&
                    parameters.size() >= entry->min_parameters &&
                    parameters.size() <= entry->max_parameters;
  if (!fits) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "wrong number of arguments for {}: it is used as {}", name,
                         entry->info.usage);
  }
  return entry->resolve(entry->info.name, types, parameters);
}

bool IsAggregate(std::string_view name) { return FindEntry(name) != nullptr; }

bool HasShortFreeStates(std::string_view name) {
  const AggregateEntry* entry = FindEntry(name);
  return entry != nullptr &&
         std::binary_search(kShortFree.begin(), kShortFree.end(), entry->info.name);
}

std::vector<AggregateInfo> AllAggregates() {
  std::vector<AggregateInfo> all;
  for (const AggregateEntry& entry : Entries()) all.push_back(entry.info);
  return all;
}

size_t AggregateColumnArguments(std::string_view name, size_t arguments) {
  const AggregateEntry* entry = FindEntry(name);
  if (entry == nullptr || entry->max_parameters == 0) return arguments;
  return std::min(arguments, entry->max_columns);
}

}  // namespace tusk::df

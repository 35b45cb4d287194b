#include <vector>

#include <arrow/array.h>
#include <arrow/type.h>

#include "dataframe/expr/aggregate/family.h"
#include "dataframe/expr/aggregate/group_values.h"

namespace tusk::df {

namespace {

// What is counted: rows, values that are not null, values that are true.
enum class Counted { kRows, kValues, kTrue };

template <Counted what>
class CountState final : public AggregateState {
 public:
  explicit CountState(const AggregateFunction&) {}

  Status Resize(int64_t groups) override {
    counts_.Resize(groups);
    return {};
  }

  Status Update(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> args) override {
    int64_t* counts = counts_.data();
    if constexpr (what == Counted::kRows) {
      if (counts_.size() == 1) {
        counts[0] += static_cast<int64_t>(group_ids.size());
        return {};
      }
      for (const uint32_t group : group_ids) ++counts[group];
    } else if constexpr (what == Counted::kValues) {
      VisitValid(*args[0], [&](int64_t i) { ++counts[group_ids[i]]; });
    } else {
      const ColumnReader<bool> values(*args[0]);
      VisitValid(*args[0], [&](int64_t i) { counts[group_ids[i]] += values[i] ? 1 : 0; });
    }
    return {};
  }

  Status Merge(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> state) override {
    int64_t* counts = counts_.data();
    const ColumnReader<int64_t> values(*state[0]);
    VisitValid(*state[0], [&](int64_t i) { counts[group_ids[i]] += values[i]; });
    return {};
  }

  Result<std::vector<ArrayPtr>> EmitState() override {
    Result<ArrayPtr> counts = Finish();
    if (!counts.ok()) return counts.status();
    return std::vector<ArrayPtr>{*counts};
  }
  Result<ArrayPtr> Finish() override { return counts_.Emit(arrow::int64(), nullptr); }
  int64_t bytes() const override { return counts_.bytes(); }

 private:
  GroupValues<int64_t> counts_;
};

Result<AggregateFunction> ResolveCount(std::string_view name, std::span<const TypePtr> types,
                                       std::span<const double>) {
  AggregateFunction function;
  function.arg_types.assign(types.begin(), types.end());
  function.result = arrow::int64();
  function.result_nullable = false;
  function.state_types = {arrow::int64()};
  if (name == "count_if") {
    if (types[0]->id() != arrow::Type::BOOL && types[0]->id() != arrow::Type::NA) {
      return WrongAggregateType(name, "a condition", *types[0]);
    }
    function.arg_types = {arrow::boolean()};
    function.make = &NewState<CountState<Counted::kTrue>>;
  } else {
    function.make = types.empty() ? &NewState<CountState<Counted::kRows>>
                                  : &NewState<CountState<Counted::kValues>>;
  }
  return function;
}

}  // namespace

void AddCountAggregates(AggregateEntries& entries) {
  entries.push_back({.info = {"count", "count(*) or count(x)",
                              "The number of rows, or of rows in which x is not null."},
                     .min_columns = 0,
                     .resolve = &ResolveCount});
  entries.push_back({.info = {"count_if", "count_if(condition)",
                              "The number of rows for which the condition is true."},
                     .resolve = &ResolveCount});
}

}  // namespace tusk::df

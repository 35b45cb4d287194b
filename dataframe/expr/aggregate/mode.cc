#include <map>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/aggregate/family.h"
#include "dataframe/expr/aggregate/group_values.h"

namespace tusk::df {

namespace {

// How often each value is there, in order of values: of those that are equally frequent the least
// wins, whatever the order of rows.
template <typename T>
class ModeState final : public AggregateState {
 public:
  explicit ModeState(const AggregateFunction& function) : type_(function.result) {}

  Status Resize(int64_t groups) override {
    counts_.resize(groups);
    return {};
  }

  Status Update(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> args) override {
    const ColumnReader<T> values(*args[0]);
    VisitValid(*args[0], [&](int64_t i) { Add(group_ids[i], values[i], 1); });
    return {};
  }

  Status Merge(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> state) override {
    const auto& values = static_cast<const arrow::ListArray&>(*state[0]);
    const auto& counts = static_cast<const arrow::ListArray&>(*state[1]);
    const ColumnReader<T> value(*values.values());
    const ColumnReader<int64_t> count(*counts.values());
    for (size_t row = 0; row < group_ids.size(); ++row) {
      const auto i = static_cast<int64_t>(row);
      if (values.value_length(i) != counts.value_length(i)) {
        return Status(StatusCode::kCorruption, "a state of mode has values without counts");
      }
      for (int64_t k = 0; k < values.value_length(i); ++k) {
        Add(group_ids[row], value[values.value_offset(i) + k], count[counts.value_offset(i) + k]);
      }
    }
    return {};
  }

  Result<std::vector<ArrayPtr>> EmitState() override {
    std::vector<int64_t> offsets = {0};
    for (const Counts& counts : counts_) {
      offsets.push_back(offsets.back() + static_cast<int64_t>(counts.size()));
    }
    GroupValues<T> values;
    GroupValues<int64_t> numbers;
    values.Resize(offsets.back());
    numbers.Resize(offsets.back());
    size_t at = 0;
    for (const Counts& counts : counts_) {
      for (const auto& [value, count] : counts) {
        values.Set(at, value);
        numbers.Set(at++, count);
      }
    }
    ASSIGN_OR_RETURN(ArrayPtr value_column, values.Emit(type_, nullptr));
    ASSIGN_OR_RETURN(ArrayPtr number_column, numbers.Emit(arrow::int64(), nullptr));
    ASSIGN_OR_RETURN(ArrayPtr value_lists, ListArrayOf(offsets, value_column, nullptr));
    ASSIGN_OR_RETURN(ArrayPtr number_lists, ListArrayOf(offsets, number_column, nullptr));
    return std::vector<ArrayPtr>{std::move(value_lists), std::move(number_lists)};
  }

  Result<ArrayPtr> Finish() override {
    GroupValues<T> results;
    results.Resize(static_cast<int64_t>(counts_.size()));
    GroupFlags valid(counts_.size());
    for (size_t g = 0; g < counts_.size(); ++g) {
      int64_t most = 0;
      for (const auto& [value, count] : counts_[g]) {
        if (count <= most) continue;
        most = count;
        results.Set(g, value);
        valid[g] = 1;
      }
    }
    return results.Emit(type_, &valid);
  }

  int64_t bytes() const override {
    return bytes_ + static_cast<int64_t>(counts_.capacity() * sizeof(Counts));
  }

 private:
  using Counts = std::map<T, int64_t, TotalLess>;

  void Add(uint32_t group, typename ColumnReader<T>::View value, int64_t count) {
    constexpr int64_t kNodeBytes = 48;  // what a map takes for an entry, beyond key and count
    Counts& counts = counts_[group];
    auto found = counts.find(value);
    if (found == counts.end()) {
      found = counts.emplace(T(value), 0).first;
      bytes_ += kNodeBytes + static_cast<int64_t>(sizeof(T) + sizeof(int64_t));
      if constexpr (std::is_same_v<T, std::string>) bytes_ += static_cast<int64_t>(value.size());
    }
    found->second += count;
  }

  const TypePtr type_;
  std::vector<Counts> counts_;
  int64_t bytes_ = 0;
};

Result<AggregateFunction> ResolveMode(std::string_view name, std::span<const TypePtr> types,
                                      std::span<const double>) {
  const TypePtr type = types[0]->id() == arrow::Type::NA ? arrow::int32() : types[0];
  AggregateFunction function;
  function.arg_types = {type};
  function.result = type;
  function.state_types = {arrow::list(type), arrow::list(arrow::int64())};
  function.make = WithStorage(*type, []<typename T>() -> decltype(AggregateFunction::make) {
    if constexpr (std::is_same_v<T, NestedValue>) {
      return nullptr;
    } else {
      return &NewState<ModeState<T>>;
    }
  });
  if (function.make == nullptr) return WrongAggregateType(name, "values with an order", *type);
  return function;
}

}  // namespace

void AddModeAggregates(AggregateEntries& entries) {
  entries.push_back({.info = {"mode", "mode(x)",
                              "The most frequent value; the least of several. Holds the different "
                              "values in memory."},
                     .resolve = &ResolveMode});
}

}  // namespace tusk::df

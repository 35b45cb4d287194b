#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/aggregate/family.h"
#include "dataframe/expr/aggregate/group_values.h"

namespace tusk::df {

namespace {

// Which row's value is taken: the first, the last, or the first that is not null.
enum class Taken { kFirst, kLast, kAny };

template <typename T, Taken which>
class TakenState final : public AggregateState {
 public:
  explicit TakenState(const AggregateFunction& function) : type_(function.result) {}

  Status Resize(int64_t groups) override {
    values_.Resize(groups);
    seen_.resize(groups);
    valid_.resize(groups);
    return {};
  }

  Status Update(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> args) override {
    const ColumnReader<T> values(*args[0]);
    for (size_t i = 0; i < group_ids.size(); ++i) {
      Take(group_ids[i], *args[0], values, static_cast<int64_t>(i));
    }
    return {};
  }

  Status Merge(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> state) override {
    const ColumnReader<T> values(*state[0]);
    const ColumnReader<bool> seen(*state[1]);
    for (size_t i = 0; i < group_ids.size(); ++i) {
      if (seen[static_cast<int64_t>(i)]) {
        Take(group_ids[i], *state[0], values, static_cast<int64_t>(i));
      }
    }
    return {};
  }

  Result<std::vector<ArrayPtr>> EmitState() override {
    ASSIGN_OR_RETURN(ArrayPtr values, Finish());
    ASSIGN_OR_RETURN(ArrayPtr seen, BooleanArray(seen_, nullptr));
    return std::vector<ArrayPtr>{std::move(values), std::move(seen)};
  }
  Result<ArrayPtr> Finish() override { return values_.Emit(type_, &valid_); }
  int64_t bytes() const override {
    return values_.bytes() + static_cast<int64_t>(seen_.capacity() + valid_.capacity());
  }

 private:
  void Take(uint32_t group, const arrow::Array& column, const ColumnReader<T>& values, int64_t i) {
    if (which != Taken::kLast && seen_[group] != 0) return;
    const bool valid = column.IsValid(i);
    if (which == Taken::kAny && !valid) return;
    seen_[group] = 1;
    valid_[group] = valid ? 1 : 0;
    if (valid) values_.Set(group, values[i]);
  }

  const TypePtr type_;
  GroupValues<T> values_;
  GroupFlags seen_;   // has had a row
  GroupFlags valid_;  // whose value is not null
};

Result<AggregateFunction> ResolveTaken(std::string_view name, std::span<const TypePtr> types,
                                       std::span<const double>) {
  const TypePtr type = types[0]->id() == arrow::Type::NA ? arrow::int32() : types[0];
  AggregateFunction function;
  function.arg_types = {type};
  function.result = type;
  function.state_types = {type, arrow::boolean()};
  function.make = WithStorage(*type, [&]<typename T>() -> decltype(AggregateFunction::make) {
    if (name == "first") return &NewState<TakenState<T, Taken::kFirst>>;
    if (name == "last") return &NewState<TakenState<T, Taken::kLast>>;
    return &NewState<TakenState<T, Taken::kAny>>;
  });
  return function;
}

}  // namespace

void AddFirstAggregates(AggregateEntries& entries) {
  entries.push_back(
      {.info = {"first", "first(x)",
                "The value of the first row that comes, be it null; which row that is "
                "is not determined unless rows come from one ordered file."},
       .resolve = &ResolveTaken});
  entries.push_back(
      {.info = {"last", "last(x)", "The value of the last row that comes, be it null; see first."},
       .resolve = &ResolveTaken});
  entries.push_back({.info = {"any_value", "any_value(x)",
                              "Some value that is not null; for columns equal in a group."},
                     .resolve = &ResolveTaken});
}

}  // namespace tusk::df

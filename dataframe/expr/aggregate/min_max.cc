#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/aggregate/family.h"
#include "dataframe/expr/aggregate/group_values.h"

namespace tusk::df {

namespace {

template <typename T, bool greatest>
class ExtremeState final : public AggregateState {
 public:
  explicit ExtremeState(const AggregateFunction& function) : type_(function.result) {}

  Status Resize(int64_t groups) override {
    values_.Resize(groups);
    seen_.resize(groups);
    return {};
  }

  Status Update(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> args) override {
    const ColumnReader<T> values(*args[0]);
    uint8_t* seen = seen_.data();
    constexpr TotalLess kLess;
    VisitValid(*args[0], [&](int64_t i) {
      const uint32_t group = group_ids[i];
      const auto value = values[i];
      const typename ColumnReader<T>::View best = values_[group];
      if (seen[group] == 0 || (greatest ? kLess(best, value) : kLess(value, best))) {
        values_.Set(group, value);
        seen[group] = 1;
      }
    });
    return {};
  }
  Status Merge(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> state) override {
    return Update(group_ids, state);
  }
  Result<std::vector<ArrayPtr>> EmitState() override {
    ASSIGN_OR_RETURN(ArrayPtr values, Finish());
    return std::vector<ArrayPtr>{std::move(values)};
  }
  Result<ArrayPtr> Finish() override { return values_.Emit(type_, &seen_); }
  int64_t bytes() const override {
    return values_.bytes() + static_cast<int64_t>(seen_.capacity());
  }

 private:
  const TypePtr type_;
  GroupValues<T> values_;
  GroupFlags seen_;
};

Result<AggregateFunction> ResolveExtreme(std::string_view name, std::span<const TypePtr> types,
                                         std::span<const double>) {
  AggregateFunction function;
  TypePtr type = types[0];
  if (name == "bool_and" || name == "bool_or") {
    if (type->id() != arrow::Type::BOOL && type->id() != arrow::Type::NA) {
      return WrongAggregateType(name, "conditions", *type);
    }
    type = arrow::boolean();
  }
  if (type->id() == arrow::Type::NA) type = arrow::int32();
  function.arg_types = {type};
  function.result = type;
  function.state_types = {type};
  const bool greatest = name == "max" || name == "bool_or";
  function.make = WithStorage(*type, [&]<typename T>() -> decltype(AggregateFunction::make) {
    if constexpr (std::is_same_v<T, NestedValue>) {
      return nullptr;
    } else {
      return greatest ? &NewState<ExtremeState<T, true>> : &NewState<ExtremeState<T, false>>;
    }
  });
  if (function.make == nullptr) return WrongAggregateType(name, "values with an order", *type);
  return function;
}

}  // namespace

void AddMinMaxAggregates(AggregateEntries& entries) {
  entries.push_back({.info = {"min", "min(x)", "The least value; NaN only when there is no other."},
                     .resolve = &ResolveExtreme});
  entries.push_back({.info = {"max", "max(x)", "The greatest value; NaN is over all others."},
                     .resolve = &ResolveExtreme});
  entries.push_back({.info = {"bool_and", "bool_and(condition)",
                              "True when the condition is true in every row; nulls are left out."},
                     .resolve = &ResolveExtreme});
  entries.push_back({.info = {"bool_or", "bool_or(condition)",
                              "True when the condition is true in some row; nulls are left out."},
                     .resolve = &ResolveExtreme});
}

}  // namespace tusk::df

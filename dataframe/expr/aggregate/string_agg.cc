#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/aggregate/family.h"
#include "dataframe/expr/aggregate/group_values.h"

namespace tusk::df {

namespace {

// Joins texts. The separator before a text is that of its own row; the one of a group's first text
// is kept for the case that the whole is put behind another.
class StringAggState final : public AggregateState {
 public:
  explicit StringAggState(const AggregateFunction&) {}

  Status Resize(int64_t groups) override {
    texts_.Resize(groups);
    separators_.Resize(groups);
    seen_.resize(groups);
    return {};
  }

  Status Update(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> args) override {
    const ColumnReader<std::string> texts(*args[0]);
    if (args.size() == 1) {
      VisitValid(*args[0], [&](int64_t i) { Append(group_ids[i], texts[i], ","); });
      return {};
    }
    const ColumnReader<std::string> separators(*args[1]);
    VisitValid(*args[0], [&](int64_t i) {
      Append(group_ids[i], texts[i], args[1]->IsValid(i) ? separators[i] : std::string_view());
    });
    return {};
  }

  Status Merge(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> state) override {
    return Update(group_ids, state);
  }

  Result<std::vector<ArrayPtr>> EmitState() override {
    ASSIGN_OR_RETURN(ArrayPtr texts, Finish());
    ASSIGN_OR_RETURN(ArrayPtr separators, separators_.Emit(arrow::utf8(), &seen_));
    return std::vector<ArrayPtr>{std::move(texts), std::move(separators)};
  }
  Result<ArrayPtr> Finish() override { return texts_.Emit(arrow::utf8(), &seen_); }
  int64_t bytes() const override {
    return texts_.bytes() + separators_.bytes() + static_cast<int64_t>(seen_.capacity());
  }

 private:
  void Append(uint32_t group, std::string_view text, std::string_view separator) {
    if (seen_[group] == 0) {
      seen_[group] = 1;
      separators_.Set(group, separator);
    } else {
      texts_.Append(group, separator);
    }
    texts_.Append(group, text);
  }

  GroupValues<std::string> texts_;
  GroupValues<std::string> separators_;
  GroupFlags seen_;
};

Result<AggregateFunction> ResolveStringAgg(std::string_view name, std::span<const TypePtr> types,
                                           std::span<const double>) {
  for (const TypePtr& type : types) {
    if (type->id() != arrow::Type::STRING && type->id() != arrow::Type::NA) {
      return WrongAggregateType(name, "text (cast it)", *type);
    }
  }
  AggregateFunction function;
  function.arg_types.assign(types.size(), arrow::utf8());
  function.result = arrow::utf8();
  function.state_types = {arrow::utf8(), arrow::utf8()};
  function.make = &NewState<StringAggState>;
  return function;
}

}  // namespace

void AddStringAggregates(AggregateEntries& entries) {
  entries.push_back({.info = {"string_agg", "string_agg(text [, separator])",
                              "The texts of the group joined with the separator (a comma) between "
                              "them, in the order in which rows come; nulls are left out."},
                     .min_columns = 1,
                     .max_columns = 2,
                     .resolve = &ResolveStringAgg});
}

}  // namespace tusk::df

#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/array/util.h>
#include <arrow/compute/api_vector.h>
#include <arrow/type.h>
#include <arrow/util/byte_size.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/aggregate/family.h"
#include "dataframe/expr/aggregate/group_values.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {

namespace {

// Keeps the columns as they came; they are put in order of groups at the end.
class ListState final : public AggregateState {
 public:
  explicit ListState(const AggregateFunction& function) : type_(function.arg_types[0]) {}

  Status Resize(int64_t groups) override {
    group_count_ = groups;
    return {};
  }

  Status Update(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> args) override {
    groups_.insert(groups_.end(), group_ids.begin(), group_ids.end());
    return Keep(args[0]);
  }

  Status Merge(std::span<const uint32_t> group_ids, std::span<const ArrayPtr> state) override {
    const auto& lists = static_cast<const arrow::ListArray&>(*state[0]);
    VisitValid(lists, [&](int64_t i) {
      groups_.insert(groups_.end(), lists.value_length(i), group_ids[i]);
    });
    ASSIGN_OR_RETURN(ArrayPtr values, FromArrow(lists.Flatten()));
    return Keep(values);
  }

  Result<std::vector<ArrayPtr>> EmitState() override {
    ASSIGN_OR_RETURN(ArrayPtr lists, Finish());
    return std::vector<ArrayPtr>{std::move(lists)};
  }

  Result<ArrayPtr> Finish() override {
    std::vector<int64_t> offsets = GroupedLog<int64_t>::Offsets(groups_, group_count_);
    std::vector<int64_t> rows(groups_.size());
    std::vector<int64_t> next = offsets;
    for (size_t row = 0; row < groups_.size(); ++row) {
      rows[next[groups_[row]]++] = static_cast<int64_t>(row);
    }
    ASSIGN_OR_RETURN(ArrayPtr indices, FixedWidthArray(arrow::int64(), rows.data(), sizeof(int64_t),
                                                       static_cast<int64_t>(rows.size()), nullptr));
    if (chunks_.empty()) {
      ASSIGN_OR_RETURN(ArrayPtr none, FromArrow(arrow::MakeEmptyArray(type_)));
      chunks_.push_back(std::move(none));
    }
    ASSIGN_OR_RETURN(ArrayPtr all, FromArrow(arrow::Concatenate(chunks_)));
    ASSIGN_OR_RETURN(ArrayPtr ordered,
                     FromArrow(arrow::compute::Take(*all, *indices,
                                                    arrow::compute::TakeOptions::NoBoundsCheck())));
    GroupFlags valid(group_count_);
    for (int64_t g = 0; g < group_count_; ++g) valid[g] = offsets[g + 1] > offsets[g] ? 1 : 0;
    return ListArrayOf(offsets, ordered, &valid);
  }

  int64_t bytes() const override {
    return chunk_bytes_ + static_cast<int64_t>(groups_.capacity() * sizeof(uint32_t));
  }

 private:
  Status Keep(const ArrayPtr& values) {
    if (values->length() == 0) return {};
    ASSIGN_OR_RETURN(const int64_t bytes, FromArrow(arrow::util::ReferencedBufferSize(*values)));
    chunk_bytes_ += bytes;
    chunks_.push_back(values);
    return {};
  }

  const TypePtr type_;
  int64_t group_count_ = 0;
  std::vector<uint32_t> groups_;  // of the rows of all chunks
  std::vector<ArrayPtr> chunks_;
  int64_t chunk_bytes_ = 0;
};

Result<AggregateFunction> ResolveList(std::string_view, std::span<const TypePtr> types,
                                      std::span<const double>) {
  const TypePtr type = types[0]->id() == arrow::Type::NA ? arrow::int32() : types[0];
  AggregateFunction function;
  function.arg_types = {type};
  function.result = arrow::list(type);
  function.state_types = {function.result};
  function.make = &NewState<ListState>;
  return function;
}

}  // namespace

void AddListAggregates(AggregateEntries& entries) {
  entries.push_back({.info = {"list", "list(x)",
                              "All values of the group as a list, nulls too, in the order in which "
                              "rows come; also array_agg(x). Null for no rows."},
                     .resolve = &ResolveList});
}

}  // namespace tusk::df

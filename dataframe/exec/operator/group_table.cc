#include "dataframe/exec/operator/group_table.h"

#include <numeric>
#include <optional>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/partitioner.h"
#include "dataframe/exec/select_rows.h"
#include "dataframe/plan/resolve_call.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

Status BindArguments(const AggregateCall& call, const arrow::Schema& input,
                     BoundAggregation::Call* bound) {
  for (size_t i = 0; i < bound->function.arg_types.size(); ++i) {
    const TypePtr& wanted = bound->function.arg_types[i];
    ASSIGN_OR_RETURN(BoundExprPtr arg, Bind(call.args[i], input));
    if (!arg->type()->Equals(*wanted)) {
      ASSIGN_OR_RETURN(arg, Bind(Expr::Cast(call.args[i], wanted), input));
    }
    bound->args.push_back(std::move(arg));
  }
  if (call.filter != nullptr) {
    ASSIGN_OR_RETURN(bound->filter, Bind(call.filter, input));
  }
  return Status::Ok();
}

Status FindStates(const AggregateCall& call, const arrow::Schema& input,
                  BoundAggregation::Call* bound) {
  for (size_t i = 0; i < bound->function.state_types.size(); ++i) {
    const std::string name = AggregateNode::StateColumn(call.name, i);
    const int column = input.GetFieldIndex(name);
    if (column < 0) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "a final aggregation lacks a column of states: {}", name);
    }
    bound->state_columns.push_back(column);
  }
  return Status::Ok();
}

}  // namespace

Result<BoundAggregation> BoundAggregation::Make(const AggregateNode& node) {
  const arrow::Schema& input = *node.child()->schema();
  BoundAggregation bound;
  arrow::FieldVector fields;
  for (const NamedExpr& key : node.keys()) {
    ASSIGN_OR_RETURN(BoundExprPtr expr, Bind(key.expr, input));
    fields.push_back(arrow::field(key.name, expr->type()));
    bound.keys.push_back(std::move(expr));
  }
  for (const AggregateCall& call : node.aggregates()) {
    if (call.distinct) {
      return Status::Error(StatusCode::kUnsupported,
                           "an aggregate of distinct values must be made into two aggregations "
                           "before it is run: {}",
                           call.name);
    }
    ASSIGN_OR_RETURN(AggregateFunction function, ResolveCall(call));
    Call& made = bound.calls.emplace_back();
    made.function = std::move(function);
    if (node.mode() == AggregateMode::kFinal) {
      RETURN_IF_ERROR(FindStates(call, input, &made));
    } else {
      RETURN_IF_ERROR(BindArguments(call, input, &made));
    }
    for (size_t i = 0; i < made.function.state_types.size(); ++i) {
      fields.push_back(
          arrow::field(AggregateNode::StateColumn(call.name, i), made.function.state_types[i]));
    }
  }
  bound.state_schema = arrow::schema(std::move(fields));
  if (node.mode() == AggregateMode::kPartial) {
    bound.state_schema = node.schema();
  } else {
    bound.result_schema = node.schema();
  }
  return bound;
}

GroupTable::GroupTable(const BoundAggregation& aggregation, std::unique_ptr<KeyTable> table)
    : aggregation_(aggregation), table_(std::move(table)) {
  for (const BoundAggregation::Call& call : aggregation.calls) {
    states_.push_back(call.function.make(call.function));
  }
}

Result<std::unique_ptr<GroupTable>> GroupTable::Make(const BoundAggregation& aggregation) {
  const std::vector<TypePtr> types = TypesOf(aggregation.keys);
  ASSIGN_OR_RETURN(auto table, KeyTable::Make(types, NullKeys::kAreKeys));
  std::unique_ptr<GroupTable> groups(new GroupTable(aggregation, std::move(table)));
  // Without keys there is a group before there is a row.
  if (types.empty()) RETURN_IF_ERROR(groups->MakeRoom(1));
  return groups;
}

Status GroupTable::MakeRoom(int64_t groups) {
  if (groups == groups_) return Status::Ok();
  groups_ = groups;
  for (const auto& state : states_) RETURN_IF_ERROR(state->Resize(groups));
  return Status::Ok();
}

Status GroupTable::FindGroups(const Columns& keys, int64_t rows) {
  rows_ += rows;
  new_rows_.clear();
  RETURN_IF_ERROR(table_->Insert(keys, rows, &ids_, &new_rows_));
  if (new_rows_.empty() || keys.empty()) return Status::Ok();
  Columns chunk;
  for (const ArrayPtr& key : keys) {
    ASSIGN_OR_RETURN(ArrayPtr values, TakeValues(key, new_rows_));
    key_bytes_ += ArrayBytes(*values);
    chunk.push_back(std::move(values));
  }
  key_chunks_.push_back(std::move(chunk));
  return MakeRoom(table_->size());
}

Status GroupTable::UpdateStates(const arrow::RecordBatch& batch) {
  std::vector<uint32_t> some_ids;
  for (size_t c = 0; c < states_.size(); ++c) {
    const BoundAggregation::Call& call = aggregation_.calls[c];
    std::optional<std::vector<uint32_t>> rows;
    if (call.filter != nullptr) {
      ASSIGN_OR_RETURN(rows, RowsWhere(*call.filter, batch));
      if (rows.has_value() && rows->empty()) continue;
    }
    ASSIGN_OR_RETURN(Columns args, EvaluateAll(call.args, batch));
    if (!rows.has_value()) {
      RETURN_IF_ERROR(states_[c]->Update(ids_, args));
      continue;
    }
    for (ArrayPtr& arg : args) {
      ASSIGN_OR_RETURN(arg, TakeValues(arg, *rows));
    }
    some_ids.resize(rows->size());
    for (size_t i = 0; i < rows->size(); ++i) some_ids[i] = ids_[(*rows)[i]];
    RETURN_IF_ERROR(states_[c]->Update(some_ids, args));
  }
  return Status::Ok();
}

Status GroupTable::AddRows(const arrow::RecordBatch& batch) {
  ASSIGN_OR_RETURN(const Columns keys, EvaluateAll(aggregation_.keys, batch));
  RETURN_IF_ERROR(FindGroups(keys, batch.num_rows()));
  return UpdateStates(batch);
}

Status GroupTable::AddRowsUngrouped(const arrow::RecordBatch& batch) {
  ASSIGN_OR_RETURN(Columns keys, EvaluateAll(aggregation_.keys, batch));
  RETURN_IF_ERROR(OpenGroups(std::move(keys), batch.num_rows()));
  return UpdateStates(batch);
}

Status GroupTable::OpenGroups(Columns keys, int64_t rows) {
  key_chunks_.push_back(std::move(keys));
  ids_.resize(static_cast<size_t>(rows));
  std::iota(ids_.begin(), ids_.end(), static_cast<uint32_t>(groups_));
  return MakeRoom(groups_ + rows);
}

Status GroupTable::MergeStates(const Columns& states) {
  auto at = states.begin();
  for (size_t c = 0; c < states_.size(); ++c) {
    const auto end = at + static_cast<ptrdiff_t>(aggregation_.calls[c].function.state_types.size());
    RETURN_IF_ERROR(states_[c]->Merge(ids_, Columns(at, end)));
    at = end;
  }
  return Status::Ok();
}

Status GroupTable::AddStates(const arrow::RecordBatch& batch) {
  const auto& columns = batch.columns();
  const auto first_state = columns.begin() + static_cast<ptrdiff_t>(aggregation_.keys.size());
  RETURN_IF_ERROR(FindGroups(Columns(columns.begin(), first_state), batch.num_rows()));
  return MergeStates(Columns(first_state, columns.end()));
}

Status GroupTable::AddDistinctStates(const arrow::RecordBatch& batch) {
  // Without keys the one group is there already.
  if (aggregation_.keys.empty()) return AddStates(batch);
  const auto& columns = batch.columns();
  const auto first_state = columns.begin() + static_cast<ptrdiff_t>(aggregation_.keys.size());
  RETURN_IF_ERROR(OpenGroups(Columns(columns.begin(), first_state), batch.num_rows()));
  return MergeStates(Columns(first_state, columns.end()));
}

Result<Columns> GroupTable::KeyColumns() {
  Columns keys;
  for (size_t k = 0; k < aggregation_.keys.size(); ++k) {
    Columns parts;
    parts.reserve(key_chunks_.size());
    for (Columns& chunk : key_chunks_) parts.push_back(std::move(chunk[k]));
    ASSIGN_OR_RETURN(
        ArrayPtr whole,
        parts.size() == 1
            ? Result<ArrayPtr>(parts[0])
            : FromArrow(parts.empty() ? arrow::MakeEmptyArray(aggregation_.keys[k]->type())
                                      : arrow::Concatenate(parts)));
    keys.push_back(std::move(whole));
  }
  key_chunks_.clear();
  return keys;
}

Result<BatchPtr> GroupTable::EmitStates() {
  ASSIGN_OR_RETURN(Columns columns, KeyColumns());
  for (const auto& state : states_) {
    ASSIGN_OR_RETURN(const Columns made, state->EmitState());
    columns.insert(columns.end(), made.begin(), made.end());
  }
  return arrow::RecordBatch::Make(aggregation_.state_schema, groups_, std::move(columns));
}

Result<BatchPtr> GroupTable::EmitResults() {
  ASSIGN_OR_RETURN(Columns columns, KeyColumns());
  for (const auto& state : states_) {
    ASSIGN_OR_RETURN(ArrayPtr made, state->Finish());
    columns.push_back(std::move(made));
  }
  return arrow::RecordBatch::Make(aggregation_.result_schema, groups_, std::move(columns));
}

int64_t GroupTable::bytes() const {
  int64_t bytes = table_->bytes() + key_bytes_;
  for (const auto& state : states_) bytes += state->bytes();
  return bytes;
}

}  // namespace tusk::df

#include "dataframe/exec/operator/hash_aggregate.h"

#include <utility>
#include <vector>

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/gather.h"
#include "dataframe/exec/group_keeper.h"
#include "dataframe/exec/held_memory.h"
#include "dataframe/exec/operator/group_table.h"
#include "dataframe/exec/partitioner.h"
#include "dataframe/exec/spill.h"

namespace tusk::df {
namespace {

/// Rows in, states out.
class PartialAggregate final : public Operator {
 public:
  PartialAggregate(BoundAggregation aggregation, ExecContext& context, BatchSink& out)
      : aggregation_(std::move(aggregation)),
        context_(context),
        out_(out),
        memory_(*context.budget) {}

  Status Push(const BatchPtr& batch) override {
    if (table_ == nullptr) {
      ASSIGN_OR_RETURN(table_, GroupTable::Make(aggregation_));
    }
    if (ungrouped_) {
      RETURN_IF_ERROR(table_->AddRowsUngrouped(*batch));
      return HandOut();
    }
    RETURN_IF_ERROR(table_->AddRows(*batch));
    if (aggregation_.keys.empty()) return Status::Ok();
    memory_.Set(table_->bytes());
    if (table_->rows() >= kRowsToJudge && !judged_) {
      judged_ = true;
      ungrouped_ = table_->groups() * kGroupsOutOf > table_->rows() * kGroupsAtMost;
    }
    return ungrouped_ || memory_.ShouldSpill() ? HandOut() : Status::Ok();
  }

  Status Finish() override {
    if (table_ == nullptr && aggregation_.keys.empty()) {
      ASSIGN_OR_RETURN(table_, GroupTable::Make(aggregation_));
    }
    if (table_ != nullptr) RETURN_IF_ERROR(HandOut());
    return out_.Finish();
  }
  bool Done() const override { return out_.Done(); }

 private:
  /// After so many rows it is decided whether grouping pays: no when of 10 rows more than 8 are
  /// groups.
  static constexpr int64_t kRowsToJudge = 128 * 1024;
  static constexpr int64_t kGroupsAtMost = 8;
  static constexpr int64_t kGroupsOutOf = 10;

  Status HandOut() {
    ASSIGN_OR_RETURN(const BatchPtr states, table_->EmitStates());
    table_.reset();
    memory_.Set(0);
    return PushInPieces(states, context_.batch_rows, out_);
  }

  const BoundAggregation aggregation_;
  ExecContext& context_;
  BatchSink& out_;
  HeldMemory memory_;
  std::unique_ptr<GroupTable> table_;
  bool judged_ = false;
  bool ungrouped_ = false;
};

/// Groups that go to disk when they are too many. Level 0 gets what the operator gets; each part
/// that it has spilled is merged by one of the next level.
class SpillingGroups {
 public:
  /// `keeper` gets the states of all groups; may be null.
  SpillingGroups(const BoundAggregation& aggregation, GroupKeeper* keeper, ExecContext& context,
                 int level)
      : aggregation_(aggregation),
        keeper_(keeper),
        context_(context),
        level_(level),
        memory_(*context.budget) {}

  Status AddRows(const arrow::RecordBatch& batch) {
    RETURN_IF_ERROR(Prepare());
    RETURN_IF_ERROR(table_->AddRows(batch));
    return SpillWhenDue();
  }
  Status AddStates(const arrow::RecordBatch& batch) {
    RETURN_IF_ERROR(Prepare());
    RETURN_IF_ERROR(table_->AddStates(batch));
    return SpillWhenDue();
  }

  /// Pushes all results; does not finish `out`.
  Status HandOut(BatchSink& out) {
    if (parts_ == nullptr) {
      RETURN_IF_ERROR(Prepare());
      if (keeper_ != nullptr && keeper_->Wants(table_->bytes())) return KeepAndHandOut(out);
      ASSIGN_OR_RETURN(const BatchPtr results, table_->EmitResults());
      table_.reset();
      return PushInPieces(results, context_.batch_rows, out);
    }
    if (table_ != nullptr) RETURN_IF_ERROR(Spill());
    RETURN_IF_ERROR(parts_->Seal());
    for (uint32_t part = 0; part < SpillParts::kParts && !Done(out); ++part) {
      const std::unique_ptr<SpillFile> file = parts_->Release(part);
      if (file != nullptr) RETURN_IF_ERROR(HandOutPart(*file, out));
    }
    return Status::Ok();
  }

  /// True when neither `out` nor the keeper wants more.
  bool Done(const BatchSink& out) const {
    return out.Done() && (keeper_ == nullptr || !keeper_->Wants(0));
  }

 private:
  /// Hands the states to the keeper, and what they come to into `out`.
  Status KeepAndHandOut(BatchSink& out) {
    ASSIGN_OR_RETURN(const BatchPtr states, table_->EmitStates());
    table_.reset();
    for (int64_t at = 0; at < states->num_rows(); at += context_.batch_rows) {
      const BatchPtr piece = states->Slice(at, context_.batch_rows);
      keeper_->Keep(piece);
      if (out.Done()) continue;
      ASSIGN_OR_RETURN(const auto table, GroupTable::Make(aggregation_));
      RETURN_IF_ERROR(table->AddDistinctStates(*piece));
      ASSIGN_OR_RETURN(const BatchPtr results, table->EmitResults());
      RETURN_IF_ERROR(out.Push(results));
    }
    return Status::Ok();
  }

  Status Prepare() {
    if (table_ != nullptr) return Status::Ok();
    ASSIGN_OR_RETURN(table_, GroupTable::Make(aggregation_));
    return Status::Ok();
  }

  Status SpillWhenDue() {
    memory_.Set(table_->bytes());
    const bool can =
        !aggregation_.keys.empty() && table_->groups() > 1 && level_ < SpillParts::kMostLevels;
    return can && memory_.ShouldSpill() ? Spill() : Status::Ok();
  }

  Status Spill() {
    if (parts_ == nullptr) {
      parts_ = std::make_unique<SpillParts>(context_, aggregation_.state_schema, level_);
    }
    ASSIGN_OR_RETURN(const BatchPtr states, table_->EmitStates());
    table_.reset();
    const auto keys = static_cast<ptrdiff_t>(aggregation_.keys.size());
    for (int64_t at = 0; at < states->num_rows(); at += context_.batch_rows) {
      const BatchPtr piece = states->Slice(at, context_.batch_rows);
      const Columns columns = piece->columns();
      RETURN_IF_ERROR(parts_->Append(piece, std::span(columns.begin(), columns.begin() + keys)));
    }
    memory_.Set(0);
    return Status::Ok();
  }

  Status HandOutPart(const SpillFile& file, BatchSink& out) {
    SpillingGroups groups(aggregation_, keeper_, context_, level_ + 1);
    const std::unique_ptr<BatchStream> stream = file.Read();
    while (true) {
      ASSIGN_OR_RETURN(const BatchPtr batch, stream->Next());
      if (batch == nullptr) return groups.HandOut(out);
      RETURN_IF_ERROR(groups.AddStates(*batch));
    }
  }

  const BoundAggregation& aggregation_;
  GroupKeeper* const keeper_;
  ExecContext& context_;
  const int level_;
  HeldMemory memory_;
  std::unique_ptr<GroupTable> table_;
  std::unique_ptr<SpillParts> parts_;
};

/// Rows or states in, results out.
class FullAggregate final : public Operator {
 public:
  FullAggregate(BoundAggregation aggregation, bool from_states, ExecContext& context,
                BatchSink& out)
      : aggregation_(std::move(aggregation)),
        from_states_(from_states),
        keeper_(from_states ? context.keeper : nullptr),
        out_(out),
        groups_(aggregation_, keeper_, context, 0) {}

  Status Push(const BatchPtr& batch) override {
    if (!from_states_) return groups_.AddRows(*batch);
    ASSIGN_OR_RETURN(Columns columns, EvaluateAll(aggregation_.keys, *batch));
    for (const BoundAggregation::Call& call : aggregation_.calls) {
      for (const int column : call.state_columns) columns.push_back(batch->column(column));
    }
    return groups_.AddStates(*arrow::RecordBatch::Make(aggregation_.state_schema, batch->num_rows(),
                                                       std::move(columns)));
  }
  Status Finish() override {
    RETURN_IF_ERROR(groups_.HandOut(out_));
    if (keeper_ != nullptr) keeper_->Finish();
    return out_.Finish();
  }
  bool Done() const override { return groups_.Done(out_); }

 private:
  const BoundAggregation aggregation_;
  const bool from_states_;
  GroupKeeper* const keeper_;
  BatchSink& out_;
  SpillingGroups groups_;
};

}  // namespace

Result<std::unique_ptr<Operator>> MakeHashAggregate(const AggregateNode& node, ExecContext& context,
                                                    BatchSink& out) {
  ASSIGN_OR_RETURN(BoundAggregation aggregation, BoundAggregation::Make(node));
  if (node.mode() == AggregateMode::kPartial) {
    return std::unique_ptr<Operator>(
        std::make_unique<PartialAggregate>(std::move(aggregation), context, out));
  }
  return std::unique_ptr<Operator>(std::make_unique<FullAggregate>(
      std::move(aggregation), node.mode() == AggregateMode::kFinal, context, out));
}

}  // namespace tusk::df

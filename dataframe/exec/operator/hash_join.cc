#include "dataframe/exec/operator/hash_join.h"

#include <utility>
#include <vector>

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/held_memory.h"
#include "dataframe/exec/operator/bound_join.h"
#include "dataframe/exec/operator/join_probe.h"
#include "dataframe/exec/operator/join_table.h"
#include "dataframe/exec/partitioner.h"
#include "dataframe/exec/spill.h"

namespace tusk::df {
namespace {

/// A join of two streams, or of two files that belong together of the level above.
class JoinLevel {
 public:
  JoinLevel(const BoundJoin& join, BuildFacts& facts, ExecContext& context, BatchSink& out,
            int level, bool may_spill)
      : join_(join),
        facts_(facts),
        context_(context),
        out_(out),
        level_(level),
        may_spill_(may_spill && !join.build_keys.empty() && join.maybe.condition == nullptr),
        memory_(*context.budget) {}

  Status PushBuild(const BatchPtr& batch) {
    if (build_parts_ != nullptr) return Divide(batch, join_.build_keys, *build_parts_);
    RETURN_IF_ERROR(Prepare());
    RETURN_IF_ERROR(table_->Add(batch));
    memory_.Set(table_->bytes());
    const bool can = may_spill_ && table_->keys() > 1;
    return can && memory_.ShouldSpill() ? SpillBuild() : Status::Ok();
  }

  Status FinishBuild() {
    if (build_parts_ != nullptr) {
      RETURN_IF_ERROR(build_parts_->Seal());
      probe_parts_ = std::make_unique<SpillParts>(context_, join_.probe_schema(), level_);
      return Status::Ok();
    }
    RETURN_IF_ERROR(Prepare());
    RETURN_IF_ERROR(table_->Seal());
    memory_.Set(table_->bytes());
    probe_ = std::make_unique<JoinProbe>(join_, *table_, facts_, context_, out_);
    return Status::Ok();
  }

  Status PushProbe(const BatchPtr& batch) {
    if (probe_parts_ != nullptr) return Divide(batch, join_.probe_keys, *probe_parts_);
    return probe_->Push(batch);
  }

  /// Hands out what is left; does not finish `out`.
  Status FinishProbe() {
    if (probe_parts_ == nullptr) return probe_->HandOutUnmatched();
    RETURN_IF_ERROR(probe_parts_->Seal());
    for (uint32_t part = 0; part < SpillParts::kParts && !out_.Done(); ++part) {
      const std::unique_ptr<SpillFile> build = build_parts_->Release(part);
      const std::unique_ptr<SpillFile> probe = probe_parts_->Release(part);
      RETURN_IF_ERROR(JoinPart(build.get(), probe.get()));
    }
    return Status::Ok();
  }

  /// No probe row can matter.
  bool ProbeDone() const {
    if (table_ == nullptr || probe_ == nullptr) return false;
    if (join_.type == JoinType::kNullAwareAnti && join_.maybe.condition == nullptr) {
      return join_.NullAware() && facts_.any_null_keys;
    }
    return join_.NeedsBuildRows() && table_->row_count() == 0;
  }

 private:
  Status Prepare() {
    if (table_ != nullptr) return Status::Ok();
    ASSIGN_OR_RETURN(table_, JoinTable::Make(join_));
    return Status::Ok();
  }

  Status SpillBuild() {
    build_parts_ = std::make_unique<SpillParts>(context_, join_.build_schema(), level_);
    for (BatchPtr& batch : table_->ReleaseBatches()) {
      RETURN_IF_ERROR(Divide(batch, join_.build_keys, *build_parts_));
      batch.reset();
    }
    table_.reset();
    memory_.Set(0);
    return Status::Ok();
  }

  static Status Divide(const BatchPtr& batch, const std::vector<BoundExprPtr>& keys,
                       SpillParts& parts) {
    ASSIGN_OR_RETURN(const Columns columns, EvaluateAll(keys, *batch));
    return parts.Append(batch, columns);
  }

  Status JoinPart(const SpillFile* build, const SpillFile* probe) {
    if (build == nullptr && (probe == nullptr || join_.NeedsBuildRows())) return Status::Ok();
    if (probe == nullptr && !join_.KeepsBuildRows()) return Status::Ok();
    // A part that is nearly all of what was divided will not get smaller by dividing it again.
    const bool smaller = build == nullptr || level_ == 0 || build->rows() * 8 < total_rows_ * 7;
    JoinLevel level(join_, facts_, context_, out_, level_ + 1,
                    smaller && level_ + 1 < SpillParts::kMostLevels);
    level.total_rows_ = build == nullptr ? 0 : build->rows();
    RETURN_IF_ERROR(PushAll(build, level, &JoinLevel::PushBuild));
    RETURN_IF_ERROR(level.FinishBuild());
    RETURN_IF_ERROR(PushAll(probe, level, &JoinLevel::PushProbe));
    return level.FinishProbe();
  }

  Status PushAll(const SpillFile* file, JoinLevel& level,
                 Status (JoinLevel::*push)(const BatchPtr&)) {
    if (file == nullptr) return Status::Ok();
    const std::unique_ptr<BatchStream> stream = file->Read();
    while (!out_.Done()) {
      ASSIGN_OR_RETURN(const BatchPtr batch, stream->Next());
      if (batch == nullptr) break;
      RETURN_IF_ERROR((level.*push)(batch));
    }
    return Status::Ok();
  }

  const BoundJoin& join_;
  BuildFacts& facts_;
  ExecContext& context_;
  BatchSink& out_;
  const int level_;
  const bool may_spill_;
  HeldMemory memory_;
  std::unique_ptr<JoinTable> table_;
  std::unique_ptr<JoinProbe> probe_;
  std::unique_ptr<SpillParts> build_parts_;
  std::unique_ptr<SpillParts> probe_parts_;
  int64_t total_rows_ = 0;  // of the file that this level divides
};

/// What both ends share.
struct JoinRun {
  JoinRun(BoundJoin bound, ExecContext& context, BatchSink& sink)
      : join(std::move(bound)), out(sink), level(join, facts, context, sink, 0, true) {}

  const BoundJoin join;
  BuildFacts facts;
  BatchSink& out;
  JoinLevel level;
};

class BuildEnd final : public Operator {
 public:
  explicit BuildEnd(std::shared_ptr<JoinRun> run) : run_(std::move(run)) {}

  Status Push(const BatchPtr& batch) override {
    BuildFacts& facts = run_->facts;
    facts.any_rows = true;
    if (run_->join.NullAware() && !facts.any_null_keys) {
      ASSIGN_OR_RETURN(const Columns keys, EvaluateAll(run_->join.build_keys, *batch));
      for (const ArrayPtr& key : keys) facts.any_null_keys |= key->null_count() != 0;
    }
    return run_->level.PushBuild(batch);
  }
  Status Finish() override { return run_->level.FinishBuild(); }
  bool Done() const override { return run_->out.Done(); }

 private:
  const std::shared_ptr<JoinRun> run_;
};

class ProbeEnd final : public Operator {
 public:
  explicit ProbeEnd(std::shared_ptr<JoinRun> run) : run_(std::move(run)) {}

  Status Push(const BatchPtr& batch) override { return run_->level.PushProbe(batch); }
  Status Finish() override {
    RETURN_IF_ERROR(run_->level.FinishProbe());
    return run_->out.Finish();
  }
  bool Done() const override { return run_->out.Done() || run_->level.ProbeDone(); }

 private:
  const std::shared_ptr<JoinRun> run_;
};

}  // namespace

Result<JoinOperators> MakeHashJoin(const JoinNode& node, ExecContext& context, BatchSink& out) {
  ASSIGN_OR_RETURN(BoundJoin join, BoundJoin::Make(node));
  JoinOperators operators;
  operators.build_left = join.build_left;
  auto run = std::make_shared<JoinRun>(std::move(join), context, out);
  operators.build = std::make_unique<BuildEnd>(run);
  operators.probe = std::make_unique<ProbeEnd>(std::move(run));
  return operators;
}

}  // namespace tusk::df

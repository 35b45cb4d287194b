#include "dataframe/compiler/key_sample.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/compiler/task_leaves.h"
#include "dataframe/exec/gather.h"
#include "dataframe/exec/memory_budget.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/source/scan.h"

namespace tusk::df {
namespace {

/// Splits are cut no smaller than this to have places.
constexpr uint64_t kLeastSplitBytes = uint64_t{256} << 10;

/// How much is read of a place.
struct Effort {
  uint32_t batches = 2;
  int64_t rows_of_batch = 256;
};
constexpr Effort kFirstEffort;
constexpr Effort kSecondEffort{.batches = 16, .rows_of_batch = 16 * 1024};

/// Every n-th row, so that at most about `most` are left.
Result<BatchPtr> Thinned(const BatchPtr& batch, int64_t most) {
  const int64_t stride = batch->num_rows() / most;
  if (stride <= 1) return batch;
  std::vector<uint32_t> rows;
  for (int64_t row = stride / 2; row < batch->num_rows(); row += stride)
    rows.push_back(static_cast<uint32_t>(row));
  return TakeRows(batch, rows);
}

/// Hands rows on, but not their end.
class WithoutEnd final : public BatchSink {
 public:
  explicit WithoutEnd(BatchSink& out) : out_(out) {}
  Status Push(const BatchPtr& batch) override { return out_.Push(batch); }
  Status Finish() override { return Status::Ok(); }
  bool Done() const override { return out_.Done(); }

 private:
  BatchSink& out_;
};

/// Where in the files of `source` the places are: by file, bytes from its start.
std::map<size_t, std::vector<uint64_t>> PlacesIn(const TableSource& source, uint32_t places) {
  std::map<size_t, std::vector<uint64_t>> chosen;
  const uint64_t total = source.TotalBytes();
  size_t file = 0;
  uint64_t before = 0;
  for (uint32_t i = 0; i < places && total > 0; ++i) {
    const auto at = static_cast<uint64_t>((i + 0.5) / places * static_cast<double>(total));
    while (file + 1 < source.files.size() && at >= before + source.files[file].length)
      before += source.files[file++].length;
    chosen[file].push_back(at - before);
  }
  return chosen;
}

/// What of `input` its keys are made of.
Result<PlanPtr> KeysAlone(const KeyInput& input) {
  std::vector<NamedExpr> columns;
  for (const ExprPtr& key : input.keys) columns.push_back({SampledKeyName(columns.size()), key});
  ASSIGN_OR_RETURN(const PlanPtr keys, ProjectNode::Make(input.plan, std::move(columns)));
  const OptimizerOptions options;
  ASSIGN_OR_RETURN(const PlanPtr pruned, PruneColumns(keys, RuleContext{options, nullptr}));
  return WithOwnDrivingLeaf(pruned);
}

}  // namespace

/// The rows of the sample of one scan.
class SampleStream final : public BatchStream {
 public:
  SampleStream(const KeySampler::SampledScan& scan, Effort effort, dfs::FileSystem& files)
      : scan_(scan), effort_(effort), files_(files) {}

  Result<BatchPtr> Next() override {
    while (true) {
      if (stream_ != nullptr && left_ > 0) {
        --left_;
        ASSIGN_OR_RETURN(const BatchPtr batch, stream_->Next());
        if (batch != nullptr) return Thinned(batch, effort_.rows_of_batch);
      }
      if (next_ == scan_.splits.size()) return BatchPtr();
      const KeySampler::SampledSplit& sampled = scan_.splits[next_++];
      left_ = sampled.places * effort_.batches;
      ASSIGN_OR_RETURN(stream_, OpenScan(As<ScanNode>(*scan_.scan), sampled.split, files_));
    }
  }

 private:
  const KeySampler::SampledScan& scan_;
  const Effort effort_;
  dfs::FileSystem& files_;
  size_t next_ = 0;
  uint32_t left_ = 0;
  std::unique_ptr<BatchStream> stream_;
};

/// Opens the driving leaf of a fragment over its sample, all others whole.
class SampleLeaves final : public LeafOpener {
 public:
  SampleLeaves(const PlanNode& driving, const KeySampler::SampledScan& scan, Effort effort,
               dfs::FileSystem& files)
      : driving_(driving), scan_(scan), effort_(effort), files_(files) {}

  Result<std::unique_ptr<BatchStream>> Open(const PlanNode& leaf) override {
    if (&leaf != &driving_ || scan_.scan == nullptr) return OpenWhole(leaf, files_, nullptr);
    return std::unique_ptr<BatchStream>(std::make_unique<SampleStream>(scan_, effort_, files_));
  }

 private:
  const PlanNode& driving_;
  const KeySampler::SampledScan& scan_;
  const Effort effort_;
  dfs::FileSystem& files_;
};

std::string SampledKeyName(size_t index) { return "k" + std::to_string(index); }

// Only files that have a place are looked at.
Result<KeySampler::SampledScan> KeySampler::SampleOf(const ScanNode& scan, uint32_t places,
                                                     dfs::FileSystem& files) {
  SampledScan sampled;
  auto source = std::make_shared<TableSource>(scan.source());
  const auto chosen = PlacesIn(*source, places);
  std::vector<std::vector<uint64_t>> places_of;
  if (source->format != TableFormat::kRange) {
    source->files.clear();
    for (const auto& [file, at] : chosen) {
      source->files.push_back(scan.source().files[file]);
      places_of.push_back(at);
    }
  }
  SplitGoal goal;
  goal.min_splits = places;
  goal.target_bytes = std::max(kLeastSplitBytes, scan.source().TotalBytes() / (4 * places));
  ASSIGN_OR_RETURN(sampled.scan,
                   ScanNode::Make(std::move(source), scan.columns(), scan.predicate()));
  ASSIGN_OR_RETURN(std::vector<ScanSplit> splits,
                   MakeSplits(As<ScanNode>(*sampled.scan), files, goal));
  uint64_t end = 0;
  for (size_t i = 0; i < splits.size(); ++i) {
    SampledSplit one{std::move(splits[i]), 0};
    if (places_of.empty()) {
      one.places = 1;  // a range is cut into as many splits as there are places
    } else {
      const bool first = i == 0 || splits[i - 1].file != one.split.file;
      const bool last = i + 1 == splits.size() || splits[i + 1].file != one.split.file;
      const uint64_t begin = first ? 0 : end;
      end = begin + one.split.bytes;
      for (const uint64_t at : places_of[one.split.file])
        one.places += (at >= begin && (at < end || last)) ? 1 : 0;
    }
    if (one.places > 0) sampled.splits.push_back(std::move(one));
  }
  return sampled;
}

Result<KeySampler> KeySampler::Make(std::span<const KeyInput> inputs, uint32_t places,
                                    dfs::FileSystem& files, SampleOptions options) {
  KeySampler sampler(files, std::move(options));
  double total = 0;
  for (const KeyInput& input : inputs) {
    ASSIGN_OR_RETURN(sampler.inputs_.emplace_back().plan, KeysAlone(input));
    const PlanNode& leaf = DrivingLeaf(*sampler.inputs_.back().plan);
    if (leaf.kind() == PlanKind::kScan)
      total += static_cast<double>(As<ScanNode>(leaf).source().TotalBytes());
  }
  for (SampledInput& input : sampler.inputs_) {
    const PlanNode& leaf = DrivingLeaf(*input.plan);
    if (leaf.kind() != PlanKind::kScan) continue;
    const auto& scan = As<ScanNode>(leaf);
    const double share = total > 0 ? static_cast<double>(scan.source().TotalBytes()) / total : 1.0;
    const auto own = std::max(1U, static_cast<uint32_t>(share * places));
    ASSIGN_OR_RETURN(input.scan, SampleOf(scan, own, files));
  }
  return sampler;
}

Status KeySampler::Read(bool thorough, BatchSink& out) const {
  for (const SampledInput& input : inputs_) {
    SampleLeaves leaves(DrivingLeaf(*input.plan), input.scan,
                        thorough ? kSecondEffort : kFirstEffort, *files_);
    MemoryBudget budget(options_.memory);
    ExecContext context;
    context.budget = &budget;
    context.spill_directory = options_.spill_directory;
    WithoutEnd sink(out);
    RETURN_IF_ERROR(RunFragment(input.plan, leaves, context, sink));
  }
  return Status::Ok();
}

}  // namespace tusk::df

#include "dataframe/compiler/task_leaves.h"

#include <string_view>
#include <utility>
#include <vector>

#include <arrow/record_batch.h>

#include "common/base/byte_span.h"
#include "common/base/status_macros.h"
#include "dataframe/exec/batch_codec.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {
namespace {

/// One batch, or none when it is empty.
class OneBatch final : public BatchStream {
 public:
  explicit OneBatch(BatchPtr batch) : batch_(std::move(batch)) {}
  Result<BatchPtr> Next() override {
    if (batch_ != nullptr && batch_->num_rows() == 0) return BatchPtr();
    return std::exchange(batch_, nullptr);
  }

 private:
  BatchPtr batch_;
};

/// The splits of a scan, one after the other.
class AllSplits final : public BatchStream {
 public:
  AllSplits(const ScanNode& scan, std::vector<ScanSplit> splits, dfs::FileSystem& files,
            ScanCounters* counters)
      : scan_(scan), splits_(std::move(splits)), files_(files), counters_(counters) {}

  Result<BatchPtr> Next() override {
    while (true) {
      if (stream_ != nullptr) {
        ASSIGN_OR_RETURN(BatchPtr batch, stream_->Next());
        if (batch != nullptr) return batch;
      }
      if (next_ == splits_.size()) return BatchPtr();
      ASSIGN_OR_RETURN(stream_, OpenScan(scan_, splits_[next_++], files_, counters_));
    }
  }

 private:
  const ScanNode& scan_;
  const std::vector<ScanSplit> splits_;
  dfs::FileSystem& files_;
  ScanCounters* const counters_;
  size_t next_ = 0;
  std::unique_ptr<BatchStream> stream_;
};

/// A stream with the plan that it reads.
class WithPlan final : public BatchStream {
 public:
  WithPlan(PlanPtr plan, std::unique_ptr<BatchStream> stream)
      : plan_(std::move(plan)), stream_(std::move(stream)) {}
  Result<BatchPtr> Next() override { return stream_->Next(); }

 private:
  const PlanPtr plan_;
  const std::unique_ptr<BatchStream> stream_;
};

/// Tells the task how far it is, between batches.
class Watched final : public BatchStream {
 public:
  Watched(std::unique_ptr<BatchStream> stream, mapreduce::TaskContext& context)
      : stream_(std::move(stream)), context_(context) {}

  Result<BatchPtr> Next() override {
    if (context_.reporter().ShouldStop())
      return Status(StatusCode::kCancelled, "the task was told to stop");
    ASSIGN_OR_RETURN(BatchPtr batch, stream_->Next());
    if (batch != nullptr) {
      context_.counters().Add(mapreduce::BuiltinCounter::kMapInputRecords, batch->num_rows());
      context_.reporter().Progress(0, context_.counters());
    }
    return batch;
  }

 private:
  const std::unique_ptr<BatchStream> stream_;
  mapreduce::TaskContext& context_;
};

/// The records of one tag.
class TaggedRecords final : public BatchStream {
 public:
  TaggedRecords(const ShuffleReadNode& leaf, ReduceLeaves& records)
      : leaf_(leaf), records_(records) {}

  Result<BatchPtr> Next() override {
    while (true) {
      const std::string_view* const record = records_.Peek();
      if (record == nullptr) return BatchPtr();
      if (record->empty()) return Status(StatusCode::kCorruption, "an empty shuffle record");
      const auto tag = static_cast<uint8_t>(record->front());
      if (tag != leaf_.tag()) {
        if (!records_.IsOver(tag)) return BatchPtr();
        records_.Take();  // an operator has had enough of that leaf before its end
        continue;
      }
      ASSIGN_OR_RETURN(BatchPtr batch, DecodeBatch(AsBytes(record->substr(1)), leaf_.schema()));
      records_.Take();
      if (batch->num_rows() > 0) return batch;
    }
  }

 private:
  const ShuffleReadNode& leaf_;
  ReduceLeaves& records_;
};

}  // namespace

Result<std::unique_ptr<BatchStream>> OpenWhole(const PlanNode& leaf, dfs::FileSystem& files,
                                               ScanCounters* counters) {
  if (leaf.kind() == PlanKind::kValues)
    return std::unique_ptr<BatchStream>(std::make_unique<OneBatch>(As<ValuesNode>(leaf).rows()));
  if (leaf.kind() != PlanKind::kScan) {
    return Status::Error(StatusCode::kInternal, "{} cannot be read here",
                         PlanKindName(leaf.kind()));
  }
  const ScanNode& scan = As<ScanNode>(leaf);
  ASSIGN_OR_RETURN(std::vector<ScanSplit> splits, MakeSplits(scan, files, SplitGoal{}));
  return std::unique_ptr<BatchStream>(
      std::make_unique<AllSplits>(scan, std::move(splits), files, counters));
}

Result<std::unique_ptr<BatchStream>> OpenTable(PlanPtr scan, dfs::FileSystem& files) {
  ASSIGN_OR_RETURN(auto stream, OpenWhole(*scan, files, nullptr));
  return std::unique_ptr<BatchStream>(
      std::make_unique<WithPlan>(std::move(scan), std::move(stream)));
}

Result<std::unique_ptr<BatchStream>> MapLeaves::Open(const PlanNode& leaf) {
  if (&leaf != &driving_ || leaf.kind() != PlanKind::kScan)
    return OpenWhole(leaf, context_.files(), counters_);
  auto stream =
      std::make_unique<AllSplits>(As<ScanNode>(leaf), parts_, context_.files(), counters_);
  return std::unique_ptr<BatchStream>(std::make_unique<Watched>(std::move(stream), context_));
}

Result<std::unique_ptr<BatchStream>> ReduceLeaves::Open(const PlanNode& leaf) {
  if (leaf.kind() != PlanKind::kShuffleRead) return OpenWhole(leaf, files_, nullptr);
  const ShuffleReadNode& read = As<ShuffleReadNode>(leaf);
  if (current_) over_.insert(*current_);
  current_ = static_cast<uint8_t>(read.tag());
  return std::unique_ptr<BatchStream>(std::make_unique<TaggedRecords>(read, *this));
}

const std::string_view* ReduceLeaves::Peek() {
  if (peeked_) return &record_;
  if (ended_ || values_ == nullptr || !values_->Next()) {
    ended_ = true;
    return nullptr;
  }
  record_ = values_->value();
  peeked_ = true;
  return &record_;
}

}  // namespace tusk::df

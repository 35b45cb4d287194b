#include "dataframe/compiler/range_sample.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/range_partitioner.h"
#include "dataframe/exec/sort_keys.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {
namespace {

/// Places that are read: some for each reduce, within bounds.
constexpr uint32_t kPlacesOfReduce = 8;
constexpr uint32_t kFewestPlaces = 32;
constexpr uint32_t kMostPlaces = 256;
/// A sample with fewer keys for each reduce divides badly.
constexpr size_t kEnoughKeys = 50;

/// Keeps the keys of the rows that it is given, as bytes.
class KeySink final : public BatchSink {
 public:
  explicit KeySink(std::vector<SortKey> keys) : keys_(std::move(keys)) {}

  Status Push(const BatchPtr& batch) override {
    if (!bound_) {
      ASSIGN_OR_RETURN(bound_, BoundSortKeys::Make(keys_, *batch->schema()));
    }
    RETURN_IF_ERROR(bound_->Encode(*batch, &scratch_));
    for (int64_t i = 0; i < scratch_.rows(); ++i) sample_.emplace_back(scratch_[i]);
    return Status::Ok();
  }
  Status Finish() override { return Status::Ok(); }
  std::vector<std::string>& sample() { return sample_; }

 private:
  const std::vector<SortKey> keys_;
  std::optional<BoundSortKeys> bound_;
  RowKeys scratch_;
  std::vector<std::string> sample_;
};

}  // namespace

Result<std::vector<std::string>> SampleBounds(const Stage& stage, dfs::FileSystem& files,
                                              const SampleOptions& options) {
  std::vector<SortKey> keys = RangeSortOf(*stage.reduce)->keys();
  std::vector<ExprPtr> exprs;
  for (SortKey& key : keys)
    exprs.push_back(std::exchange(key.expr, Expr::Column(SampledKeyName(exprs.size()))));
  std::vector<KeyInput> inputs;
  for (const StageInput& input : stage.inputs) inputs.push_back({input.plan, exprs});
  const uint32_t places = std::clamp(kPlacesOfReduce * stage.reduces, kFewestPlaces, kMostPlaces);
  ASSIGN_OR_RETURN(const KeySampler sampler, KeySampler::Make(inputs, places, files, options));
  KeySink sink(std::move(keys));
  RETURN_IF_ERROR(sampler.Read(false, sink));
  if (sink.sample().size() < kEnoughKeys * stage.reduces) {
    sink.sample().clear();
    RETURN_IF_ERROR(sampler.Read(true, sink));
  }
  return BoundsOf(std::move(sink.sample()), stage.reduces);
}

}  // namespace tusk::df

#include "dataframe/compiler/hot_keys.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/key_hash.h"
#include "dataframe/exec/partitioner.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {
namespace {

constexpr uint32_t kPlaces = 32;
/// In fewer rows a frequent key is no evidence.
constexpr int64_t kFewestRows = 200;

/// Counts rows by the hash of all their columns.
class HashCounts final : public BatchSink {
 public:
  Status Push(const BatchPtr& batch) override {
    RETURN_IF_ERROR(HashRows(batch->columns(), batch->num_rows(), kShuffleSeed, &scratch_));
    for (const uint64_t hash : scratch_) ++counts_[hash];
    rows_ += batch->num_rows();
    return Status::Ok();
  }
  Status Finish() override { return Status::Ok(); }

  int64_t rows() const { return rows_; }
  const std::unordered_map<uint64_t, int64_t>& counts() const { return counts_; }
  double ShareOf(uint64_t hash) const {
    const auto found = counts_.find(hash);
    if (found == counts_.end()) return 0;
    return static_cast<double>(found->second) / static_cast<double>(rows_);
  }

 private:
  std::unordered_map<uint64_t, int64_t> counts_;
  std::vector<uint64_t> scratch_;
  int64_t rows_ = 0;
};

Status CountSide(const Stage& stage, uint32_t tag, dfs::FileSystem& files,
                 const SampleOptions& options, HashCounts* counts) {
  std::vector<KeyInput> inputs;
  for (const StageInput& input : stage.inputs) {
    if (input.tag == tag) inputs.push_back({input.plan, input.partition_by});
  }
  ASSIGN_OR_RETURN(const KeySampler sampler, KeySampler::Make(inputs, kPlaces, files, options));
  return sampler.Read(false, *counts);
}

}  // namespace

Result<std::vector<uint64_t>> SampleHotKeys(const Stage& stage, dfs::FileSystem& files,
                                            const SampleOptions& options) {
  std::vector<uint64_t> hot;
  const std::optional<SkewJoin> join = SkewJoinOf(stage);
  if (!join) return hot;
  HashCounts spread;
  RETURN_IF_ERROR(CountSide(stage, join->spread_tag, files, options, &spread));
  if (spread.rows() < kFewestRows) return hot;
  for (const auto& [hash, count] : spread.counts()) {
    if (count * stage.reduces > spread.rows()) hot.push_back(hash);
  }
  if (hot.empty()) return hot;
  HashCounts copied;
  RETURN_IF_ERROR(CountSide(stage, join->copied_tag, files, options, &copied));
  std::sort(hot.begin(), hot.end(), [&spread](uint64_t a, uint64_t b) {
    const double x = spread.ShareOf(a), y = spread.ShareOf(b);
    return x != y ? x > y : a < b;
  });
  double copies = 0;
  std::erase_if(hot, [&](uint64_t hash) {
    const double cost = copied.ShareOf(hash) * stage.reduces;
    if (copies + cost > 1) return true;
    copies += cost;
    return false;
  });
  std::sort(hot.begin(), hot.end());
  return hot;
}

}  // namespace tusk::df

#include "dataframe/exec/range_partitioner.h"

#include <algorithm>
#include <utility>

#include <arrow/record_batch.h>

#include "common/base/check.h"
#include "common/base/status_macros.h"

namespace tusk::df {
namespace {

/// Of long keys so many bytes are a bound: it travels to each task, and still divides.
constexpr size_t kLongestBound = 256;

}  // namespace

RangePartitioner::RangePartitioner(BoundSortKeys keys, std::vector<std::string> bounds,
                                   TaskPlace place)
    : keys_(std::move(keys)), bounds_(std::move(bounds)), place_(place) {
  CHECK(std::is_sorted(bounds_.begin(), bounds_.end()));
  CHECK(place_.number < place_.count);
}

uint32_t RangePartitioner::PartOf(std::string_view key) const {
  const auto [first, last] = std::equal_range(bounds_.begin(), bounds_.end(), key);
  const auto begin = static_cast<uint64_t>(first - bounds_.begin());
  const auto choices = static_cast<uint64_t>(last - first) + 1;
  return static_cast<uint32_t>(begin + choices * place_.number / place_.count);
}

Status RangePartitioner::Partition(const BatchPtr& batch, std::vector<BatchPtr>* divided) const {
  RETURN_IF_ERROR(keys_.Encode(*batch, &scratch_));
  std::vector<uint32_t> part_of(static_cast<size_t>(batch->num_rows()));
  for (size_t i = 0; i < part_of.size(); ++i) {
    part_of[i] = PartOf(scratch_[static_cast<int64_t>(i)]);
  }
  return DivideRows(batch, part_of, parts(), divided);
}

std::vector<std::string> BoundsOf(std::vector<std::string> sample, uint32_t parts) {
  std::sort(sample.begin(), sample.end());
  std::vector<std::string> bounds;
  const size_t most = std::min<size_t>(parts, sample.size());
  for (size_t i = 1; i < most; ++i) {
    bounds.push_back(sample[i * sample.size() / most].substr(0, kLongestBound));
  }
  return bounds;
}

}  // namespace tusk::df

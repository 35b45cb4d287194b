#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/partitioner.h"
#include "dataframe/exec/sort_keys.h"

namespace tusk::df {

/// Where a task stands among the tasks of its stage that divide rows.
struct TaskPlace {
  uint32_t number = 0;
  uint32_t count = 1;
};

/// Divides rows by ranges of their sort keys: each row of a part comes before each row of the next
/// one, or is equal to it. One bound lies between two parts, in the form of the keys' bytes; bounds
/// ascend and may be equal.
///
/// Rows equal to a bound may be on either side of it. A value that is more than a part's share is
/// several bounds, and its rows are spread over all parts between them: earlier tasks take earlier
/// parts, so that equal rows stay in the order in which tasks have read them.
class RangePartitioner final : public Partitioner {
 public:
  RangePartitioner(BoundSortKeys keys, std::vector<std::string> bounds, TaskPlace place);

  Status Partition(const BatchPtr& batch, std::vector<BatchPtr>* divided) const override;
  uint32_t parts() const override { return static_cast<uint32_t>(bounds_.size()) + 1; }

 private:
  uint32_t PartOf(std::string_view key) const;

  const BoundSortKeys keys_;
  const std::vector<std::string> bounds_;
  const TaskPlace place_;
  mutable RowKeys scratch_;
};

/// Bounds for `parts` parts of about equal size, from a sample of their keys' bytes; fewer when the
/// sample has fewer keys, none of no keys. A bound is a key's first bytes.
std::vector<std::string> BoundsOf(std::vector<std::string> sample, uint32_t parts);

}  // namespace tusk::df

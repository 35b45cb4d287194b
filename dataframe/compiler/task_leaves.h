#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/operator.h"
#include "dataframe/source/scan.h"
#include "mapreduce/api/reducer.h"
#include "mapreduce/api/task_context.h"

namespace tusk::df {

/// Opens the leaves of a map's fragment: the driving one over the task's split, every other one
/// whole.
class MapLeaves final : public LeafOpener {
 public:
  /// `parts` are the driving leaf's when it is a scan; rows that the plan holds are read whole.
  /// Everything must outlive the leaves.
  MapLeaves(const PlanNode& driving, const std::vector<ScanSplit>& parts,
            mapreduce::TaskContext& context, ScanCounters* counters)
      : driving_(driving), parts_(parts), context_(context), counters_(counters) {}

  Result<std::unique_ptr<BatchStream>> Open(const PlanNode& leaf) override;

 private:
  const PlanNode& driving_;
  const std::vector<ScanSplit>& parts_;
  mapreduce::TaskContext& context_;
  ScanCounters* const counters_;
};

/// All rows of a scan, split after split, or of values.
Result<std::unique_ptr<BatchStream>> OpenWhole(const PlanNode& leaf, dfs::FileSystem& files,
                                               ScanCounters* counters);

/// All rows of a table; the stream keeps `scan` alive.
Result<std::unique_ptr<BatchStream>> OpenTable(PlanPtr scan, dfs::FileSystem& files);

/// Opens the leaves of a reduce's fragment over the records of its shuffle: a byte for the tag,
/// then the batch. Since inputs come in the order in which leaves are opened, records of another
/// tag end a leaf's rows.
class ReduceLeaves final : public LeafOpener {
 public:
  using Values = mapreduce::Values<std::string>;
  /// `values` may be null: no records at all.
  ReduceLeaves(Values* values, dfs::FileSystem& files) : values_(values), files_(files) {}

  Result<std::unique_ptr<BatchStream>> Open(const PlanNode& leaf) override;

  /// The record that is next, or nothing at the end.
  const std::string_view* Peek();
  void Take() { peeked_ = false; }
  /// True for the tag of a leaf before the one that is read now.
  bool IsOver(uint8_t tag) const { return over_.contains(tag); }

 private:
  Values* const values_;
  dfs::FileSystem& files_;
  bool peeked_ = false;
  bool ended_ = false;
  std::string_view record_;
  std::optional<uint8_t> current_;
  std::set<uint8_t> over_;
};

}  // namespace tusk::df

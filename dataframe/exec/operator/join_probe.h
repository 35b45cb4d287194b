#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/gather.h"
#include "dataframe/exec/operator.h"
#include "dataframe/exec/operator/bound_join.h"
#include "dataframe/exec/operator/join_table.h"

namespace tusk::df {

/// What a null-aware join must know of the whole build side, also where it is divided.
struct BuildFacts {
  bool any_rows = false;
  bool any_null_keys = false;
};

/// Compares probe rows with a sealed table and hands out what the join makes of them. One thread.
class JoinProbe {
 public:
  /// All must outlive the probe.
  JoinProbe(const BoundJoin& join, JoinTable& table, const BuildFacts& facts, ExecContext& context,
            BatchSink& out);

  /// kFailedPrecondition when a kSingle join finds a second match.
  Status Push(const BatchPtr& batch);
  /// After the last batch: build rows without a match. Does not finish `out`.
  Status HandOutUnmatched();

 private:
  /// Pairs of rows by number; kNoRow on the build side: none.
  struct Pairs {
    std::vector<uint32_t> probe;
    std::vector<uint32_t> build;
    size_t size() const { return probe.size(); }
    void Clear() {
      probe.clear();
      build.clear();
    }
  };
  using Visit = Status (JoinProbe::*)(const BatchPtr& batch);

  Status PushPairs(const BatchPtr& batch);
  Status PushRows(const BatchPtr& batch);
  // Fills pairs_ with the rows of equal keys, a chunk at a time, and calls `visit` for each.
  Status ForEachChunk(const BatchPtr& batch, bool keep_unmatched, Visit visit);
  Status ChunkFull(const BatchPtr& batch, Visit visit, bool* go_on);
  // Visits.
  Status HandOutPairs(const BatchPtr& batch);
  Status HandOutTested(const BatchPtr& batch);
  Status MarkTested(const BatchPtr& batch);
  // Leaves in pairs_ those that fulfil a condition.
  Status KeepWhere(const PairCondition& condition, const BatchPtr& batch);
  Status CheckSingle();
  Status HandOutUnmatchedProbeRows(const BatchPtr& batch);
  // Sets unknown_ for rows of which it is not known whether they have a match.
  Status FindUnknown(const BatchPtr& batch, const Columns& keys);
  Status FindUnknownPairs(const BatchPtr& batch, const std::vector<uint8_t>& null_key);
  Status HandOutMarked(const BatchPtr& batch);
  Status Emit(Columns probe, Columns build, int64_t rows);

  const BoundJoin& join_;
  JoinTable& table_;
  const BuildFacts& facts_;
  ExecContext& context_;
  BatchSink& out_;
  std::vector<uint32_t> ids_;           // of the batch's rows
  Pairs pairs_;                         // of the chunk at hand
  std::vector<uint8_t> probe_matched_;  // by row of the batch: 0, 1, or 2 for more
  std::vector<uint8_t> unknown_;        // by row of the batch
  std::vector<uint8_t> build_matched_;  // by row of the table, where those are handed out
};

}  // namespace tusk::df

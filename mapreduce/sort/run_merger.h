#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mapreduce/model/counters.h"
#include "mapreduce/sort/spill_file.h"

namespace tusk::mapreduce {

/// Merges sorted runs into one sorted stream with a tree of losers (Knuth, TAOCP 3, 5.4.1) over
/// cached key prefixes. Equal keys come in the order of the runs, so the result does not depend on
/// timing. In unsorted mode the runs simply follow each other. Memory: one block for each run. One
/// thread.
class RunMerger {
 public:
  RunMerger(std::vector<std::unique_ptr<RunReader>> runs, ShuffleMode mode);

  /// The next record; false at the end or on an error of any run.
  bool Next();
  ByteView key() const { return runs_[winner_]->key(); }
  ByteView value() const { return runs_[winner_]->value(); }
  uint64_t key_prefix() const { return heads_[winner_].prefix; }
  const Status& status() const { return status_; }

 private:
  /// The first key of a run, as far as it decides comparisons.
  struct Head {
    uint64_t prefix = 0;
    bool done = false;
  };
  bool Advance(size_t run);
  bool Less(size_t a, size_t b) const;
  size_t Build(size_t node);

  std::vector<std::unique_ptr<RunReader>> runs_;
  const ShuffleMode mode_;
  std::vector<Head> heads_;
  std::vector<size_t> losers_;  // inner nodes 1 .. runs-1
  size_t winner_ = 0;
  bool started_ = false;
  Status status_;
};

/// The groups of a merged stream. Counts what it hands out.
class MergedGroups final : public GroupedRecords {
 public:
  explicit MergedGroups(RunMerger& merger) : merger_(merger) {}

  bool NextGroup() override;
  bool NextValue() override;
  ByteView key() const override { return key_; }
  ByteView value() const override { return merger_.value(); }
  Status status() const override { return merger_.status(); }

  uint64_t groups() const { return groups_; }
  uint64_t records() const { return records_; }

 private:
  enum class State { kStart, kFirstValue, kInGroup, kNextGroupReady, kEnd };

  RunMerger& merger_;
  std::vector<uint8_t> key_;  // of the group; the merger's own view moves on
  uint64_t prefix_ = 0;       // of key_
  State state_ = State::kStart;
  uint64_t groups_ = 0;
  uint64_t records_ = 0;
};

/// Merges runs of one partition into `out`, through `combiner` when there is one.
Status MergeRuns(std::vector<std::unique_ptr<RunReader>> runs, ShuffleMode mode, Combiner* combiner,
                 Counters* counters, SpillWriter& out);

}  // namespace tusk::mapreduce

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "dataframe/plan/batch_stream.h"
#include "dataframe/plan/nodes.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::df {

/// A part of a table that is read at once, in one task: a part of one file, or of a range. The
/// splits of a table hold each of its rows exactly once. A plain value.
struct ScanSplit {
  static constexpr uint64_t kToEnd = UINT64_MAX;

  /// Index in TableSource::files.
  uint32_t file = 0;
  /// What of the file, `end` excluded: bytes of CSV, JSON and text (a record belongs to the split
  /// in which its first byte is), row groups of Parquet, record batches of IPC, rows of a range.
  uint64_t begin = 0;
  uint64_t end = kToEnd;
  /// About how many bytes of the file that is; for progress and balance.
  uint64_t bytes = 0;
  /// Where they are, nearest first.
  std::vector<std::string> hosts;

  /// As bytes, and back. Decode checks every length (kCorruption).
  std::string Encode() const;
  static Result<ScanSplit> Decode(ByteView bytes);
  friend bool operator==(const ScanSplit&, const ScanSplit&) = default;
};

/// How a table shall be cut.
struct SplitGoal {
  /// About how many bytes of files a split has.
  uint64_t target_bytes = uint64_t{128} << 20;
  /// At least so many splits where the files can be cut (and are worth it).
  uint32_t min_splits = 1;
};

/// What reading has cost; added to by streams as they go.
struct ScanCounters {
  int64_t rows = 0;               ///< decoded, before the predicate
  int64_t row_groups_read = 0;    ///< of Parquet
  int64_t row_groups_pruned = 0;  ///< not read because of their statistics
};

/// Puts splits that stand one behind the other together, each group for one task: of about
/// `goal.target_bytes`, but as many groups as `goal.min_splits` where there are so many splits. A
/// split counts for at least what opening a file costs. What names a group's files stays short
/// enough to be sent to its task.
std::vector<std::vector<ScanSplit>> PackSplits(const TableSource& source,
                                               std::vector<ScanSplit> splits,
                                               const SplitGoal& goal);

/// The files of a scan without those in which the predicate cannot be true by their path: the
/// partitions of another day.
Result<std::vector<SourceFile>> FilesByPath(const ScanNode& scan);

/// Cuts the table of a scan. Files and row groups in which the predicate cannot be true by their
/// path or statistics are left out; a table without rows has no splits. kTooLarge for more than a
/// million splits; the errors of opening files name them.
Result<std::vector<ScanSplit>> MakeSplits(const ScanNode& scan, dfs::FileSystem& files,
                                          const SplitGoal& goal);

/// Reads a split: batches of exactly `scan.schema()` with the rows that fulfil the predicate, about
/// 32k rows each. `scan`, `files` and `counters` (may be null) must outlive the stream.
///
/// Errors name the file: kNotFound; kCorruption for files that are damaged, and for lines and
/// values that do not fit (with place, text and what to do); kUnsupported for what is not built.
Result<std::unique_ptr<BatchStream>> OpenScan(const ScanNode& scan, const ScanSplit& split,
                                              dfs::FileSystem& files,
                                              ScanCounters* counters = nullptr);

}  // namespace tusk::df

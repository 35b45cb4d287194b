#include <algorithm>
#include <iterator>
#include <utility>

#include <arrow/api.h>

#include "common/base/parallel_for.h"
#include "common/base/status_macros.h"
#include "dataframe/source/byte_input.h"
#include "dataframe/source/ipc_scan.h"
#include "dataframe/source/parquet_scan.h"
#include "dataframe/source/scan.h"
#include "dataframe/source/scan_plan.h"
#include "dataframe/type/arrow_runtime.h"
#include "dfs/client/file_system.h"

namespace tusk::df {
namespace {

constexpr size_t kMaxSplits = 1'000'000;
/// Files that are asked for their blocks at the same time: whoever cuts mostly waits for answers.
constexpr size_t kFilesAtOnce = 8;
/// To have as many splits as asked for, none gets smaller than this.
constexpr uint64_t kLeastBytes = uint64_t{1} << 20;
/// A piece of up to so much more than a split is not cut: a tenth of a split is not worth a task.
constexpr double kSlop = 1.1;
/// Opening a file and its first block costs about as much as reading so many bytes.
constexpr uint64_t kOpenBytes = uint64_t{1} << 20;
/// Of names of files in a group of splits; an input split of a job has room for twice as much.
constexpr size_t kMaxNameBytes = size_t{32} << 10;
/// A range's rows are weighed as this many bytes.
constexpr uint64_t kRangeRowBytes = 8;

/// A stretch of a file and what it is called in units of the format.
struct Piece {
  uint64_t begin = 0;
  uint64_t end = ScanSplit::kToEnd;
  uint64_t offset = 0;
  uint64_t bytes = 0;
};

/// How many bytes a split shall have.
uint64_t ShareOf(uint64_t total, const SplitGoal& goal) {
  const uint64_t target = std::max<uint64_t>(goal.target_bytes, 1);
  if (goal.min_splits <= 1 || total / goal.min_splits >= target) return target;
  return std::min(target, std::max(total / goal.min_splits + 1, kLeastBytes));
}

uint64_t WeightOf(const ScanSplit& split) { return std::max(split.bytes, kOpenBytes); }

/// About how long the description of a file is.
size_t NameBytesOf(const SourceFile& file) {
  size_t bytes = file.path.size() + 64;
  for (const auto& [column, value] : file.partition_values) bytes += column.size() + value.size();
  return bytes;
}

/// Cuts the table of one scan.
class Cutter {
 public:
  Cutter(const ScanNode& scan, dfs::FileSystem& files, const SplitGoal& goal)
      : scan_(scan), source_(scan.source()), files_(files) {
    target_ = ShareOf(source_.TotalBytes(), goal);
  }

  Result<std::vector<ScanSplit>> Cut() {
    std::vector<std::vector<ScanSplit>> by_file(source_.files.size());
    RETURN_IF_ERROR(ParallelFor(by_file.size(), kFilesAtOnce, [&](size_t index) -> Status {
      ASSIGN_OR_RETURN(by_file[index], SplitsOf(static_cast<uint32_t>(index)));
      return Status::Ok();
    }));
    std::vector<ScanSplit> out;
    for (std::vector<ScanSplit>& splits : by_file)
      out.insert(out.end(), std::make_move_iterator(splits.begin()),
                 std::make_move_iterator(splits.end()));
    if (out.size() > kMaxSplits) {
      return Status::Error(StatusCode::kTooLarge, "{} would be read in more than {} splits",
                           source_.name, kMaxSplits);
    }
    return out;
  }

 private:
  /// Of one file.
  Result<std::vector<ScanSplit>> SplitsOf(uint32_t index) const {
    std::vector<ScanSplit> out;
    const SourceFile& file = source_.files[index];
    if (file.rows == 0 || file.length == 0) return out;
    ASSIGN_OR_RETURN(const ScanPlan plan, PlanScan(scan_, index));
    ASSIGN_OR_RETURN(const bool possible, MayMatchPath(scan_, plan));
    if (!possible) return out;
    ASSIGN_OR_RETURN(const auto blocks, files_.GetBlockLocations(file.path, 0, file.length));
    ASSIGN_OR_RETURN(const std::vector<Piece> pieces, Pieces(plan, blocks));
    for (const Piece& piece : pieces) {
      ScanSplit split;
      split.file = index;
      split.begin = piece.begin;
      split.end = piece.end;
      split.bytes = piece.bytes;
      split.hosts = HostsOf(blocks, piece);
      out.push_back(std::move(split));
    }
    return out;
  }

  Result<std::vector<Piece>> Pieces(const ScanPlan& plan,
                                    const std::vector<dfs::BlockLocation>& blocks) const {
    const SourceFile& file = source_.files[plan.file];
    const bool small = static_cast<double>(file.length) <= static_cast<double>(target_) * kSlop;
    switch (source_.format) {
      case TableFormat::kParquet: {
        // Also of a small file: a footer is cheaper than a task that finds nothing to read.
        if (small && scan_.predicate() == nullptr) break;
        return RowGroups(plan);
      }
      case TableFormat::kIpc: {
        if (small) break;
        ASSIGN_OR_RETURN(const uint64_t batches, CountIpcBatches(files_, file.path));
        return EvenPieces(batches, file.length);
      }
      default:
        if (small || IsCompressed(file.path)) break;
        return Bytes(file.length, blocks);
    }
    return std::vector<Piece>{{0, ScanSplit::kToEnd, 0, file.length}};
  }

  Result<std::vector<Piece>> RowGroups(const ScanPlan& plan) const {
    ScanCounters counters;
    const FileScan scan = MakeFileScan(scan_, plan, {}, files_, &counters);
    ASSIGN_OR_RETURN(const std::vector<RowGroupRange> ranges, CutParquet(scan, target_));
    std::vector<Piece> out;
    for (const RowGroupRange& range : ranges) {
      out.push_back({range.begin, range.end, range.offset, range.bytes});
    }
    return out;
  }

  /// Units of about equal size.
  std::vector<Piece> EvenPieces(uint64_t units, uint64_t bytes) const {
    std::vector<Piece> out;
    if (units == 0) return out;
    const uint64_t pieces =
        std::clamp<uint64_t>(bytes / target_ + (bytes % target_ != 0), 1, units);
    for (uint64_t i = 0; i < pieces; ++i) {
      const auto share = [&](uint64_t of, uint64_t n) {
        return of / pieces * n + of % pieces * n / pieces;
      };
      out.push_back({share(units, i), share(units, i + 1), share(bytes, i), bytes / pieces});
    }
    return out;
  }

  /// Bytes; whole blocks where a split is about as large as some of them.
  std::vector<Piece> Bytes(uint64_t length, const std::vector<dfs::BlockLocation>& blocks) const {
    uint64_t size = target_;
    if (blocks.size() > 1 && blocks[0].length > 0 && size >= blocks[0].length / 2) {
      size = std::max<uint64_t>((size + blocks[0].length / 2) / blocks[0].length, 1) *
             blocks[0].length;
    }
    std::vector<Piece> out;
    for (uint64_t offset = 0; offset < length;) {
      const uint64_t left = length - offset;
      const bool last = static_cast<double>(left) <= static_cast<double>(size) * kSlop;
      const uint64_t taken = last ? left : size;
      out.push_back({offset, offset + taken, offset, taken});
      offset += taken;
    }
    return out;
  }

  /// The hosts of the block with the middle of the piece.
  static std::vector<std::string> HostsOf(const std::vector<dfs::BlockLocation>& blocks,
                                          const Piece& piece) {
    const uint64_t middle = piece.offset + piece.bytes / 2;
    for (const dfs::BlockLocation& block : blocks) {
      if (middle >= block.offset && middle < block.offset + block.length) return block.hosts;
    }
    return {};
  }

  const ScanNode& scan_;
  const TableSource& source_;
  dfs::FileSystem& files_;
  uint64_t target_ = 1;
};

std::vector<ScanSplit> CutRange(const TableSource& source, const SplitGoal& goal) {
  std::vector<ScanSplit> out;
  if (source.range_to <= source.range_from) return out;
  const auto rows =
      static_cast<uint64_t>(source.range_to) - static_cast<uint64_t>(source.range_from);
  const uint64_t target_rows = std::max<uint64_t>(goal.target_bytes / kRangeRowBytes, 1);
  uint64_t pieces = std::max<uint64_t>(rows / target_rows + (rows % target_rows != 0),
                                       std::max<uint32_t>(goal.min_splits, 1));
  pieces = std::min<uint64_t>({pieces, rows, kMaxSplits});
  uint64_t begin = 0;
  for (uint64_t i = 0; i < pieces; ++i) {
    ScanSplit split;
    split.begin = begin;
    split.end = begin + rows / pieces + (i < rows % pieces ? 1 : 0);
    split.bytes = (split.end - split.begin) * kRangeRowBytes;
    begin = split.end;
    out.push_back(std::move(split));
  }
  return out;
}

}  // namespace

std::vector<std::vector<ScanSplit>> PackSplits(const TableSource& source,
                                               std::vector<ScanSplit> splits,
                                               const SplitGoal& goal) {
  uint64_t total = 0;
  for (const ScanSplit& split : splits) total += WeightOf(split);
  const uint64_t target = ShareOf(total, goal);
  std::vector<std::vector<ScanSplit>> groups;
  uint64_t weight = 0;
  size_t names = 0;
  for (ScanSplit& split : splits) {
    const uint64_t own = WeightOf(split);
    const size_t name = source.files.empty() ? 0 : NameBytesOf(source.files[split.file]);
    if (groups.empty() || weight + own > target || names + name > kMaxNameBytes) {
      groups.emplace_back();
      weight = 0;
      names = 0;
    }
    weight += own;
    names += name;
    groups.back().push_back(std::move(split));
  }
  return groups;
}

Result<std::vector<SourceFile>> FilesByPath(const ScanNode& scan) {
  const std::vector<SourceFile>& all = scan.source().files;
  // Without columns of the path there is nothing to ask.
  if (scan.predicate() == nullptr || all.empty() || all.front().partition_values.empty())
    return all;
  std::vector<SourceFile> matching;
  for (uint32_t i = 0; i < all.size(); ++i) {
    ASSIGN_OR_RETURN(const ScanPlan plan, PlanScan(scan, i));
    ASSIGN_OR_RETURN(const bool possible, MayMatchPath(scan, plan));
    if (possible) matching.push_back(all[i]);
  }
  return matching;
}

Result<std::vector<ScanSplit>> MakeSplits(const ScanNode& scan, dfs::FileSystem& files,
                                          const SplitGoal& goal) {
  InitializeArrow();
  if (scan.source().format == TableFormat::kRange) return CutRange(scan.source(), goal);
  return Cutter(scan, files, goal).Cut();
}

}  // namespace tusk::df

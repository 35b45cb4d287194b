#include <algorithm>
#include <utility>

#include <arrow/api.h>

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
/// To have as many splits as asked for, none gets smaller than this.
constexpr uint64_t kLeastBytes = uint64_t{1} << 20;
/// A piece of up to so much more than a split is not cut: a tenth of a split is not worth a task.
constexpr double kSlop = 1.1;
/// A range's rows are weighed as this many bytes.
constexpr uint64_t kRangeRowBytes = 8;

/// A stretch of a file and what it is called in units of the format.
struct Piece {
  uint64_t begin = 0;
  uint64_t end = ScanSplit::kToEnd;
  uint64_t offset = 0;
  uint64_t bytes = 0;
};

/// Cuts the table of one scan.
class Cutter {
 public:
  Cutter(const ScanNode& scan, dfs::FileSystem& files, const SplitGoal& goal)
      : scan_(scan), source_(scan.source()), files_(files) {
    target_ = std::max<uint64_t>(goal.target_bytes, 1);
    const uint64_t total = source_.TotalBytes();
    if (goal.min_splits > 1 && total / goal.min_splits < target_) {
      const uint64_t share = total / goal.min_splits + 1;
      target_ = std::min(target_, std::max(share, kLeastBytes));
    }
  }

  Result<std::vector<ScanSplit>> Cut() {
    for (uint32_t i = 0; i < source_.files.size(); ++i) {
      const SourceFile& file = source_.files[i];
      if (file.rows == 0 || (file.length == 0)) continue;
      ASSIGN_OR_RETURN(const ScanPlan plan, PlanScan(scan_, i));
      ASSIGN_OR_RETURN(const bool possible, MayMatchPath(scan_, plan));
      if (possible) RETURN_IF_ERROR(CutFile(plan));
    }
    return std::move(out_);
  }

 private:
  Status CutFile(const ScanPlan& plan) {
    const SourceFile& file = source_.files[plan.file];
    ASSIGN_OR_RETURN(const auto blocks, files_.GetBlockLocations(file.path, 0, file.length));
    ASSIGN_OR_RETURN(const std::vector<Piece> pieces, Pieces(plan, blocks));
    for (const Piece& piece : pieces) {
      ScanSplit split;
      split.file = plan.file;
      split.begin = piece.begin;
      split.end = piece.end;
      split.bytes = piece.bytes;
      split.hosts = HostsOf(blocks, piece);
      out_.push_back(std::move(split));
    }
    if (out_.size() > kMaxSplits) {
      return Status::Error(StatusCode::kTooLarge, "{} would be read in more than {} splits",
                           source_.name, kMaxSplits);
    }
    return Status::Ok();
  }

  Result<std::vector<Piece>> Pieces(const ScanPlan& plan,
                                    const std::vector<dfs::BlockLocation>& blocks) {
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
  std::vector<ScanSplit> out_;
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

Result<std::vector<ScanSplit>> MakeSplits(const ScanNode& scan, dfs::FileSystem& files,
                                          const SplitGoal& goal) {
  InitializeArrow();
  if (scan.source().format == TableFormat::kRange) return CutRange(scan.source(), goal);
  return Cutter(scan, files, goal).Cut();
}

}  // namespace tusk::df

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataframe/compiler/stage.h"
#include "dataframe/exec/range_partitioner.h"
#include "dataframe/source/scan.h"
#include "mapreduce/api/input_format.h"

namespace tusk::df {

/// The parameters of a stage's job.
inline constexpr std::string_view kStageParameter = "tusk.df.stage";
inline constexpr std::string_view kTaskMemoryParameter = "tusk.df.task-memory";
inline constexpr std::string_view kSplitBytesParameter = "tusk.df.split-bytes";
inline constexpr std::string_view kCountNodesParameter = "tusk.df.count-nodes";
inline constexpr std::string_view kKeepGroupsParameter = "tusk.df.keep-groups";
inline constexpr std::string_view kKeepGroupsLimitParameter = "tusk.df.keep-groups-limit";

/// The stage of a job as its tasks know it, out of its parameters.
Result<Stage> StageOf(const mapreduce::JobSpec& spec);

/// The input format of stages: splits of the driving leaf of each input, in order of inputs. A map
/// is given its split itself, as its only record, and opens the leaves on its own: a fragment pulls
/// what it reads.
///
/// Tasks are sent a stage whose driving leaves have no files: a split names those that it reads, so
/// that what each task must know does not grow with the table.
class StageInputFormat {
 public:
  using Key = uint64_t;
  using Value = const mapreduce::InputSplit&;

  /// Hands out the split, once.
  class Reader {
   public:
    explicit Reader(const mapreduce::InputSplit& split) : split_(split) {}
    bool Next() { return !std::exchange(read_, true); }
    Key key() const { return 0; }
    Value value() const { return split_; }
    const Status& status() const { return status_; }
    double progress() const { return 0; }
    uint64_t bytes_read() const { return read_ ? split_.length : 0; }
    std::string Position() const { return split_.ToString(); }

   private:
    const mapreduce::InputSplit& split_;
    bool read_ = false;
    Status status_;
  };

  static void Configure(mapreduce::JobSpec* spec, const Stage& stage);
  static mapreduce::SplitFunction SplitsOf(const Stage& stage);
  static Result<std::unique_ptr<Reader>> Open(const mapreduce::JobSpec& spec,
                                              const mapreduce::InputSplit& split,
                                              dfs::FileSystem& files);
};

/// What is in a split of a stage: of which input it is, where it is among all splits of the stage,
/// and what is read of the driving leaf. A plain value.
struct StageSplit {
  uint32_t input = 0;
  TaskPlace place;
  /// Each file once; none of a range.
  std::vector<SourceFile> files;
  /// ScanSplit::file counts in `files`. None where the leaf is no scan.
  std::vector<ScanSplit> parts;

  /// Without the hosts of parts: those are for who places the task.
  std::string Encode() const;
  /// Any bytes: kCorruption when they are no split of a stage.
  static Result<StageSplit> Decode(std::string_view bytes);
};

}  // namespace tusk::df

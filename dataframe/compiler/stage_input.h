#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataframe/compiler/stage.h"
#include "dataframe/exec/range_partitioner.h"
#include "mapreduce/api/input_format.h"

namespace tusk::df {

/// The parameters of a stage's job.
inline constexpr std::string_view kStageParameter = "tusk.df.stage";
inline constexpr std::string_view kTaskMemoryParameter = "tusk.df.task-memory";
inline constexpr std::string_view kSplitBytesParameter = "tusk.df.split-bytes";
inline constexpr std::string_view kCountNodesParameter = "tusk.df.count-nodes";
inline constexpr std::string_view kKeepGroupsParameter = "tusk.df.keep-groups";
inline constexpr std::string_view kKeepGroupsLimitParameter = "tusk.df.keep-groups-limit";

/// The stage of a job, out of its parameters.
Result<Stage> StageOf(const mapreduce::JobSpec& spec);

/// The input format of stages: splits of the driving leaf of each input, in order of inputs. A map
/// is given its split itself, as its only record, and opens the leaves on its own: a fragment pulls
/// what it reads.
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
  static Result<std::vector<mapreduce::InputSplit>> Splits(const mapreduce::JobSpec& spec,
                                                           dfs::FileSystem& files,
                                                           const mapreduce::SplitOptions& options);
  static Result<std::unique_ptr<Reader>> Open(const mapreduce::JobSpec& spec,
                                              const mapreduce::InputSplit& split,
                                              dfs::FileSystem& files);
};

/// What `Splits` has put into a split: of which input it is, where it is among all splits of the
/// stage, and the scan's own description.
struct StageSplit {
  uint32_t input = 0;
  TaskPlace place;
  std::string scan_split;

  std::string Encode() const;
  static Result<StageSplit> Decode(std::string_view bytes);
};

}  // namespace tusk::df

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "dataframe/compiler/stage.h"
#include "dataframe/exec/operator.h"
#include "dataframe/source/scan.h"

namespace tusk::df {

/// What sampling may use.
struct SampleOptions {
  /// Memory of the operators of the maps' fragments, which run in this thread.
  int64_t memory = int64_t{256} << 20;
  /// An existing local directory for what they spill.
  std::string spill_directory;
};

/// Rows of a map's fragment, and what of them is wanted.
struct KeyInput {
  PlanPtr plan;
  std::vector<ExprPtr> keys;
};

/// The name of key `index` in a sample: "k0", ...
std::string SampledKeyName(size_t index);

/// Reads a sample of what maps would send, in the driver's thread.
///
/// Places that lie evenly over the bytes of the maps' inputs are read, a few batches each, and the
/// maps' fragments run over some rows of every batch. So the whole is small whatever the size of
/// the table.
class KeySampler {
 public:
  /// `places` of all inputs together. `files` must outlive the sampler.
  static Result<KeySampler> Make(std::span<const KeyInput> inputs, uint32_t places,
                                 dfs::FileSystem& files, SampleOptions options);

  /// Pushes keys, input after input; does not finish `out`. `thorough`: many more rows of the same
  /// places, for where filters have left too little.
  Status Read(bool thorough, BatchSink& out) const;

 private:
  friend class SampleStream;
  friend class SampleLeaves;

  /// A split and how many of the places are in it.
  struct SampledSplit {
    ScanSplit split;
    uint32_t places = 0;
  };
  /// The parts of a scan that are read.
  struct SampledScan {
    /// The scan over just the files that are read; null where a plan holds its rows.
    PlanPtr scan;
    std::vector<SampledSplit> splits;
  };
  struct SampledInput {
    PlanPtr plan;
    SampledScan scan;
  };

  KeySampler(dfs::FileSystem& files, SampleOptions options)
      : files_(&files), options_(std::move(options)) {}
  static Result<SampledScan> SampleOf(const ScanNode& scan, uint32_t places,
                                      dfs::FileSystem& files);

  dfs::FileSystem* files_;
  SampleOptions options_;
  std::vector<SampledInput> inputs_;
};

}  // namespace tusk::df

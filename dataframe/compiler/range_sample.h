#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "dataframe/compiler/stage.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::df {

/// What sampling may use.
struct SampleOptions {
  /// Memory of the operators of the maps' fragments, which run in this thread.
  int64_t memory = int64_t{256} << 20;
  /// An existing local directory for what they spill.
  std::string spill_directory;
};

/// The bounds between the ranges of a stage by range, for `stage.reduces` reduces: fewer where
/// there are fewer keys, none where no row was found.
///
/// Places that lie evenly over the bytes of the maps' inputs are read, a few batches each, and the
/// maps' fragments run over some rows of every batch. So the whole is small whatever the size of
/// the table; where filters leave too little of it, more is read, once.
Result<std::vector<std::string>> SampleBounds(const Stage& stage, dfs::FileSystem& files,
                                              const SampleOptions& options);

}  // namespace tusk::df

#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "dataframe/compiler/key_sample.h"
#include "dataframe/compiler/stage.h"

namespace tusk::df {

/// The bounds between the ranges of a stage by range, for `stage.reduces` reduces, from a sample of
/// its rows: fewer where there are fewer keys, none where no row was found.
Result<std::vector<std::string>> SampleBounds(const Stage& stage, dfs::FileSystem& files,
                                              const SampleOptions& options);

}  // namespace tusk::df

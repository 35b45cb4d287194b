#pragma once

#include <cstdint>
#include <vector>

#include "common/base/result.h"
#include "dataframe/compiler/key_sample.h"
#include "dataframe/compiler/stage.h"

namespace tusk::df {

/// The hot keys of a stage that is a join (Stage::hot_keys), from samples of both its sides: keys
/// of the side that is not held with more rows than a reduce's share of that side. Those whose
/// copies would make the held side more than twice as large are left out, the most frequent ones
/// are kept. Empty for a stage that cannot spread them (`SkewJoinOf`).
Result<std::vector<uint64_t>> SampleHotKeys(const Stage& stage, dfs::FileSystem& files,
                                            const SampleOptions& options);

}  // namespace tusk::df

#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "dataframe/compiler/stage.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::df {

/// What a run of `stage` would take from earlier ones, as a line for EXPLAIN; empty when nothing.
/// Of a stage that reads others it is known only when these have run.
Result<std::string> ReusePreview(const Stage& stage, dfs::FileSystem& files,
                                 const std::string& stage_directory, std::string_view program);

}  // namespace tusk::df

#pragma once

#include <cstddef>
#include <string>

#include "dataframe/compiler/node_report.h"
#include "dataframe/compiler/stage.h"

namespace tusk::df {

/// A stage as EXPLAIN shows it: the fragment of each input, by what its rows are spread, the
/// reduce.
std::string StageText(const Stage& stage, size_t number);

/// The same without the title's line; with `nodes`, what each node did stands behind it.
std::string FragmentsText(const Stage& stage, const StageNodes* nodes = nullptr);

}  // namespace tusk::df

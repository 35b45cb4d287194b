#pragma once

#include <cstddef>
#include <string>

#include "dataframe/compiler/stage.h"

namespace tusk::df {

/// A stage as EXPLAIN shows it: the fragment of each input, by what its rows are spread, the
/// reduce.
std::string StageText(const Stage& stage, size_t number);

}  // namespace tusk::df

#pragma once

#include <memory>

#include "dataframe/source/file_scan.h"

namespace tusk::df {

/// Counts up the numbers of the split.
Result<std::unique_ptr<BatchStream>> OpenRange(FileScan scan);

}  // namespace tusk::df

#pragma once

#include <memory>

#include "dataframe/source/file_scan.h"

namespace tusk::df {

/// The column of a table of lines.
inline constexpr char kLineColumn[] = "line";

/// Hands out the lines of the split without their ends (\n or \r\n).
Result<std::unique_ptr<BatchStream>> OpenText(FileScan scan);

}  // namespace tusk::df

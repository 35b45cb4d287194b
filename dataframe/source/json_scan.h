#pragma once

#include <memory>

#include "dataframe/source/file_scan.h"

namespace tusk::df {

/// Reads the objects whose lines begin in the split. Keys that are not asked for are skipped, keys
/// that are not there are null.
Result<std::unique_ptr<BatchStream>> OpenJson(FileScan scan);

}  // namespace tusk::df

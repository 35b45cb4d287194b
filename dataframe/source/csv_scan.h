#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dataframe/source/file_scan.h"

namespace tusk::df {

/// The names of a CSV file's columns: its first record, or "column0", "column1", ... when the
/// format has no header. kCorruption for two columns of one name and for what is no CSV.
Result<std::vector<std::string>> ReadCsvHeader(dfs::FileSystem& files, const std::string& path,
                                               const CsvFormat& format);

/// Reads the records that begin in the split.
Result<std::unique_ptr<BatchStream>> OpenCsv(FileScan scan);

}  // namespace tusk::df

#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "dataframe/source/file_scan.h"

namespace tusk::df {

/// What the footer of an Arrow IPC file says.
struct IpcFacts {
  /// Types as admitted (`AdmitType`).
  SchemaPtr schema;
  int64_t rows = 0;
};

/// Reads the footer and the heads of the batches. kCorruption for what is no IPC file or cut off.
Result<IpcFacts> ReadIpcFacts(dfs::FileSystem& files, std::string_view path);

/// The number of record batches of a file.
Result<uint64_t> CountIpcBatches(dfs::FileSystem& files, std::string_view path);

/// Reads the record batches of the split.
Result<std::unique_ptr<BatchStream>> OpenIpc(FileScan scan);

}  // namespace tusk::df

#pragma once

#include <optional>

#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// Makes the block list of an open file durable and, when given, the length of its last block
/// known (ClientProtocol.fsync). Lease errors as FindOpenFile.
Result<TxId> SyncFile(const OpContext& context, const Caller& caller, std::string_view path,
                      FileId file_id, std::string_view client_name,
                      std::optional<uint64_t> last_block_length);

}  // namespace tusk::dfs::namenode

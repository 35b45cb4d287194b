#pragma once

#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// Takes back the last block of a file that `client_name` writes, because its pipeline could not
/// be set up. Fine when it is gone already. Lease errors as FindOpenFile.
Result<TxId> AbandonBlock(const OpContext& context, const Caller& caller, std::string_view path,
                          FileId file_id, std::string_view client_name, const Block& block);

}  // namespace tusk::dfs::namenode

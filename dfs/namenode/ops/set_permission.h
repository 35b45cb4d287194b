#pragma once

#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// chmod, for the owner and the superuser. Bits beyond 01777 are dropped. kNotFound.
Result<TxId> SetPermission(const OpContext& context, const Caller& caller, std::string_view path,
                           uint16_t permission);

}  // namespace tusk::dfs::namenode

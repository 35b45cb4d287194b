#pragma once

#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// chown and chgrp; an empty name leaves that one as it is. Another user: superuser only. Another
/// group: the owner, if a member of it, or the superuser. kNotFound.
Result<TxId> SetOwner(const OpContext& context, const Caller& caller, std::string_view path,
                      std::string_view user, std::string_view group);

}  // namespace tusk::dfs::namenode

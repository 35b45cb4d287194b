#pragma once

#include <optional>

#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// touch: sets the times that are given, in milliseconds since 1970. Needs w. kNotFound;
/// kFailedPrecondition for an access time when they are not kept.
Result<TxId> SetTimes(const OpContext& context, const Caller& caller, std::string_view path,
                      std::optional<int64_t> modification_ms, std::optional<int64_t> access_ms);

}  // namespace tusk::dfs::namenode

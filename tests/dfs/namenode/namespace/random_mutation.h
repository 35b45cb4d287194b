#pragma once

#include "common/base/random.h"
#include "dfs/namenode/namespace/namespace.h"

namespace tusk::dfs::namenode {

/// A mutation of a random kind that fits the namespace as it is now: files made, written, closed,
/// renamed, deleted, trees moved away and taken apart. Depends only on the namespace and on
/// `random`, so the same seeds make the same history.
Result<Mutation> RandomMutation(Namespace& ns, Random& random) REQUIRES(ns.mutex());

}  // namespace tusk::dfs::namenode

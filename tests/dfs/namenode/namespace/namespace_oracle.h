#pragma once

#include <string>

#include "common/base/result.h"
#include "dfs/namenode/namespace/namespace.h"

namespace tusk::dfs::namenode {

/// Everything a namespace holds, as text: two namespaces are the same exactly when these are. One
/// line per inode in the order of a walk, with all attributes, and the counters.
Result<std::string> DescribeNamespace(Namespace& ns);

/// The laws that hold in every namespace: children counts, ids that lead back to their entries,
/// names in order, counters above all ids. kInternal names what is broken.
Status CheckNamespaceLaws(Namespace& ns);

}  // namespace tusk::dfs::namenode

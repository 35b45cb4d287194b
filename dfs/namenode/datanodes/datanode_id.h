#pragma once

#include <cstdint>

#include "common/base/strong_id.h"

namespace tusk::dfs::namenode {

struct NodeIndexTag;
/// A datanode known to this namenode process: a position in the registry's table, never reused
/// while the process lives. Soft state: never journalled, never sent.
using NodeIndex = StrongId<NodeIndexTag, uint32_t>;

struct StorageIndexTag;
/// One storage (data directory) of a datanode, likewise. Replica lists hold these: 4 bytes each.
using StorageIndex = StrongId<StorageIndexTag, uint32_t>;

inline constexpr NodeIndex kNoNode{UINT32_MAX};
inline constexpr StorageIndex kNoStorage{UINT32_MAX};

}  // namespace tusk::dfs::namenode

#pragma once

#include <cstdint>

#include "dfs/model/block.h"

namespace tusk::dfs::namenode {

/// Spreads block ids, which come in sequence, over 64 bits (the finaliser of MurmurHash3,
/// A. Appleby). Not persisted.
constexpr uint64_t HashBlockId(BlockId id) {
  uint64_t h = static_cast<uint64_t>(id.value());
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdULL;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53ULL;
  h ^= h >> 33;
  return h;
}

}  // namespace tusk::dfs::namenode

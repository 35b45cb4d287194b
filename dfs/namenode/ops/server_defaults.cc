#include "dfs/namenode/ops/server_defaults.h"

#include <algorithm>

#include "dfs/namenode/blocks/block_manager.h"

namespace tusk::dfs::namenode {

ServerDefaults GetServerDefaults(const OpContext& context) {
  ServerDefaults defaults;
  defaults.block_size = context.options.block_size;
  defaults.bytes_per_checksum = context.options.bytes_per_checksum;
  defaults.write_packet_size = context.options.write_packet_size;
  defaults.replication = context.options.replication;
  defaults.trash_interval_minutes = context.options.trash_interval_minutes;
  return defaults;
}

FsStats GetFsStats(const OpContext& context) {
  const BlockStats blocks = context.blocks.Stats();
  FsStats stats;
  stats.capacity = std::max<uint64_t>(1, blocks.capacity);
  stats.used = blocks.dfs_used;
  stats.remaining = blocks.remaining;
  stats.under_replicated = blocks.under_replicated;
  stats.corrupt_blocks = blocks.corrupt;
  stats.missing_blocks = blocks.missing;
  return stats;
}

}  // namespace tusk::dfs::namenode

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dfs/model/block.h"
#include "dfs/model/datanode_info.h"
#include "dfs/model/storage_type.h"

namespace tusk::dfs {

/// The right to touch a block or to speak to a server, opaque to whoever carries it. Four empty
/// values while security is off.
struct AccessToken {
  std::string identifier;
  std::string password;
  std::string kind;
  std::string service;

  friend bool operator==(const AccessToken&, const AccessToken&) = default;
};

/// One place of a replica: the datanode and the storage there.
struct ReplicaLocation {
  DatanodeInfo datanode;
  StorageType storage_type = StorageType::kDisk;
  std::string storage_id;

  friend bool operator==(const ReplicaLocation&, const ReplicaLocation&) = default;
};

/// A block of a file and where its replicas are (Hadoop's LocatedBlock).
struct LocatedBlock {
  /// `block.length` is what the namenode knows; 0 for a block that was just allocated.
  ExtendedBlock block;
  uint64_t offset = 0;  ///< of the block's first byte in the file
  /// Best first for the client that asked; for a new block the order of the pipeline.
  std::vector<ReplicaLocation> locations;
  bool corrupt = false;  ///< every known replica is damaged
  AccessToken token;

  friend bool operator==(const LocatedBlock&, const LocatedBlock&) = default;
};

/// The blocks of a range of a file (Hadoop's LocatedBlocks).
struct LocatedBlocks {
  uint64_t file_length = 0;          ///< without the bytes of a last block that is being written
  std::vector<LocatedBlock> blocks;  ///< in file order, without gaps
  bool under_construction = false;   ///< open for writing
  /// The file's last block, in range or not; none for an empty file.
  std::optional<LocatedBlock> last_block;
  bool last_block_complete = false;

  friend bool operator==(const LocatedBlocks&, const LocatedBlocks&) = default;
};

}  // namespace tusk::dfs

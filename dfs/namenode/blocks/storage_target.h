#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dfs/model/block.h"
#include "dfs/model/datanode_info.h"
#include "dfs/model/storage_type.h"

namespace tusk::dfs::namenode {

/// One storage of one datanode, as locations of a block are told to clients and datanodes. The
/// pointees are immutable snapshots shared by all answers until the next heartbeat; never null.
struct StorageTarget {
  std::shared_ptr<const DatanodeInfo> datanode;
  std::shared_ptr<const std::string> storage_id;  ///< "DS-<uuid>"
  StorageType storage_type = StorageType::kDisk;
};

/// Where a block is, best first for the asking client.
struct LocatedReplicas {
  Block block;            ///< stamp and length as the namenode knows them
  bool complete = false;  ///< not being written, committed nor recovered
  bool corrupt = false;   ///< every known replica is bad; `replicas` then lists the bad ones
  std::vector<StorageTarget> replicas;
};

/// What a writer needs of datanodes for one block.
struct PlacementRequest {
  uint16_t replication = 1;                 ///< wanted new targets
  std::string writer_host;                  ///< address of the client, "" for none
  std::vector<std::string> excluded;        ///< uuids that must not be chosen
  std::vector<std::string> favored;         ///< "host:port" to prefer
  std::vector<std::string> already_chosen;  ///< uuids that hold or will hold the block already
  uint64_t block_size = 0;                  ///< bytes that must fit
  bool no_local_write = false;          ///< AddBlockFlag NO_LOCAL_WRITE: avoid the writer's host
  bool ignore_client_locality = false;  ///< AddBlockFlag IGNORE_CLIENT_LOCALITY
};

/// Names one replica in a call of a client: a pipeline's member, a bad copy.
struct ReplicaName {
  std::string datanode_uuid;
  std::string storage_id;  ///< may be "": then the storage that holds the block
};

}  // namespace tusk::dfs::namenode

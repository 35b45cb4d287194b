#pragma once

#include <string>
#include <vector>

#include "dfs/model/located_block.h"
#include "dfs/namenode/blocks/storage_target.h"
#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// ClientProtocol.getAdditionalDatanode without protobuf.
struct AdditionalDatanodeRequest {
  std::string_view path;
  std::string_view client_name;
  FileId file_id;  ///< 0: by path
  Block block;
  std::vector<ReplicaName> existing;
  std::vector<std::string> excluded;  ///< uuids
  uint16_t wanted = 1;                ///< further datanodes
};

/// More targets for a pipeline that lost one: the existing ones, then the new ones; fewer than
/// wanted when there are no more. Lease errors as FindOpenFile.
Result<LocatedBlock> GetAdditionalDatanode(const OpContext& context, const Caller& caller,
                                           const AdditionalDatanodeRequest& request);

}  // namespace tusk::dfs::namenode

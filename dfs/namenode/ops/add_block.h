#pragma once

#include <optional>

#include "common/net/task.h"
#include "common/time/deadline.h"
#include "dfs/model/located_block.h"
#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// ClientProtocol.addBlock without protobuf.
struct AddBlockRequest {
  std::string_view path;
  std::string_view client_name;
  FileId file_id;                     ///< 0: by path
  std::optional<Block> previous;      ///< the block just finished, with its final length
  std::vector<std::string> excluded;  ///< uuids of datanodes
  std::vector<std::string> favored;   ///< "host:port"
  bool no_local_write = false;
  bool ignore_client_locality = false;
};

/// Commits the block before and allocates the next one with its targets
/// (FSNamesystem.getAdditionalBlock; retry cases: hdfs-wire-protocol 2.3).
///
/// A repeat whose answer was lost gets the same block again. While the block before the one being
/// committed is not complete, waits for datanodes up to OpsOptions::replication_wait, then
/// kNotReplicatedYet. kNoSpace says why each datanode was refused. kLeaseExpired, kNotFound as
/// FindOpenFile.
Task<Result<Outcome<LocatedBlock>>> AddBlock(const OpContext& context, Caller caller,
                                             AddBlockRequest request, Deadline deadline);

/// One try of it, which does not wait.
Result<Outcome<LocatedBlock>> TryAddBlock(const OpContext& context, const Caller& caller,
                                          const AddBlockRequest& request, BlockId* waits_for);

}  // namespace tusk::dfs::namenode

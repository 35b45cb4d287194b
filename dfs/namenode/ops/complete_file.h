#pragma once

#include <optional>

#include "common/net/task.h"
#include "common/time/deadline.h"
#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// ClientProtocol.complete without protobuf.
struct CompleteFileRequest {
  std::string_view path;
  std::string_view client_name;
  FileId file_id;             ///< 0: by path
  std::optional<Block> last;  ///< with its final length; none for an empty file
};

/// Commits the last block and closes the file once its blocks have enough replicas
/// (FSNamesystem.completeFile). Waits for datanodes up to OpsOptions::replication_wait, then
/// answers false: ask again. A repeat after success is true. Lease errors as FindOpenFile.
Task<Result<Outcome<bool>>> CompleteFile(const OpContext& context, Caller caller,
                                         CompleteFileRequest request, Deadline deadline);

/// One try, which does not wait; with false, `waits_for` is the block to wait for.
Result<Outcome<bool>> TryCompleteFile(const OpContext& context, const Caller& caller,
                                      const CompleteFileRequest& request, BlockId* waits_for);

}  // namespace tusk::dfs::namenode

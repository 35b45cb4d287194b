#pragma once

#include <optional>

#include "dfs/model/located_block.h"
#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// The file and, unless it ends on a block boundary, its last block.
struct AppendAnswer {
  FileStatus status;
  std::optional<LocatedBlock> last_block;
};

/// Opens a closed file for writing at its end (FSNamesystem.appendFile). The last block, if not
/// full, is under construction again with its present stamp; with `new_block` it stays closed and
/// is only told. kNotFound; kAlreadyExists for a directory; kAlreadyBeingCreated and
/// kRecoveryInProgress as TakeOverForWriting; kUnavailable while the last block lacks replicas.
Result<Outcome<AppendAnswer>> AppendFile(const OpContext& context, const Caller& caller,
                                         std::string_view path, std::string_view client_name,
                                         bool new_block);

}  // namespace tusk::dfs::namenode

#pragma once

#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// ClientProtocol.create without protobuf.
struct CreateFileRequest {
  std::string_view path;
  std::string_view client_name;
  uint16_t permission = 0644;  ///< umask already applied by the client
  bool create = true;
  bool overwrite = false;
  bool create_parents = false;
  uint16_t replication = 3;
  uint64_t block_size = 128u << 20;
};

/// Makes an empty file that `client_name` writes (FSNamesystem.startFile).
///
/// An existing file is replaced when asked: its blocks go, its writer loses it. Otherwise
/// kAlreadyExists when it is closed; when it is open, first its recovery is tried as by append:
/// kAlreadyBeingCreated or kRecoveryInProgress. kNotFound: the parent is missing and not to be
/// made. kInvalidArgument: replication or block size out of bounds.
Result<Outcome<FileStatus>> CreateFile(const OpContext& context, const Caller& caller,
                                       const CreateFileRequest& request);

}  // namespace tusk::dfs::namenode

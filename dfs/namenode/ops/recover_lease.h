#pragma once

#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// How far a lease recovery came.
enum class LeaseRelease : uint8_t {
  kClosed,   ///< the file is closed now
  kStarted,  ///< the last block is being recovered by datanodes; ask again
};

/// Takes a file from its writer (FSNamesystem.internalReleaseLease): closes it when all its blocks
/// are complete; removes a last block that nobody has and closes; otherwise gives the block a new
/// generation stamp, passes the file to the namenode itself, so that the old writer's calls fail,
/// and has a datanode recover the block. kRecoveryInProgress while such a try is fresh.
Result<Outcome<LeaseRelease>> ReleaseLease(const OpContext& context, const Caller& caller,
                                           const InodePtr& file, std::string_view path)
    REQUIRES(context.ns.mutex());

/// What create, append and truncate do about a file that another (or the same) client has open:
/// Ok when it could be closed on the spot, else kAlreadyBeingCreated or kRecoveryInProgress with
/// Hadoop's sentences. `operation` is Hadoop's word for what is tried: "CREATE_FILE".
Status TakeOverForWriting(const OpContext& context, const Caller& caller, const InodePtr& file,
                          std::string_view path, std::string_view client_name,
                          std::string_view operation) REQUIRES(context.ns.mutex());

/// A person or an application asks for the release, whoever writes. True: closed.
Result<Outcome<bool>> RecoverLease(const OpContext& context, const Caller& caller,
                                   std::string_view path);

/// Releases the files of writers over the hard limit; to be called every few seconds.
void ReleaseExpiredLeases(const OpContext& context);

/// The last block of a file, with stamp and length as the block manager knows them, made final in
/// `mutation`, and the file closed at its time.
void CloseFile(const OpContext& context, const Inode& file, Mutation* mutation)
    REQUIRES(context.ns.mutex());

}  // namespace tusk::dfs::namenode

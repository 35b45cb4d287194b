#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "dfs/namenode/ops/operation.h"
#include "dfs/namenode/web/fsck_report.h"

namespace tusk::dfs::namenode {

/// What one fsck is to look at.
struct FsckRequest {
  std::string path = "/";
  std::string block_ids;  ///< "blk_1 blk_2_1001": these blocks instead of a path
  FsckFlags flags;
};

/// Walks a tree and tells the health of its files, as `hdfs fsck` gets it over HTTP (Hadoop's
/// NamenodeFsck): the whole answer, whose last line decides the client's exit status. Never fails:
/// what goes wrong is its text. Takes the namespace lock for one page of one directory at a time.
/// Needs r and x on every directory it enters, and the superuser for block ids. Blocks and may
/// take long: not on an I/O thread. `stop` ends it early.
std::string RunFsck(const OpContext& context, const Caller& caller, const FsckRequest& request,
                    const std::atomic<bool>& stop);

/// The blocks of a file with their replicas.
FsckFile InspectFile(const OpContext& context, const Inode& inode, std::string path);

}  // namespace tusk::dfs::namenode

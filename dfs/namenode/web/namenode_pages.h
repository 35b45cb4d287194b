#pragma once

#include <atomic>

#include "common/http/http_server.h"
#include "common/http/page.h"
#include "dfs/namenode/namespace/user_groups.h"
#include "dfs/namenode/ops/operation.h"

namespace tusk {
class WorkPool;
}

namespace tusk::dfs::namenode {

/// What the namenode's pages show. All of it must outlive the server.
struct NamenodePagesSpec {
  const OpContext* context = nullptr;
  UserGroups* groups = nullptr;
  WorkPool* pool = nullptr;                 ///< walks of fsck
  const std::atomic<bool>* stop = nullptr;  ///< ends a running fsck
};

/// Adds the pages that people see, all read only, each as JSON with ?format=json:
///   /            overview, with one sentence of health first
///   /datanodes   every datanode: state, last contact, usage, blocks
///   /files       directories and files (?path=); of a file its blocks and where they are
/// and /fsck, the text that `hdfs fsck` and `tusk fsck` ask for. Files are shown as to the user
/// "dr.who", or to the one that ?user.name= names (the pages trust it as Hadoop's do without
/// security).
void AddNamenodePages(http::HttpServer& server, http::PageFrame& frame,
                      const NamenodePagesSpec& spec);

}  // namespace tusk::dfs::namenode

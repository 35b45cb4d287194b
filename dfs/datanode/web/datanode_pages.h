#pragma once

#include <chrono>
#include <functional>

#include "common/http/http_server.h"
#include "common/http/page.h"
#include "dfs/datanode/storage/block_store.h"
#include "dfs/datanode/web/datanode_model.h"

namespace tusk::dfs::datanode {

/// What the datanode's pages show. All of it must outlive the server.
struct DatanodePagesSpec {
  const BlockStore* store = nullptr;
  std::function<LinkFacts()> link;
  std::chrono::milliseconds patience{30'000};  ///< silence after which the namenode is lost
};

/// Adds the overview, read only, as JSON with ?format=json: one sentence of health, the link to the
/// namenode, usage, and every volume.
void AddDatanodePages(http::HttpServer& server, http::PageFrame& frame, DatanodePagesSpec spec);

}  // namespace tusk::dfs::datanode

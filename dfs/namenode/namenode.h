#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/daemon/service.h"
#include "dfs/namenode/namenode_options.h"

namespace tusk {
class Clock;
class Config;
class Env;
class IoRuntime;
class MetricRegistry;
}  // namespace tusk

namespace tusk::dfs::namenode {

/// What a namenode is built on; all of it outlives the namenode.
struct NamenodeParts {
  IoRuntime& runtime;
  const Clock& clock;
  Env& env;
  MetricRegistry& metrics;
  const Config* config = nullptr;  ///< for the page of options; may be null
  std::string log_directory;
  /// Called once, on any thread, when journal or store cannot be written any more: nothing is
  /// acknowledged from then on and only a new namenode can go on. Null: the process ends.
  std::function<void(const Status&)> on_failure;
};

/// The namenode: namespace, blocks, their services over RPC, and its web pages.
///
/// Start opens (or makes) the namespace, loads the block map, and serves; safe mode ends by
/// itself. Any number can live in one process (port 0).
class Namenode final : public Service {
 public:
  Namenode(NamenodeSettings settings, NamenodeParts parts);
  ~Namenode() override;

  Status Start() override;
  void Stop() override;
  std::vector<std::pair<std::string, std::string>> Addresses() const override;

  // After Start.
  int rpc_port() const;
  int http_port() const;
  Namespace& ns();
  BlockManager& blocks();
  SafeMode& safe_mode();
  const OpContext& operations() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tusk::dfs::namenode

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/daemon/service.h"
#include "dfs/datanode/datanode_options.h"

namespace tusk {
class Clock;
class Config;
class Env;
class IoRuntime;
class MetricRegistry;
}  // namespace tusk

namespace tusk::dfs::datanode {

class NamenodeSession;

/// What a datanode is built on; all of it outlives the datanode.
struct DatanodeParts {
  IoRuntime& runtime;
  const Clock& clock;
  Env& env;
  MetricRegistry& metrics;
  const Config* config = nullptr;  ///< for the page of options; may be null
  std::string log_directory;
  /// Called once, on any thread, when the datanode can be of no use any more: too many volumes have
  /// failed, or the namenode serves another namespace than the disks hold, or refuses us. Null: the
  /// process ends.
  std::function<void(const Status&)> on_failure;
  /// Called when an administrator's call asks for the end. Null: such calls are refused.
  std::function<void()> on_shut_down;
};

/// The datanode: replicas on its volumes, their transfer, RPC, web pages, and the conversation with
/// the namenode.
///
/// Start opens the volumes and serves at once; the namenode may come later, and go and come back.
/// Until it is met for the first time everything that names a block is refused, and a new data
/// directory stays empty. Any number can live in one process (port 0).
class Datanode final : public Service {
 public:
  Datanode(DatanodeSettings settings, DatanodeParts parts);
  ~Datanode() override;

  Status Start() override;
  void Stop() override;
  std::vector<std::pair<std::string, std::string>> Addresses() const override;

  // After Start.
  int transfer_port() const;
  int ipc_port() const;
  int http_port() const;
  BlockStore& store();
  const NamenodeSession& session() const;
  /// Full reports that the namenode has taken since the start.
  uint64_t full_reports() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tusk::dfs::datanode

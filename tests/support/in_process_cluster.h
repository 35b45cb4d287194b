#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/net/endpoint.h"
#include "dfs/client/dfs_file_system.h"
#include "dfs/datanode/datanode_options.h"
#include "dfs/namenode/namenode_options.h"
#include "tests/support/temp_dir.h"

namespace tusk {
class IoRuntime;
class MetricRegistry;
}  // namespace tusk
namespace tusk::dfs::namenode {
class Namenode;
}
namespace tusk::dfs::datanode {
class Datanode;
}

namespace tusk::dfs {

/// What the daemons of a cluster are told beyond what the cluster itself fills in (addresses,
/// directories). The defaults are the short intervals of ShortIntervals().
struct ClusterOptions {
  int datanodes = 3;
  int volumes = 1;  ///< of each datanode
  namenode::NamenodeSettings namenode;
  datanode::DatanodeSettings datanode;
  ClientOptions client;

  /// Hadoop's defaults are made for machines; these let tests see in seconds what takes minutes:
  /// heartbeats every 0.2 s, dead after 3 s, leases of 1 s (soft) and 3 s (hard), blocks of 1 MB.
  static ClusterOptions ShortIntervals();
};

/// A namenode and some datanodes in this process, on free ports of the loopback, with their files
/// in a temporary directory: real daemons in everything but the process. Each can be stopped and
/// started again on its old files; the namenode keeps its port, datanodes take new ones.
///
/// One thread.
class InProcessCluster {
 public:
  explicit InProcessCluster(ClusterOptions options = ClusterOptions::ShortIntervals());
  /// Stops everything.
  ~InProcessCluster();
  InProcessCluster(const InProcessCluster&) = delete;
  InProcessCluster& operator=(const InProcessCluster&) = delete;

  /// Starts what does not run: the namenode first.
  Status Start();
  Status StartNamenode();
  void StopNamenode();
  Status StartDatanode(int index);
  void StopDatanode(int index);

  /// Waits until `datanodes` are live and safe mode is off; false after 30 s.
  bool WaitReady(int datanodes);
  bool WaitReady() { return WaitReady(options_.datanodes); }
  /// Waits until no block has fewer copies than wanted; false after 30 s.
  bool WaitReplicated();

  /// A new client, with its own connections and leases.
  std::unique_ptr<DfsFileSystem> NewClient() { return NewClient(options_.client); }
  std::unique_ptr<DfsFileSystem> NewClient(ClientOptions options);

  namenode::Namenode& namenode() { return *namenode_.daemon; }
  datanode::Datanode& datanode(int index);
  /// Why a datanode gave up; Ok while it has not.
  Status datanode_failure(int index) const;
  Endpoint namenode_endpoint() const;
  std::string data_directory(int datanode, int volume = 0) const;
  std::string name_directory() const { return directory_ / "name"; }
  ClusterOptions& options() { return options_; }
  IoRuntime& runtime() { return *runtime_; }

 private:
  struct NamenodeSlot {
    std::unique_ptr<MetricRegistry> metrics;
    std::unique_ptr<namenode::Namenode> daemon;
    int port = 0;
  };
  struct DatanodeSlot;

  TempDir directory_;
  ClusterOptions options_;
  std::unique_ptr<IoRuntime> runtime_;
  NamenodeSlot namenode_;
  std::vector<std::unique_ptr<DatanodeSlot>> datanodes_;
};

}  // namespace tusk::dfs

#include "tests/support/in_process_cluster.h"

#include <fmt/format.h>

#include <utility>

#include "common/base/mutex.h"
#include "common/base/status_macros.h"
#include "common/env/posix_env.h"
#include "common/metrics/metric_registry.h"
#include "common/net/io_runtime.h"
#include "common/time/system_clock.h"
#include "dfs/datanode/datanode.h"
#include "dfs/model/dfs_options.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/namenode.h"
#include "dfs/namenode/ops/safe_mode.h"
#include "tests/support/eventually.h"

namespace tusk::dfs {

namespace {

using std::chrono::milliseconds;
constexpr std::chrono::seconds kPatience{30};

}  // namespace

struct InProcessCluster::DatanodeSlot {
  Mutex mutex;
  Status failure GUARDED_BY(mutex);
  std::unique_ptr<MetricRegistry> metrics;
  std::unique_ptr<datanode::Datanode> daemon;
};

ClusterOptions ClusterOptions::ShortIntervals() {
  ClusterOptions options;
  namenode::NamenodeSettings& namenode = options.namenode;
  namenode.blocks.heartbeat_interval = milliseconds(200);
  namenode.blocks.recheck_interval = milliseconds(500);
  namenode.blocks.stale_interval = milliseconds(2000);
  namenode.blocks.redundancy_interval = milliseconds(200);
  namenode.blocks.pending_timeout = milliseconds(5000);
  namenode.blocks.recovery_retry = milliseconds(2000);
  namenode.safe_mode.extension = milliseconds(0);
  namenode.lease_check_interval = milliseconds(200);
  namenode.ns.lease_soft_limit = milliseconds(1000);
  namenode.ns.lease_hard_limit = milliseconds(3000);
  namenode.ns.journal_segment_bytes = 1u << 20;
  namenode.ops.min_block_size = 1024;
  namenode.ops.block_size = 1u << 20;
  options.datanode.heartbeat_interval = milliseconds(200);
  options.datanode.last_retry = milliseconds(200);
  options.client.block_size = 1u << 20;
  options.client.rpc_timeout = milliseconds(20'000);
  return options;
}

InProcessCluster::InProcessCluster(ClusterOptions options)
    : options_(std::move(options)), runtime_(std::make_unique<IoRuntime>(2)) {
  const std::string user = UserOfProcess();
  options_.namenode.rpc = {"127.0.0.1", 0};
  options_.namenode.http = {"127.0.0.1", 0};
  options_.namenode.ns.directory = name_directory();
  options_.namenode.ns.superuser = user;
  options_.datanode.transfer.endpoint = {"127.0.0.1", 0};
  options_.datanode.ipc = {"127.0.0.1", 0};
  options_.datanode.http = {"127.0.0.1", 0};
  options_.datanode.user = user;
  if (options_.client.user.empty()) options_.client.user = user;
  for (int i = 0; i < options_.datanodes; ++i) {
    datanodes_.push_back(std::make_unique<DatanodeSlot>());
  }
}

InProcessCluster::~InProcessCluster() {
  for (int i = 0; i < options_.datanodes; ++i) StopDatanode(i);
  StopNamenode();
  runtime_->Stop();
}

Status InProcessCluster::Start() {
  RETURN_IF_ERROR(StartNamenode());
  for (int i = 0; i < options_.datanodes; ++i) RETURN_IF_ERROR(StartDatanode(i));
  return Status();
}

Status InProcessCluster::StartNamenode() {
  if (namenode_.daemon) return Status();
  namenode::NamenodeSettings settings = options_.namenode;
  settings.rpc.port = static_cast<uint16_t>(namenode_.port);
  auto metrics = std::make_unique<MetricRegistry>("NameNode");
  namenode::NamenodeParts parts{.runtime = *runtime_,
                                .clock = SystemClock::Get(),
                                .env = PosixEnv::Get(),
                                .metrics = *metrics,
                                .config = nullptr,
                                .log_directory = {},
                                .on_failure = {}};
  auto daemon = std::make_unique<namenode::Namenode>(std::move(settings), std::move(parts));
  RETURN_IF_ERROR(daemon->Start());
  namenode_.port = daemon->rpc_port();
  namenode_.metrics = std::move(metrics);
  namenode_.daemon = std::move(daemon);
  return Status();
}

void InProcessCluster::StopNamenode() {
  if (!namenode_.daemon) return;
  namenode_.daemon->Stop();
  namenode_.daemon.reset();
  namenode_.metrics.reset();
}

Status InProcessCluster::StartDatanode(int index) {
  DatanodeSlot& slot = *datanodes_[static_cast<size_t>(index)];
  if (slot.daemon) return Status();
  datanode::DatanodeSettings settings = options_.datanode;
  settings.namenode = namenode_endpoint();
  for (int i = 0; i < options_.volumes; ++i) {
    settings.storage.volumes.push_back({data_directory(index, i), StorageType::kDisk});
  }
  auto metrics = std::make_unique<MetricRegistry>("DataNode");
  datanode::DatanodeParts parts{.runtime = *runtime_,
                                .clock = SystemClock::Get(),
                                .env = PosixEnv::Get(),
                                .metrics = *metrics,
                                .config = nullptr,
                                .log_directory = {},
                                .on_failure =
                                    [&slot](const Status& status) {
                                      MutexLock lock(slot.mutex);
                                      slot.failure = status;
                                    },
                                .on_shut_down = {}};
  auto daemon = std::make_unique<datanode::Datanode>(std::move(settings), std::move(parts));
  RETURN_IF_ERROR(daemon->Start());
  slot.metrics = std::move(metrics);
  slot.daemon = std::move(daemon);
  return Status();
}

void InProcessCluster::StopDatanode(int index) {
  DatanodeSlot& slot = *datanodes_[static_cast<size_t>(index)];
  if (!slot.daemon) return;
  slot.daemon->Stop();
  slot.daemon.reset();
  slot.metrics.reset();
}

bool InProcessCluster::WaitReady(int datanodes) {
  return Eventually(
      [&] {
        const namenode::BlockStats stats = namenode().blocks().Stats();
        return stats.live_datanodes == static_cast<uint32_t>(datanodes) &&
               !namenode().blocks().AwaitsFirstHeartbeat() && !namenode().safe_mode().IsOn();
      },
      kPatience);
}

bool InProcessCluster::WaitReplicated() {
  return Eventually(
      [&] {
        const namenode::BlockStats stats = namenode().blocks().Stats();
        return stats.under_replicated == 0 && stats.pending_replication == 0 && stats.missing == 0;
      },
      kPatience);
}

std::unique_ptr<DfsFileSystem> InProcessCluster::NewClient(ClientOptions options) {
  return std::make_unique<DfsFileSystem>(namenode_endpoint(), std::move(options));
}

datanode::Datanode& InProcessCluster::datanode(int index) {
  return *datanodes_[static_cast<size_t>(index)]->daemon;
}

Status InProcessCluster::datanode_failure(int index) const {
  DatanodeSlot& slot = *datanodes_[static_cast<size_t>(index)];
  MutexLock lock(slot.mutex);
  return slot.failure;
}

Endpoint InProcessCluster::namenode_endpoint() const {
  return {"127.0.0.1", static_cast<uint16_t>(namenode_.port)};
}

std::string InProcessCluster::data_directory(int datanode, int volume) const {
  return directory_ / fmt::format("data{}.{}", datanode, volume);
}

}  // namespace tusk::dfs

#include "dfs/namenode/namenode.h"

#include <unistd.h>

#include <atomic>
#include <optional>

#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/env/env.h"
#include "common/http/builtin_pages.h"
#include "common/http/http_server.h"
#include "common/http/page.h"
#include "common/log/logger.h"
#include "common/net/io_runtime.h"
#include "common/net/sleep.h"
#include "common/net/task_group.h"
#include "common/net/work_pool.h"
#include "common/rpc/rpc_server.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/datanodes/rack_resolver.h"
#include "dfs/namenode/namenode_metrics.h"
#include "dfs/namenode/namespace/user_groups.h"
#include "dfs/namenode/ops/block_reclaimer.h"
#include "dfs/namenode/ops/commit_block_synchronization.h"
#include "dfs/namenode/ops/recover_lease.h"
#include "dfs/namenode/service/client_protocol_service.h"
#include "dfs/namenode/service/datanode_protocol_service.h"
#include "dfs/namenode/web/cluster_model.h"
#include "dfs/namenode/web/namenode_beans.h"
#include "dfs/namenode/web/namenode_pages.h"
#include "dfs/wire/remote_exception.h"

namespace tusk::dfs::namenode {

namespace {

constexpr uint64_t kMaxTopologyBytes = 64u << 20;
constexpr int kPoolThreads = 2;
constexpr size_t kPoolQueue = 1000;
constexpr std::chrono::milliseconds kSafeModeCheck{100};
constexpr std::chrono::seconds kScriptDeadline{10};
constexpr std::string_view kSoftwareVersion = "3.4.1";  // the Hadoop whose protocol is spoken

void EndProcess(const Status& status) {
  LOG_ERROR("namenode", "ends: {}", status.ToString());
  FlushLog();
  _exit(1);
}

}  // namespace

class Namenode::Impl {
 public:
  Impl(NamenodeSettings settings, NamenodeParts parts)
      : settings_(std::move(settings)),
        parts_(std::move(parts)),
        http_frame_("namenode", settings_.http.ToString()) {
    if (!parts_.on_failure) parts_.on_failure = EndProcess;
  }

  Status Start() {
    Status status = StartParts();
    if (!status.ok()) Stop();
    return status;
  }

  void Stop() {
    stopping_.store(true);
    if (rpc_) rpc_->Stop();
    if (http_) http_->Stop();
    if (group_) {
      group_->Stop();
      group_->JoinBlocking();
    }
    if (pool_) pool_->Stop();
    if (reclaimer_) reclaimer_->Stop();
    if (ns_) ns_->Stop();
  }

  std::vector<std::pair<std::string, std::string>> Addresses() const {
    return {{"rpc", rpc_->address()}, {"http", http_->address()}};
  }

  rpc::RpcServer& rpc() { return *rpc_; }
  http::HttpServer& http() { return *http_; }
  Namespace& ns() { return *ns_; }
  BlockManager& blocks() { return *blocks_; }
  SafeMode& safe_mode() { return *safe_mode_; }
  const OpContext& operations() const { return *context_; }

 private:
  Status StartParts() {
    RETURN_IF_ERROR(MakeRacks());
    blocks_ = std::make_unique<BlockManager>(settings_.blocks, parts_.clock, *racks_, RandomSeed());
    RETURN_IF_ERROR(OpenNamespace());
    MakeOperations();
    pool_ = std::make_unique<WorkPool>("namenode", kPoolThreads, kPoolQueue);
    clients_ = std::make_unique<ClientProtocolService>(*context_, *groups_, *pool_);
    DatanodeProtocolHooks hooks;
    hooks.synchronize = [this](BlockSynchronization sync) {
      return Synchronize(this, std::move(sync));
    };
    hooks.last_txid = [this] { return ns_->group_commit().durable_txid(); };
    hooks.reported = [this] { safe_mode_->Check(); };
    datanodes_ = std::make_unique<DatanodeProtocolService>(*blocks_, *pool_, std::move(hooks));
    AddNamenodeMetrics(parts_.metrics, ns_.get(), blocks_.get(), safe_mode_.get());
    ns_->Start();
    reclaimer_->Start();
    safe_mode_->Start();
    RETURN_IF_ERROR(StartServers());
    group_ = std::make_unique<TaskGroup>(parts_.runtime.NewStrand());
    group_->Spawn("lease monitor", MonitorLeases(this));
    group_->Spawn("safe mode monitor", MonitorSafeMode(this));
    group_->Spawn("redundancy monitor", MonitorRedundancy(this));
    LOG_INFO("namenode", "serving rpc={} http={} cluster={}", rpc_->address(), http_->address(),
             ns_->identity().cluster_id);
    return Status::Ok();
  }

  Status MakeRacks() {
    if (!settings_.topology_table.empty()) {
      ASSIGN_OR_RETURN(const std::string text,
                       parts_.env.ReadSmallFile(settings_.topology_table, kMaxTopologyBytes));
      auto table = TableRackResolver::ParseTable(text);
      if (!table.ok()) return table.status().WithContext(settings_.topology_table);
      racks_ = std::make_unique<TableRackResolver>(std::move(*table));
    } else if (!settings_.topology_script.empty()) {
      racks_ = std::make_unique<ScriptRackResolver>(settings_.topology_script, kScriptDeadline);
    } else {
      racks_ = std::make_unique<TableRackResolver>();
    }
    return Status::Ok();
  }

  Status OpenNamespace() {
    ASSIGN_OR_RETURN(ns_,
                     Namespace::Open(parts_.env, parts_.clock, settings_.ns, parts_.on_failure));
    const NamespaceIdentity& identity = ns_->identity();
    ClusterIdentity cluster;
    cluster.cluster_id = identity.cluster_id;
    cluster.block_pool_id = identity.block_pool_id;
    cluster.namespace_id = identity.namespace_id;
    cluster.creation_ms = identity.creation_ms;
    cluster.software_version = kSoftwareVersion;
    blocks_->SetIdentity(std::move(cluster));
    RETURN_IF_ERROR(ns_->Load([this](const Inode& inode) {
      for (size_t i = 0; i < inode.blocks.size(); ++i) {
        StoredBlock stored;
        stored.block = inode.blocks[i];
        stored.file = inode.id;
        stored.replication = inode.replication;
        stored.block_size = inode.block_size;
        stored.complete = !inode.IsOpen() || i + 1 < inode.blocks.size();
        blocks_->LoadBlock(stored);
      }
      return Status::Ok();
    }));
    ReaderLock lock(ns_->mutex());
    blocks_->SetLastBlockId(ns_->tree().counters().last_block_id);
    return Status::Ok();
  }

  void MakeOperations() {
    const NamespaceOptions& ns = settings_.ns;
    groups_ = std::make_unique<UserGroups>(ns_->names(), parts_.clock, ns.superuser, ns.supergroup,
                                           settings_.groups_cache);
    permissions_.emplace(ns_->names(), settings_.permissions_enabled);
    safe_mode_ = std::make_unique<SafeMode>(
        settings_.safe_mode, parts_.clock, [this] { return blocks_->GetSafeModeCounts(); },
        [this](bool on) { blocks_->EnableWork(!on); });
    reclaimer_ = std::make_unique<BlockReclaimer>(*ns_, *blocks_);
    context_.emplace(
        OpContext{*ns_, *blocks_, *safe_mode_, *reclaimer_, *permissions_, settings_.ops});
  }

  Status StartServers() {
    http::HttpServerOptions http;
    http.endpoint = settings_.http;
    http_ = std::make_unique<http::HttpServer>(parts_.runtime, http);
    http::PageFrame::AddAssets(*http_);
    http::BuiltinPagesSpec pages;
    pages.frame = &http_frame_;
    pages.metrics = &parts_.metrics;
    pages.config = parts_.config;
    pages.log_directory = parts_.log_directory;
    pages.health = [this] {
      const ClusterHealth health = JudgeCluster(*context_);
      return http::Health{health.level != "bad", health.sentence};
    };
    http::AddBuiltinPages(*http_, pages);
    NamenodePagesSpec facts;
    facts.context = &*context_;
    facts.groups = groups_.get();
    facts.pool = pool_.get();
    facts.stop = &stopping_;
    AddNamenodePages(*http_, http_frame_, facts);
    AddNamenodeBeans(parts_.metrics, *context_, settings_.rpc.ToString());
    RETURN_IF_ERROR(http_->Start());

    rpc::RpcServerOptions rpc;
    rpc.endpoint = settings_.rpc;
    rpc.max_connections = settings_.max_connections;
    rpc.retry_cache_time = settings_.retry_cache_time;
    rpc.metrics = &parts_.metrics;
    rpc.name = "namenode";
    rpc_ = std::make_unique<rpc::RpcServer>(parts_.runtime, rpc, HdfsErrorTable());
    rpc_->AddService(&clients_->rpc());
    rpc_->AddService(&datanodes_->rpc());
    return rpc_->Start();
  }

  static Task<Status> Synchronize(Impl* self, BlockSynchronization sync) {
    const Result<TxId> txid = CommitBlockSynchronization(*self->context_, sync);
    if (!txid.ok()) co_return txid.status();
    co_return co_await self->ns_->WaitDurable(*txid);
  }

  static Task<void> MonitorLeases(Impl* self) {
    while (true) {
      const Status slept = co_await SleepFor(self->settings_.lease_check_interval);
      if (!slept.ok()) co_return;
      const auto release = [self] {
        ReleaseExpiredLeases(*self->context_);
        return Status::Ok();
      };
      const Status done = co_await self->pool_->Run(release);
      if (done.code() == StatusCode::kUnavailable) co_return;
    }
  }

  static Task<void> MonitorSafeMode(Impl* self) {
    while (self->safe_mode_->IsOn()) {
      const Status slept = co_await SleepFor(kSafeModeCheck);
      if (!slept.ok()) co_return;
      self->safe_mode_->Check();
    }
  }

  static Task<void> MonitorRedundancy(Impl* self) {
    while (true) {
      const Status slept = co_await SleepFor(self->settings_.blocks.redundancy_interval);
      if (!slept.ok()) co_return;
      const auto tick = [self] {
        self->blocks_->Tick();
        return Status::Ok();
      };
      const Status done = co_await self->pool_->Run(tick);
      if (done.code() == StatusCode::kUnavailable) co_return;
    }
  }

  const NamenodeSettings settings_;
  NamenodeParts parts_;
  http::PageFrame http_frame_;
  std::atomic<bool> stopping_{false};
  std::unique_ptr<RackResolver> racks_;
  std::unique_ptr<BlockManager> blocks_;
  std::unique_ptr<Namespace> ns_;
  std::unique_ptr<UserGroups> groups_;
  std::optional<PermissionChecker> permissions_;
  std::unique_ptr<SafeMode> safe_mode_;
  std::unique_ptr<BlockReclaimer> reclaimer_;
  std::optional<OpContext> context_;
  std::unique_ptr<WorkPool> pool_;
  std::unique_ptr<ClientProtocolService> clients_;
  std::unique_ptr<DatanodeProtocolService> datanodes_;
  std::unique_ptr<http::HttpServer> http_;
  std::unique_ptr<rpc::RpcServer> rpc_;
  std::unique_ptr<TaskGroup> group_;
};

Namenode::Namenode(NamenodeSettings settings, NamenodeParts parts)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(parts))) {}
Namenode::~Namenode() = default;

Status Namenode::Start() { return impl_->Start(); }
void Namenode::Stop() { impl_->Stop(); }
std::vector<std::pair<std::string, std::string>> Namenode::Addresses() const {
  return impl_->Addresses();
}
int Namenode::rpc_port() const { return impl_->rpc().port(); }
int Namenode::http_port() const { return impl_->http().port(); }
Namespace& Namenode::ns() { return impl_->ns(); }
BlockManager& Namenode::blocks() { return impl_->blocks(); }
SafeMode& Namenode::safe_mode() { return impl_->safe_mode(); }
const OpContext& Namenode::operations() const { return impl_->operations(); }

}  // namespace tusk::dfs::namenode

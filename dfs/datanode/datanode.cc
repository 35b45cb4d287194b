#include "dfs/datanode/datanode.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <utility>

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
#include "common/time/clock.h"
#include "dfs/datanode/datanode_metrics.h"
#include "dfs/datanode/namenode_link.h"
#include "dfs/datanode/service/client_datanode_service.h"
#include "dfs/datanode/service/inter_datanode_service.h"
#include "dfs/datanode/transfer/transfer_server.h"
#include "dfs/datanode/web/datanode_pages.h"
#include "dfs/wire/remote_exception.h"

namespace tusk::dfs::datanode {

namespace {

constexpr std::string_view kModule = "datanode";
constexpr std::string_view kSoftwareVersion = "3.4.1";  // the Hadoop whose protocol is spoken
constexpr size_t kPoolQueue = 100;
constexpr std::chrono::seconds kDrain{1};
// Ten heartbeats without an answer: pages call the namenode lost.
constexpr int kPatience = 10;

void EndProcess(const Status& status) {
  LOG_ERROR(kModule, "ends: {}", status.ToString());
  FlushLog();
  std::fprintf(stderr, "datanode: %s\n", std::string(status.message()).c_str());
  _exit(1);
}

std::string NewUuid() {
  const uint64_t a = RandomSeed();
  const uint64_t b = RandomSeed();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", a >> 32, a >> 16 & 0xffff, a & 0xfff,
                     (b >> 48 & 0x3fff) | 0x8000, b & 0xffffffffffff);
}

std::string NameOfMachine() {
  char name[256] = {};
  return gethostname(name, sizeof(name) - 1) == 0 && name[0] != 0 ? name : "localhost";
}

/// The address that peers reach, when the bound one says it; else the namenode fills in where our
/// calls come from.
std::string AnnouncedAddress(const Endpoint& bound) {
  const Result<SocketAddress> numeric = ParseNumeric(bound);
  if (!numeric.ok() || bound.host == "0.0.0.0" || bound.host == "::") return "0.0.0.0";
  return numeric->ToEndpoint().host;
}

}  // namespace

class Datanode::Impl {
 public:
  Impl(DatanodeSettings settings, DatanodeParts parts)
      : settings_(std::move(settings)),
        parts_(std::move(parts)),
        http_frame_("datanode", settings_.http.ToString()) {
    if (!parts_.on_failure) parts_.on_failure = EndProcess;
  }

  Status Start() {
    Status status = StartParts();
    if (!status.ok()) Stop();
    return status;
  }

  void Stop() {
    if (group_) {
      group_->Stop();
      group_->JoinBlocking();
    }
    if (ipc_) ipc_->Stop(kDrain);
    if (http_) http_->Stop();
    if (link_) link_->Stop();
    if (transfer_) transfer_->Stop(kDrain);
    if (pool_) pool_->Stop();
  }

  std::vector<std::pair<std::string, std::string>> Addresses() const {
    return {
        {"transfer", transfer_->address()}, {"rpc", ipc_->address()}, {"http", http_->address()}};
  }

  TransferServer& transfer() { return *transfer_; }
  rpc::RpcServer& ipc() { return *ipc_; }
  http::HttpServer& http() { return *http_; }
  BlockStore& store() { return *store_; }
  NamenodeLink& link() { return *link_; }

 private:
  Status StartParts() {
    BlockStoreOptions storage = settings_.storage;
    ASSIGN_OR_RETURN(store_, BlockStore::Open(parts_.env, std::move(storage)));
    pool_ = std::make_unique<WorkPool>("datanode", 1, kPoolQueue);
    RETURN_IF_ERROR(StartTransfer());
    RETURN_IF_ERROR(StartIpc());
    MakeHttp();
    RETURN_IF_ERROR(http_->Start());
    link_ = std::make_unique<NamenodeLink>(parts_.runtime, parts_.clock, *store_, *transfer_,
                                           *pool_, settings_, Self(),
                                           [this](const Status& status) { Fail(status); });
    has_link_.store(true, std::memory_order_release);
    AddDatanodeMetrics(parts_.metrics, store_.get(), [this] { return Link(); });
    link_->Start();
    group_ = std::make_unique<TaskGroup>(parts_.runtime.NewStrand());
    group_->Spawn("volume watch", WatchVolumes(this));
    LOG_INFO(kModule, "serving transfer={} rpc={} http={} namenode={} volumes={}",
             transfer_->address(), ipc_->address(), http_->address(), settings_.namenode,
             store_->volumes().size());
    return Status();
  }

  Status StartTransfer() {
    TransferOptions options = settings_.transfer;
    options.metrics = &parts_.metrics;
    // Nothing is read before the link has attached the store.
    options.on_corrupt = [this](const Block& block, const Volume& volume) {
      if (has_link_.load(std::memory_order_acquire)) link_->ReportBad(block, volume);
    };
    transfer_ = std::make_unique<TransferServer>(parts_.runtime, *store_, std::move(options));
    return transfer_->Start();
  }

  Status StartIpc() {
    ClientDatanodeHooks hooks;
    hooks.superuser = settings_.user;
    hooks.software_version = kSoftwareVersion;
    hooks.reserved_bytes = settings_.storage.volume.reserved_bytes;
    hooks.report = [this](bool full) {
      if (has_link_.load(std::memory_order_acquire)) link_->RequestReport(full);
    };
    hooks.shut_down = parts_.on_shut_down;
    clients_ = std::make_unique<ClientDatanodeService>(*store_, parts_.clock, std::move(hooks));
    peers_ = std::make_unique<InterDatanodeService>(*store_, parts_.clock,
                                                    settings_.transfer.stop_writer_timeout);
    rpc::RpcServerOptions options;
    options.endpoint = settings_.ipc;
    options.metrics = &parts_.metrics;
    options.name = "datanode";
    ipc_ = std::make_unique<rpc::RpcServer>(parts_.runtime, options, HdfsErrorTable());
    ipc_->AddService(&clients_->rpc());
    ipc_->AddService(&peers_->rpc());
    return ipc_->Start();
  }

  void MakeHttp() {
    http::HttpServerOptions options;
    options.endpoint = settings_.http;
    http_ = std::make_unique<http::HttpServer>(parts_.runtime, options);
    http::PageFrame::AddAssets(*http_);
    DatanodePagesSpec pages;
    pages.store = store_.get();
    pages.link = [this] { return Link(); };
    pages.patience = Patience();
    AddDatanodePages(*http_, http_frame_, std::move(pages));
    http::BuiltinPagesSpec builtin;
    builtin.frame = &http_frame_;
    builtin.metrics = &parts_.metrics;
    builtin.config = parts_.config;
    builtin.log_directory = parts_.log_directory;
    builtin.health = [this] {
      const DatanodeHealth health = JudgeDatanode(*store_, Link(), Patience());
      return http::Health{health.level == "good", health.sentence};
    };
    http::AddBuiltinPages(*http_, builtin);
  }

  DatanodeId Self() const {
    DatanodeId self;
    self.uuid = store_->datanode_uuid();
    if (self.uuid.empty()) self.uuid = NewUuid();
    self.ip_address = AnnouncedAddress(settings_.transfer.endpoint);
    self.host_name = settings_.host_name.empty() ? NameOfMachine() : settings_.host_name;
    self.transfer_port = static_cast<uint16_t>(transfer_->port());
    self.ipc_port = static_cast<uint16_t>(ipc_->port());
    self.info_port = static_cast<uint16_t>(http_->port());
    return self;
  }

  std::chrono::milliseconds Patience() const { return kPatience * settings_.heartbeat_interval; }

  LinkFacts Link() const {
    LinkFacts facts;
    facts.namenode = settings_.namenode.ToString();
    facts.silence = std::chrono::milliseconds(-1);
    facts.streams = transfer_->OpenStreams();
    if (!has_link_.load(std::memory_order_acquire)) return facts;
    facts.registered = link_->session().registered();
    const Clock::SteadyTime answered = link_->heartbeats().last_answer();
    if (answered != Clock::SteadyTime()) {
      facts.silence = std::chrono::duration_cast<std::chrono::milliseconds>(
          parts_.clock.SteadyNow() - answered);
    }
    facts.heartbeats = link_->heartbeats().heartbeats();
    facts.full_reports = link_->reports().full_reports();
    facts.unreported = link_->unreported();
    facts.copies = link_->commands().transfers();
    facts.recoveries = link_->commands().recoveries();
    return facts;
  }

  void Fail(const Status& status) {
    if (failed_.exchange(true)) return;
    LOG_ERROR(kModule, "cannot go on: {}", status.ToString());
    parts_.on_failure(status);
  }

  bool TooManyFailed() const {
    const size_t failed = store_->volumes().failed();
    if (failed == 0) return false;
    if (failed >= store_->volumes().size()) return true;
    return settings_.failed_volumes_tolerated >= 0 &&
           failed > static_cast<size_t>(settings_.failed_volumes_tolerated);
  }

  /// Measures the room of the volumes, and ends the datanode when too many have failed.
  static Task<void> WatchVolumes(Impl* self) {
    while (true) {
      const Status slept = co_await SleepFor(self->settings_.space_interval);
      if (!slept.ok()) co_return;
      for (const auto& owned : self->store_->volumes().volumes()) {
        Volume& volume = *owned;
        if (volume.failed()) continue;
        const auto measure = [&volume] { return volume.RefreshSpace(); };
        const Status measured = co_await volume.pool().Run(measure);
        if (measured.code() == StatusCode::kIoError) volume.MarkFailed(measured);
      }
      if (!self->TooManyFailed()) continue;
      self->Fail(Status::Error(StatusCode::kIoError, "{} of {} volumes have failed, {} tolerated",
                               self->store_->volumes().failed(), self->store_->volumes().size(),
                               self->settings_.failed_volumes_tolerated));
      co_return;
    }
  }

  const DatanodeSettings settings_;
  DatanodeParts parts_;
  http::PageFrame http_frame_;
  std::atomic<bool> failed_{false};
  std::atomic<bool> has_link_{false};
  std::unique_ptr<BlockStore> store_;
  std::unique_ptr<WorkPool> pool_;
  std::unique_ptr<TransferServer> transfer_;
  std::unique_ptr<ClientDatanodeService> clients_;
  std::unique_ptr<InterDatanodeService> peers_;
  std::unique_ptr<rpc::RpcServer> ipc_;
  std::unique_ptr<http::HttpServer> http_;
  std::unique_ptr<NamenodeLink> link_;
  std::unique_ptr<TaskGroup> group_;
};

Datanode::Datanode(DatanodeSettings settings, DatanodeParts parts)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(parts))) {}
Datanode::~Datanode() = default;

Status Datanode::Start() { return impl_->Start(); }
void Datanode::Stop() { impl_->Stop(); }
std::vector<std::pair<std::string, std::string>> Datanode::Addresses() const {
  return impl_->Addresses();
}
int Datanode::transfer_port() const { return impl_->transfer().port(); }
int Datanode::ipc_port() const { return impl_->ipc().port(); }
int Datanode::http_port() const { return impl_->http().port(); }
BlockStore& Datanode::store() { return impl_->store(); }
const NamenodeSession& Datanode::session() const { return impl_->link().session(); }
uint64_t Datanode::full_reports() const { return impl_->link().reports().full_reports(); }

}  // namespace tusk::dfs::datanode

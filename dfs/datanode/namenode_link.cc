#include "dfs/datanode/namenode_link.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "common/net/work_pool.h"
#include "dfs/wire/proto_convert.h"
#include "dfs/wire/remote_exception.h"

namespace tusk::dfs::datanode {

namespace {

constexpr std::string_view kModule = "datanode";
// Reports of damaged replicas under way; further ones wait for the next reader to find them.
constexpr uint32_t kMaxBadReports = 64;

SessionOptions SessionOptionsOf(const DatanodeSettings& settings) {
  SessionOptions options;
  options.namenode = settings.namenode;
  options.user = settings.user;
  options.first_retry = settings.first_retry;
  options.last_retry = settings.last_retry;
  return options;
}

BlockReportOptions ReportOptionsOf(const DatanodeSettings& settings) {
  BlockReportOptions options = settings.reports;
  options.first_retry = settings.first_retry;
  options.last_retry = settings.last_retry;
  return options;
}

ReportedChange::Kind KindOf(ReplicaEvent event) {
  switch (event) {
    case ReplicaEvent::kReceiving:
      return ReportedChange::Kind::kReceiving;
    case ReplicaEvent::kReceived:
      return ReportedChange::Kind::kReceived;
    case ReplicaEvent::kDeleted:
      return ReportedChange::Kind::kDeleted;
  }
  return ReportedChange::Kind::kDeleted;
}

}  // namespace

NamenodeLink::NamenodeLink(IoRuntime& runtime, const Clock& clock, BlockStore& store,
                           TransferServer& transfers, WorkPool& pool,
                           const DatanodeSettings& settings, DatanodeId self,
                           std::function<void(const Status&)> on_failure)
    : store_(store),
      transfers_(transfers),
      pool_(pool),
      uuid_(self.uuid),
      on_failure_(std::move(on_failure)),
      client_(runtime, {}, HdfsErrorTable()),
      session_(client_, clock, SessionOptionsOf(settings), std::move(self)),
      recovery_(client_, session_, clock),
      replicas_(store),
      group_(runtime.NewStrand()),
      commands_(replicas_, *this, group_, {}),
      heartbeats_(session_, replicas_, *this, commands_, clock, settings.heartbeat_interval,
                  [this] { RequestReport(true); }),
      reports_(session_, replicas_, changes_, commands_, pool, clock, ReportOptionsOf(settings)) {}

NamenodeLink::~NamenodeLink() = default;

void NamenodeLink::Listen() {
  store_.SetListener([this](ReplicaEvent event, const Block& block, const Volume& volume) {
    changes_.Add(volume.storage_id(), volume.type(), {block, KindOf(event), {}});
  });
}

void NamenodeLink::Start() {
  Listen();
  group_.Spawn("namenode", Converse(this));
}

void NamenodeLink::Stop() {
  group_.Stop();
  group_.JoinBlocking();
  client_.Stop();
}

void NamenodeLink::RequestReport(bool full) {
  if (full) {
    reports_.RequestFull();
  } else {
    changes_.wake().Set();
  }
}

Task<Status> NamenodeLink::Meet() {
  Result<ServedNamespace> served = co_await session_.AwaitNamespace();
  if (!served.ok()) co_return std::move(served).status();
  NamespaceIdentity identity;
  identity.namespace_id = served->namespace_id;
  identity.cluster_id = served->cluster_id;
  identity.pool_id = served->block_pool_id;
  identity.creation_time = served->creation_ms;
  const auto attach = [this, &identity] { return store_.Attach(identity, uuid_); };
  Status attached = co_await pool_.Run(attach);
  if (!attached.ok()) co_return attached;
  co_return co_await session_.Register();
}

Task<void> NamenodeLink::Converse(NamenodeLink* self) {
  const Status met = co_await self->Meet();
  if (met.code() == StatusCode::kCancelled || self->group_.stopping()) co_return;
  if (!met.ok()) {
    self->on_failure_(met);
    co_return;
  }
  self->transfers_.SetSelf(self->session_.id());
  self->group_.Spawn("heartbeats", self->heartbeats_.Run());
  self->group_.Spawn("block reports", self->reports_.Run());
}

Task<Status> NamenodeLink::Transfer(TransferOrder order) {
  co_return co_await transfers_.Transfer(std::move(order));
}

Task<Status> NamenodeLink::Recover(RecoveryOrder order) {
  co_return co_await recovery_.Recover(std::move(order));
}

uint32_t NamenodeLink::OpenStreams() const { return transfers_.OpenStreams(); }

Task<void> NamenodeLink::TellBad(NamenodeLink* self, Block block, std::string storage_id,
                                 StorageType type) {
  LocatedBlock located;
  located.block = {self->session_.identity().block_pool_id, block};
  ReplicaLocation& place = located.locations.emplace_back();
  place.datanode.id = self->session_.id();
  place.storage_id = std::move(storage_id);
  place.storage_type = type;
  proto::ReportBadBlocksRequestProto request;
  *request.add_blocks() = ToProto(located);
  proto::ReportBadBlocksResponseProto response;
  const Status told = co_await self->session_.Call("reportBadBlocks", request, &response);
  if (!told.ok()) {
    LOG_WARN(kModule, "damaged replica not reported block={} error={}", block.id, told.ToString());
  }
  self->bad_reports_.fetch_sub(1, std::memory_order_relaxed);
}

void NamenodeLink::ReportBad(const Block& block, const Volume& volume) {
  LOG_WARN(kModule, "replica is damaged block={} volume={}", block.id, volume.path());
  if (bad_reports_.fetch_add(1, std::memory_order_relaxed) < kMaxBadReports &&
      group_.Spawn("report damage", TellBad(this, block, volume.storage_id(), volume.type()))) {
    return;
  }
  bad_reports_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace tusk::dfs::datanode

#include "dfs/datanode/upstream/heartbeat_loop.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "common/net/sleep.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs::datanode {

namespace {

constexpr std::string_view kModule = "datanode";

void FillReport(const StorageState& storage, proto::StorageReportProto* report) {
  report->set_storageuuid(storage.id);
  report->set_failed(storage.failed);
  report->set_capacity(storage.capacity);
  report->set_dfsused(storage.dfs_used);
  report->set_remaining(storage.remaining);
  report->set_blockpoolused(storage.dfs_used);
  const uint64_t known = storage.dfs_used + storage.remaining;
  report->set_nondfsused(storage.capacity > known ? storage.capacity - known : 0);
  proto::DatanodeStorageProto& name = *report->mutable_storage();
  name.set_storageuuid(storage.id);
  name.set_storagetype(ToProto(storage.type));
  name.set_state(proto::DatanodeStorageProto::NORMAL);
}

}  // namespace

HeartbeatLoop::HeartbeatLoop(NamenodeSession& session, ReplicaSource& replicas, BlockWorker& worker,
                             CommandExecutor& commands, const Clock& clock,
                             std::chrono::nanoseconds interval, std::function<void()> on_registered)
    : session_(session),
      replicas_(replicas),
      worker_(worker),
      commands_(commands),
      clock_(clock),
      interval_(interval),
      on_registered_(std::move(on_registered)) {}

Task<Status> HeartbeatLoop::RegisterAgain() {
  LOG_INFO(kModule, "the namenode asks to register again");
  CO_RETURN_IF_ERROR(co_await session_.Register());
  fresh_ = true;
  now_.Set();  // the namenode knows our room only from a life sign
  co_return Status();
}

Task<Status> HeartbeatLoop::SendOne() {
  proto::HeartbeatRequestProto request;
  *request.mutable_registration() = session_.registration();
  uint32_t failed = 0;
  for (const StorageState& storage : replicas_.Storages()) {
    FillReport(storage, request.add_reports());
    if (storage.failed) ++failed;
  }
  request.set_xmitsinprogress(commands_.transfers());
  request.set_xceivercount(worker_.OpenStreams());
  request.set_failedvolumes(failed);
  proto::HeartbeatResponseProto response;
  Status answered = co_await session_.Call("sendHeartbeat", request, &response);
  if (!answered.ok()) {
    if (MeansUnregistered(answered)) co_return co_await RegisterAgain();
    co_return answered;
  }
  heartbeats_.fetch_add(1, std::memory_order_relaxed);
  last_answer_ns_.store(clock_.SteadyNow().time_since_epoch().count(), std::memory_order_relaxed);
  const std::string pool = session_.identity().block_pool_id;
  for (const proto::DatanodeCommandProto& command : response.cmds()) {
    if (command.cmdtype() == proto::DatanodeCommandProto::RegisterCommand) {
      co_return co_await RegisterAgain();
    }
    Status begun = commands_.Execute(command, pool);
    if (!begun.ok()) LOG_WARN(kModule, "order left error={}", begun.ToString());
  }
  if (std::exchange(fresh_, false) && on_registered_) on_registered_();
  co_return Status();
}

Task<void> HeartbeatLoop::Run() {
  bool reached = true;
  while (!co_await IsCancelled()) {
    const Deadline next = Deadline::After(clock_, interval_);
    now_.Reset();
    Status sent = co_await SendOne();
    if (sent.code() == StatusCode::kCancelled) co_return;
    // Said once for each time that the namenode goes away.
    if (!sent.ok() && reached) LOG_WARN(kModule, "heartbeat failed error={}", sent.ToString());
    if (sent.ok() && !reached) LOG_INFO(kModule, "the namenode answers again");
    reached = sent.ok();
    co_await now_.Wait(next);
  }
}

}  // namespace tusk::dfs::datanode

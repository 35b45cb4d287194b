#include "dfs/datanode/upstream/block_report_loop.h"

#include <utility>
#include <vector>

#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "common/net/sleep.h"
#include "common/net/work_pool.h"
#include "common/time/backoff.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "dfs/datanode/upstream/block_list_writer.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs::datanode {

namespace {

constexpr std::string_view kModule = "datanode";

void FillStorage(const std::string& id, StorageType type, bool failed,
                 proto::DatanodeStorageProto* message) {
  message->set_storageuuid(id);
  message->set_storagetype(ToProto(type));
  message->set_state(failed ? proto::DatanodeStorageProto::READ_ONLY_SHARED
                            : proto::DatanodeStorageProto::NORMAL);
}

}  // namespace

BlockReportLoop::BlockReportLoop(NamenodeSession& session, ReplicaSource& replicas,
                                 IncrementalReport& changes, CommandExecutor& commands,
                                 WorkPool& pool, const Clock& clock, BlockReportOptions options)
    : session_(session),
      replicas_(replicas),
      changes_(changes),
      commands_(commands),
      pool_(pool),
      clock_(clock),
      options_(options) {}

void BlockReportLoop::RequestFull() {
  full_due_.store(true, std::memory_order_release);
  changes_.wake().Set();
}

Status BlockReportLoop::Encode(const std::vector<StorageState>& storages,
                               std::vector<proto::BlockReportRequestProto>* messages) const {
  const std::string pool = session_.identity().block_pool_id;
  const proto::DatanodeRegistrationProto registration = session_.registration();
  uint64_t total = 0;
  std::vector<proto::StorageBlockReportProto> reports;
  for (const StorageState& storage : storages) {
    if (storage.failed) continue;  // its replicas are gone: it is not part of the report
    BlockListWriter list;
    for (const ReportedReplica& replica : replicas_.ListReplicas(storage.id)) list.Add(replica);
    proto::StorageBlockReportProto& report = reports.emplace_back();
    FillStorage(storage.id, storage.type, false, report.mutable_storage());
    report.set_numberofblocks(list.count());
    total += list.count();
    for (std::string& buffer : list.TakeBuffers()) *report.add_blocksbuffers() = std::move(buffer);
  }
  const bool split = total > options_.split_threshold;
  const auto id = static_cast<int64_t>(RandomSeed() >> 1);
  for (proto::StorageBlockReportProto& report : reports) {
    if (messages->empty() || split) {
      proto::BlockReportRequestProto& message = messages->emplace_back();
      *message.mutable_registration() = registration;
      message.set_blockpoolid(pool);
    }
    *messages->back().add_reports() = std::move(report);
  }
  for (size_t i = 0; i < messages->size(); ++i) {
    proto::BlockReportContextProto& context = *(*messages)[i].mutable_context();
    context.set_totalrpcs(static_cast<int32_t>(messages->size()));
    context.set_currpc(static_cast<int32_t>(i));
    context.set_id(id);
  }
  return Status();
}

Task<Status> BlockReportLoop::SendFull() {
  const std::vector<StorageState> storages = replicas_.Storages();
  std::vector<proto::BlockReportRequestProto> messages;
  const auto encode = [this, &storages, &messages] { return Encode(storages, &messages); };
  CO_RETURN_IF_ERROR(co_await pool_.Run(encode));
  uint64_t count = 0;
  for (const proto::BlockReportRequestProto& message : messages) {
    proto::BlockReportResponseProto response;
    CO_RETURN_IF_ERROR(co_await session_.Call("blockReport", message, &response));
    for (const auto& report : message.reports()) count += report.numberofblocks();
    if (!response.has_cmd()) continue;
    Status begun = commands_.Execute(response.cmd(), session_.identity().block_pool_id);
    if (!begun.ok()) LOG_WARN(kModule, "order left error={}", begun.ToString());
  }
  full_reports_.fetch_add(1, std::memory_order_relaxed);
  LOG_INFO(kModule, "full block report taken replicas={} messages={}", count, messages.size());
  co_return Status();
}

Task<Status> BlockReportLoop::SendChanges() {
  std::vector<StorageChanges> taken = changes_.Take();
  if (taken.empty()) co_return Status();
  proto::BlockReceivedAndDeletedRequestProto request;
  *request.mutable_registration() = session_.registration();
  request.set_blockpoolid(session_.identity().block_pool_id);
  for (const StorageChanges& storage : taken) {
    proto::StorageReceivedDeletedBlocksProto& report = *request.add_blocks();
    report.set_storageuuid(storage.storage_id);
    FillStorage(storage.storage_id, storage.type, false, report.mutable_storage());
    for (const ReportedChange& change : storage.changes) {
      proto::ReceivedDeletedBlockInfoProto& info = *report.add_blocks();
      *info.mutable_block() = ToProto(change.block);
      info.set_status(static_cast<proto::ReceivedDeletedBlockInfoProto::BlockStatus>(change.kind));
      if (!change.delete_hint.empty()) info.set_deletehint(change.delete_hint);
    }
  }
  proto::BlockReceivedAndDeletedResponseProto response;
  Status sent = co_await session_.Call("blockReceivedAndDeleted", request, &response);
  if (!sent.ok()) changes_.PutBack(std::move(taken));
  co_return sent;
}

Task<void> BlockReportLoop::Run() {
  BackoffOptions times;
  times.initial = options_.first_retry;
  times.cap = options_.last_retry;
  Backoff backoff(times, RandomSeed());
  Deadline next_full = Deadline::After(clock_, options_.interval);
  while (!co_await IsCancelled()) {
    co_await changes_.wake().Wait(next_full);
    // Reset first: what is queued from here on sets it again.
    changes_.wake().Reset();
    if (next_full.Expired(clock_)) full_due_.store(true, std::memory_order_release);
    if (!session_.registered()) continue;
    Status sent;
    if (full_due_.exchange(false, std::memory_order_acq_rel)) {
      sent = co_await SendFull();
      if (!sent.ok()) full_due_.store(true, std::memory_order_release);
      next_full = Deadline::After(clock_, options_.interval);
    }
    if (sent.ok()) sent = co_await SendChanges();
    if (sent.ok()) {
      backoff.Reset();
      continue;
    }
    if (sent.code() == StatusCode::kCancelled) co_return;
    LOG_WARN(kModule, "block report did not come through, trying again error={}", sent.ToString());
    if (!(co_await SleepFor(backoff.Next())).ok()) co_return;
    changes_.wake().Set();
  }
}

}  // namespace tusk::dfs::datanode

#include "dfs/datanode/transfer/transfer_context.h"

#include <utility>

#include "common/log/logger.h"
#include "common/time/system_clock.h"

namespace tusk::dfs::datanode {
namespace {

constexpr size_t kIdleBuffers = 64;

}  // namespace

TransferContext::TransferContext(IoRuntime& runtime_in, BlockStore& store_in,
                                 TransferOptions options_in)
    : runtime(runtime_in),
      store(store_in),
      options(std::move(options_in)),
      metrics(options.metrics),
      buffers(kIdleBuffers) {}

Deadline TransferContext::In(std::chrono::nanoseconds timeout) {
  return Deadline::After(SystemClock::Get(), timeout);
}

Deadline TransferContext::PeerDeadline(size_t further) const {
  return In(options.socket_timeout + options.timeout_per_target * static_cast<int64_t>(further));
}

DatanodeId TransferContext::self() const {
  MutexLock lock(mutex_);
  return self_;
}

void TransferContext::set_self(DatanodeId self) {
  MutexLock lock(mutex_);
  self_ = std::move(self);
}

std::string TransferContext::OwnName(const Stream& stream) const {
  const DatanodeId known = self();
  return known.ip_address.empty() ? stream.LocalAddress() : known.TransferAddress();
}

Status TransferContext::CheckPool(const ExtendedBlock& block) const {
  if (!store.attached()) {
    return Status(StatusCode::kUnavailable, "this datanode has not registered yet");
  }
  if (block.pool_id != store.pool_id()) {
    return Status::Error(StatusCode::kFailedPrecondition, "block pool {} is not served here",
                         block.pool_id);
  }
  return Status();
}

void TransferContext::ReportCorrupt(const Block& block, const Volume& volume, const Status& cause) {
  metrics.corrupt_replicas.Add();
  LOG_ERROR("datanode", "replica is damaged block={} stamp={} volume={} cause={}", block.id,
            block.generation_stamp, volume.path(), cause.message());
  if (options.on_corrupt) options.on_corrupt(block, volume);
}

}  // namespace tusk::dfs::datanode

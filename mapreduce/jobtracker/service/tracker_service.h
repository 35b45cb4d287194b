#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "common/base/result.h"
#include "common/net/task.h"
#include "common/rpc/rpc_service.h"

namespace tusk {
class Clock;
}

namespace tusk::mapreduce::proto {
class NextActionsRequestProto;
class NextActionsResponseProto;
}  // namespace tusk::mapreduce::proto

namespace tusk::mapreduce::jobtracker {

class JobTable;

/// The protocol between trackers and the jobtracker: `registerTracker`, `nextActions` (held open
/// until there is something to do), `report`. Translates messages, nothing else; every message is
/// checked before the job table sees it.
class TrackerService {
 public:
  static constexpr std::string_view kProtocol = "tusk.mapreduce.TrackerProtocol";

  /// `epoch` names this run of the jobtracker: calls that carry another one are refused, so that a
  /// tracker registers again after a restart. `table` and `clock` must outlive the service.
  TrackerService(JobTable& table, const Clock& clock, uint64_t epoch,
                 std::chrono::milliseconds heartbeat);

  rpc::RpcService& service() { return service_; }

 private:
  Status CheckEpoch(uint64_t epoch) const;
  Task<Result<proto::NextActionsResponseProto>> NextActions(
      const rpc::CallContext& call, const proto::NextActionsRequestProto& request);

  JobTable& table_;
  const Clock& clock_;
  const uint64_t epoch_;
  const std::chrono::milliseconds heartbeat_;
  rpc::RpcService service_;
};

}  // namespace tusk::mapreduce::jobtracker

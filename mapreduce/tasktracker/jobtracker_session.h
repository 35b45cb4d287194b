#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/net/async_event.h"
#include "common/net/endpoint.h"
#include "common/net/task.h"
#include "common/net/task_group.h"
#include "mapreduce/proto/tracker.pb.h"

namespace tusk {
class Clock;
namespace rpc {
class RpcClient;
}
}  // namespace tusk

namespace tusk::mapreduce::tasktracker {

/// The tracker's side of its conversation with the jobtracker: registers, keeps one call open for
/// actions, reports events the moment they happen and an empty report when nothing does.
///
/// Reports are numbered and repeated until answered, so each event counts once. When the jobtracker
/// says that it does not know this tracker (it was restarted, or gave it up), everything that runs
/// here is void: `reset` is called, and the tracker registers as a new run. While the jobtracker is
/// away, tasks go on and reports wait.
///
/// Owned by the strand of `group`: every method and callback is called there.
class JobtrackerSession {
 public:
  /// Who the tracker is and whom it talks to.
  struct Options {
    Endpoint jobtracker;
    std::string user;
    std::string host;
    std::string shuffle_host;
    std::string rack;
    uint16_t shuffle_port = 0;
    uint16_t http_port = 0;
    uint32_t map_slots = 1;
    uint32_t reduce_slots = 1;
  };
  /// What the tracker does with what the session learns.
  struct Callbacks {
    std::function<void(const std::string& tracker_id)> registered;
    std::function<void(const proto::ActionProto&)> action;
    std::function<void()> reset;
  };

  /// All must outlive the session's tasks.
  JobtrackerSession(TaskGroup& group, rpc::RpcClient& client, const Clock& clock, Options options,
                    Callbacks callbacks);

  /// Starts both loops in the group; they end when the group stops.
  void Start();
  /// Queues an event for the next report, which leaves at once.
  void Report(proto::TrackerEventProto event);

  bool connected() const { return registered_; }

 private:
  Task<void> ActionLoop();
  Task<void> ReportLoop();
  Task<bool> Register();
  Task<Status> FetchActions();
  Task<Status> SendReport();
  void Forget();

  TaskGroup& group_;
  rpc::RpcClient& client_;
  const Clock& clock_;
  const Options options_;
  const Callbacks callbacks_;
  AsyncEvent events_waiting_;
  AsyncEvent is_registered_;

  // Owned by the strand.
  bool registered_ = false;
  std::string tracker_id_;
  uint64_t epoch_ = 0;
  std::string incarnation_;  // of the registration
  std::chrono::milliseconds heartbeat_{1000};
  uint64_t acknowledged_ = 0;
  uint64_t report_number_ = 0;
  uint64_t run_ = 0;  // rises with each registration: answers to older calls are ignored
  std::vector<proto::TrackerEventProto> waiting_;
  std::vector<proto::TrackerEventProto> sending_;
};

}  // namespace tusk::mapreduce::tasktracker

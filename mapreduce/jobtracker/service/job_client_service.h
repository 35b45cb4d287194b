#pragma once

#include <functional>
#include <string>

#include "common/base/result.h"
#include "common/net/task.h"
#include "common/rpc/rpc_service.h"
#include "mapreduce/jobtracker/job_table.h"

namespace tusk {
class Clock;
class WorkPool;
}  // namespace tusk

namespace tusk::mapreduce::proto {
class GetJobStatusRequestProto;
class GetJobStatusResponseProto;
class JobStatusProto;
class SubmitJobRequestProto;
class SubmitJobResponseProto;
class TaskReportProto;
}  // namespace tusk::mapreduce::proto

namespace tusk::mapreduce::jobtracker {

class JobHistory;

/// What job programs and the command line may ask: prepare, submit, status (held open until
/// something changes), kill, priority, list, tasks, trackers. Translates messages, nothing else.
class JobClientService {
 public:
  static constexpr std::string_view kProtocol = "tusk.mapreduce.JobClientProtocol";

  /// Where things are, for answers.
  struct Options {
    std::string web_address;   ///< "127.0.0.1:8088"
    std::string staging_root;  ///< in the file system: job programs go below it
    std::string superuser;     ///< may kill and change every job
  };

  /// Everything must outlive the service.
  JobClientService(JobTable& table, JobHistory& history, WorkPool& pool, const Clock& clock,
                   Options options);

  rpc::RpcService& service() { return service_; }

  /// "http://127.0.0.1:8088/jobs/job_..."
  std::string UrlOf(const JobId& id) const;

 private:
  void AddJobMethods();
  void AddListMethods();
  Task<Result<proto::GetJobStatusResponseProto>> GetJobStatus(
      const rpc::CallContext& call, const proto::GetJobStatusRequestProto& request);

  Task<Result<proto::SubmitJobResponseProto>> SubmitJob(
      const rpc::CallContext& call, const proto::SubmitJobRequestProto& request);

  JobTable& table_;
  JobHistory& history_;
  WorkPool& pool_;
  const Clock& clock_;
  const Options options_;
  rpc::RpcService service_;
};

/// A snapshot as the message that clients and the history get. `url` may be empty.
void ToProto(const JobSnapshot& job, const std::string& url, bool with_counters,
             proto::JobStatusProto* out);
void ToProto(const TaskSnapshot& task, proto::TaskReportProto* out);

}  // namespace tusk::mapreduce::jobtracker

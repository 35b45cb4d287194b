#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/net/endpoint.h"
#include "mapreduce/model/ids.h"
#include "mapreduce/model/job_spec.h"
#include "mapreduce/model/task_state.h"
#include "mapreduce/proto/job_client.pb.h"

namespace tusk {
class Clock;
class Config;
class IoRuntime;
namespace rpc {
class RpcClient;
}
namespace dfs {
class FileSystem;
}
}  // namespace tusk

namespace google::protobuf {
class MessageLite;
}

namespace tusk::mapreduce {

/// Job programs' and the command line's way to the jobtracker. Blocking and thread-safe.
///
/// A jobtracker that is away for a moment is waited for, up to `Options::patience`; then
/// kUnavailable says where it was looked for.
class JobClient {
 public:
  /// Whom to ask, as whom, and for how long.
  struct Options {
    Endpoint jobtracker;
    std::string user;
    std::chrono::milliseconds call_timeout{30'000};
    std::chrono::milliseconds patience{10'000};
  };

  /// From the configuration: mapreduce.jobtracker.address, and the user that the file system sees.
  static Result<std::unique_ptr<JobClient>> Open(const Config& config, std::string user);
  explicit JobClient(Options options);
  ~JobClient();

  /// Puts this program's binary into the file system, unless it is there already, and submits
  /// `spec` (whose splits are made, whose binary fields are filled in here). Returns the job's id.
  Result<JobId> Submit(dfs::FileSystem& files, JobSpec spec, const std::string& program_path);

  /// The job's state; with `seen` and `wait`, as soon as its version differs from `seen`, or after
  /// `wait`. kNotFound.
  Result<proto::JobStatusProto> GetStatus(const JobId& id, bool with_counters,
                                          std::optional<uint64_t> seen = std::nullopt,
                                          std::chrono::milliseconds wait = {});
  /// Waits for the end and returns the final state with counters, or the state at the moment when
  /// `progress` (called at each change, and at least each 500 ms) answers false.
  Result<proto::JobStatusProto> Wait(
      const JobId& id, const std::function<bool(const proto::JobStatusProto&)>& progress);

  /// False when it had ended already.
  Result<bool> Kill(const JobId& id);
  Status SetPriority(const JobId& id, JobPriority priority);
  Result<std::vector<proto::JobStatusProto>> List(bool all);
  /// Every task of one type, or of both.
  Result<std::vector<proto::TaskReportProto>> Tasks(const JobId& id, std::optional<TaskType> type);
  Result<std::vector<proto::TrackerReportProto>> Trackers();

  const Options& options() const { return options_; }

 private:
  Status Call(std::string_view method, const google::protobuf::MessageLite& request,
              google::protobuf::MessageLite* response);
  Status Upload(dfs::FileSystem& files, const std::string& program, const std::string& path,
                const std::string& staging);

  const Options options_;
  const Clock& clock_;
  const std::unique_ptr<IoRuntime> runtime_;
  const std::unique_ptr<rpc::RpcClient> client_;
};

/// SHA-256 of a local file as 64 hexadecimal digits.
Result<std::string> HashOfFile(const std::string& path);

/// True for a state that does not change any more.
bool HasEnded(const proto::JobStatusProto& status);

}  // namespace tusk::mapreduce

#include "mapreduce/client/job_client.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/base/random.h"
#include "common/base/scope_exit.h"
#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/net/io_runtime.h"
#include "common/net/sleep.h"
#include "common/rpc/rpc_client.h"
#include "common/time/backoff.h"
#include "common/time/deadline.h"
#include "common/time/system_clock.h"
#include "dfs/client/file_system.h"
#include "mapreduce/client/program_hash.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/model/mapreduce_options.h"

namespace tusk::mapreduce {

namespace {

constexpr std::string_view kProtocol = "tusk.mapreduce.JobClientProtocol";
constexpr size_t kChunkBytes = 1 << 20;
constexpr std::chrono::milliseconds kRefresh{500};
constexpr uint32_t kTasksPerCall = 1000;

/// Reads a local file in pieces.
Status ForEachChunk(const std::string& path, const std::function<Status(ByteView)>& use) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus(errno, "open " + path);
  ScopeExit close_file([fd] { close(fd); });
  std::vector<uint8_t> chunk(kChunkBytes);
  while (true) {
    const ssize_t got = read(fd, chunk.data(), chunk.size());
    if (got == 0) return Status::Ok();
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus(errno, "read " + path);
    RETURN_IF_ERROR(use(ByteView(chunk.data(), static_cast<size_t>(got))));
  }
}

}  // namespace

Result<std::string> HashOfFile(const std::string& path) {
  EVP_MD_CTX* digest = EVP_MD_CTX_new();
  ScopeExit free_digest([digest] { EVP_MD_CTX_free(digest); });
  EVP_DigestInit_ex(digest, EVP_sha256(), nullptr);
  RETURN_IF_ERROR(ForEachChunk(path, [digest](ByteView bytes) {
    EVP_DigestUpdate(digest, bytes.data(), bytes.size());
    return Status::Ok();
  }));
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_DigestFinal_ex(digest, sum, &length);
  std::string text;
  for (unsigned int i = 0; i < length; ++i) text += fmt::format("{:02x}", sum[i]);
  return text;
}

bool HasEnded(const proto::JobStatusProto& status) {
  return IsFinal(static_cast<JobState>(status.state()));
}

Result<std::unique_ptr<JobClient>> JobClient::Open(const Config& config, std::string user) {
  Options options;
  ASSIGN_OR_RETURN(options.jobtracker, Endpoint::Parse(config.Get(kJobtrackerAddress)));
  options.user = std::move(user);
  return std::make_unique<JobClient>(std::move(options));
}

JobClient::JobClient(Options options)
    : options_(std::move(options)),
      clock_(SystemClock::Get()),
      runtime_(std::make_unique<IoRuntime>(1)),
      client_(std::make_unique<rpc::RpcClient>(*runtime_, rpc::RpcClientOptions(),
                                               rpc::BasicErrorTable())) {}

JobClient::~JobClient() {
  client_->Stop();
  runtime_->Stop();
}

Status JobClient::Call(std::string_view method, const google::protobuf::MessageLite& request,
                       google::protobuf::MessageLite* response) {
  const Deadline patience = Deadline::After(clock_, options_.patience);
  Backoff backoff(BackoffOptions(), RandomSeed());
  while (true) {
    rpc::CallOptions call;
    call.server = options_.jobtracker;
    call.user = options_.user;
    call.deadline = Deadline::After(clock_, options_.call_timeout + std::chrono::minutes(1));
    const Status status = client_->CallBlocking(kProtocol, method, request, response, call);
    // Every call of the protocol may be repeated: an unknown result is asked for again.
    const bool away = status.code() == StatusCode::kNotResponding ||
                      status.code() == StatusCode::kUnavailable ||
                      status.code() == StatusCode::kMaybeDone;
    if (!away) return status;
    if (patience.Expired(clock_)) {
      return Status::Error(StatusCode::kUnavailable,
                           "no jobtracker answers at {}:{} ({}); start one, or name it: -D "
                           "mapreduce.jobtracker.address=HOST:PORT",
                           options_.jobtracker.host, options_.jobtracker.port, status.message());
    }
    const Status slept = RunBlocking(runtime_->executor(), SleepFor(backoff.Next()));
    if (!slept.ok()) return slept;
  }
}

Result<JobId> JobClient::Submit(dfs::FileSystem& files, JobSpec spec,
                                const std::string& program_path) {
  ASSIGN_OR_RETURN(spec.binary_hash, HashOfProgram(program_path, clock_));
  proto::PrepareJobRequestProto prepare;
  prepare.set_binary_hash(spec.binary_hash);
  proto::PrepareJobResponseProto prepared;
  RETURN_IF_ERROR(Call("prepareJob", prepare, &prepared));
  spec.binary_path = prepared.binary_path();
  ASSIGN_OR_RETURN(bool present, files.Exists(spec.binary_path));
  if (!present) {
    RETURN_IF_ERROR(Upload(files, program_path, spec.binary_path, prepared.staging_path())
                        .WithContext("put the job's program into the file system"));
  }
  ASSIGN_OR_RETURN(JobId id, FromProto(prepared.job()));
  proto::SubmitJobRequestProto submit;
  *submit.mutable_job() = prepared.job();
  ToProto(spec, submit.mutable_spec());
  proto::SubmitJobResponseProto submitted;
  RETURN_IF_ERROR(Call("submitJob", submit, &submitted));
  return id;
}

Status JobClient::Upload(dfs::FileSystem& files, const std::string& program,
                         const std::string& path, const std::string& staging) {
  // /tmp and the staging directory belong to all users, with the sticky bit, as /tmp does anywhere.
  for (const std::string& directory : {std::string("/tmp"), staging}) {
    ASSIGN_OR_RETURN(bool exists, files.Exists(directory));
    if (exists) continue;
    RETURN_IF_ERROR(files.MakeDirectories(directory));
    RETURN_IF_ERROR(files.SetPermission(directory, 01777));
  }
  const std::string part = fmt::format("{}.{:016x}", path, RandomSeed());
  ASSIGN_OR_RETURN(auto output, files.Create(part));
  Status written =
      ForEachChunk(program, [&output](ByteView bytes) { return output->Write(bytes); });
  if (written.ok()) written = output->Close();
  if (written.ok()) {
    written = files.Rename(part, path);
    // Somebody else put the same program there meanwhile: same hash, same bytes.
    if (written.code() == StatusCode::kAlreadyExists) written = files.Delete(part, false).status();
  }
  return written;
}

Result<proto::JobStatusProto> JobClient::GetStatus(const JobId& id, bool with_counters,
                                                   std::optional<uint64_t> seen,
                                                   std::chrono::milliseconds wait) {
  proto::GetJobStatusRequestProto request;
  ToProto(id, request.mutable_job());
  if (seen) request.set_seen_version(*seen);
  request.set_wait_ms(static_cast<uint32_t>(wait.count()));
  request.set_with_counters(with_counters);
  proto::GetJobStatusResponseProto response;
  RETURN_IF_ERROR(Call("getJobStatus", request, &response));
  if (!response.has_status()) {
    return Status::Error(StatusCode::kNotFound, "the jobtracker knows no job {}", id.ToString());
  }
  return std::move(*response.mutable_status());
}

Result<proto::JobStatusProto> JobClient::Wait(
    const JobId& id, const std::function<bool(const proto::JobStatusProto&)>& progress) {
  std::optional<uint64_t> seen;
  while (true) {
    ASSIGN_OR_RETURN(proto::JobStatusProto status, GetStatus(id, true, seen, kRefresh));
    if (HasEnded(status) || !progress(status)) return status;
    seen = status.version();
  }
}

Result<bool> JobClient::Kill(const JobId& id) {
  proto::KillJobRequestProto request;
  ToProto(id, request.mutable_job());
  proto::KillJobResponseProto response;
  RETURN_IF_ERROR(Call("killJob", request, &response));
  return response.killed();
}

Status JobClient::SetPriority(const JobId& id, JobPriority priority) {
  proto::SetPriorityRequestProto request;
  ToProto(id, request.mutable_job());
  request.set_priority(static_cast<uint32_t>(priority));
  proto::SetPriorityResponseProto response;
  return Call("setPriority", request, &response);
}

Result<std::vector<proto::JobStatusProto>> JobClient::List(bool all) {
  proto::ListJobsRequestProto request;
  request.set_all(all);
  proto::ListJobsResponseProto response;
  RETURN_IF_ERROR(Call("listJobs", request, &response));
  return std::vector<proto::JobStatusProto>(response.jobs().begin(), response.jobs().end());
}

Result<std::vector<proto::TaskReportProto>> JobClient::Tasks(const JobId& id,
                                                             std::optional<TaskType> type) {
  std::vector<proto::TaskReportProto> tasks;
  for (const TaskType wanted : {TaskType::kMap, TaskType::kReduce}) {
    if (type && *type != wanted) continue;
    for (uint32_t first = 0;; first += kTasksPerCall) {
      proto::GetTaskReportsRequestProto request;
      ToProto(id, request.mutable_job());
      request.set_type(static_cast<uint32_t>(wanted));
      request.set_first(first);
      request.set_limit(kTasksPerCall);
      proto::GetTaskReportsResponseProto response;
      RETURN_IF_ERROR(Call("getTaskReports", request, &response));
      tasks.insert(tasks.end(), response.tasks().begin(), response.tasks().end());
      if (!response.more()) break;
    }
  }
  return tasks;
}

Result<std::vector<proto::TrackerReportProto>> JobClient::Trackers() {
  proto::ListTrackersRequestProto request;
  proto::ListTrackersResponseProto response;
  RETURN_IF_ERROR(Call("listTrackers", request, &response));
  return std::vector<proto::TrackerReportProto>(response.trackers().begin(),
                                                response.trackers().end());
}

}  // namespace tusk::mapreduce

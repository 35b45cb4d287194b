#include "mapreduce/jobtracker/job_finisher.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "common/net/work_pool.h"
#include "dfs/client/file_system.h"
#include "mapreduce/io/output_committer.h"
#include "mapreduce/jobtracker/job_history.h"
#include "mapreduce/jobtracker/service/job_client_service.h"

namespace tusk::mapreduce::jobtracker {

JobFinisher::JobFinisher(WorkPool& pool, JobHistory& history, OpenFiles open_files,
                         std::function<std::string(const JobId&)> url_of)
    : pool_(pool),
      history_(history),
      open_files_(std::move(open_files)),
      url_of_(std::move(url_of)) {}

Result<std::shared_ptr<dfs::FileSystem>> JobFinisher::FilesOf(const JobSpec& spec) {
  const auto named = spec.parameters.find(std::string(kFileSystemParameter));
  const std::string uri = named == spec.parameters.end() ? std::string() : named->second;
  MutexLock lock(mutex_);
  std::shared_ptr<dfs::FileSystem>& files = files_[uri];
  if (files == nullptr) {
    ASSIGN_OR_RETURN(files, open_files_(uri));
  }
  return files;
}

void JobFinisher::Commit(const JobSnapshot& job, OutputManifest manifest,
                         std::function<void(Status)> done) {
  if (job.spec->output_path.empty()) return done(Status::Ok());
  const auto commit = [this, spec = job.spec, manifest = std::move(manifest)]() -> Status {
    ASSIGN_OR_RETURN(std::shared_ptr<dfs::FileSystem> files, FilesOf(*spec));
    return OutputCommitter(*spec, *files).CommitJob(manifest);
  };
  const Status posted = pool_.Post([commit, done] { done(commit()); });
  if (!posted.ok()) done(posted);
}

void JobFinisher::Abort(const JobSnapshot& job, std::function<void(Status)> done) {
  if (job.spec->output_path.empty()) return done(Status::Ok());
  const auto abort = [this, spec = job.spec]() -> Status {
    ASSIGN_OR_RETURN(std::shared_ptr<dfs::FileSystem> files, FilesOf(*spec));
    return OutputCommitter(*spec, *files).AbortJob();
  };
  const Status posted = pool_.Post([abort, done, id = job.id] {
    const Status status = abort();
    if (!status.ok())
      LOG_WARN("jobtracker", "clear away after {}: {}", id.ToString(), status.message());
    done(status);
  });
  if (!posted.ok()) done(posted);
}

void JobFinisher::Ended(const JobSnapshot& job, std::vector<TaskSnapshot> remarkable_tasks) {
  LOG_INFO("jobtracker", "{} \"{}\" {}: {} ms{}{}", job.id.ToString(), job.spec->name,
           JobStateName(job.state), job.finished_ms - job.submitted_ms,
           job.cause.empty() ? "" : ", ", job.cause);
  const auto record = [this, job, tasks = std::move(remarkable_tasks)] {
    proto::JobStatusProto status;
    ToProto(job, url_of_(job.id), true, &status);
    std::vector<proto::TaskReportProto> reports(tasks.size());
    for (size_t i = 0; i < tasks.size(); ++i) ToProto(tasks[i], &reports[i]);
    const Status written = history_.Finished(status, reports);
    if (!written.ok()) LOG_ERROR("jobtracker", "write the history: {}", written.message());
  };
  const Status posted = pool_.Post(record);
  if (!posted.ok())
    LOG_WARN("jobtracker", "history of {}: {}", job.id.ToString(), posted.message());
}

}  // namespace tusk::mapreduce::jobtracker

#include "mapreduce/client/job_chain.h"

#include <fmt/format.h>

#include "common/base/random.h"
#include "common/base/scope_exit.h"
#include "common/base/status_macros.h"
#include "dfs/client/file_system.h"

namespace tusk::mapreduce {

std::string JobChain::Intermediate() {
  intermediates_.push_back(fmt::format("{}-temp-{:016x}", name_, RandomSeed()));
  return intermediates_.back();
}

JobChain& JobChain::Add(Job job) {
  jobs_.push_back(std::move(job));
  return *this;
}

Status JobChain::CheckOutputs(JobRunner& runner) const {
  for (const Job& job : jobs_) {
    ASSIGN_OR_RETURN(const bool exists, runner.files().Exists(job.spec().output_path));
    if (exists) {
      return Status::Error(StatusCode::kAlreadyExists, "Output directory {} already exists",
                           job.spec().output_path);
    }
  }
  return Status::Ok();
}

Result<std::vector<JobResult>> JobChain::Run(JobRunner& runner) {
  RETURN_IF_ERROR(CheckOutputs(runner));
  const ScopeExit remove_intermediates([this, &runner] {
    for (const std::string& path : intermediates_) {
      const Status ignored = runner.files().Delete(path, true).status();
      static_cast<void>(ignored);  // what cannot be removed does not change the result
    }
  });
  std::vector<JobResult> results;
  for (const Job& job : jobs_) {
    ASSIGN_OR_RETURN(JobResult result, runner.Run(job));
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace tusk::mapreduce

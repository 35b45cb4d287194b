#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mapreduce/client/job_runner.h"

namespace tusk::mapreduce {

/// Jobs that run one after the other, each reading what one before it wrote:
///
///   JobChain chain("grep");
///   const std::string found = chain.Intermediate();
///   chain.Add(Job("search")....Write<SequenceOutput>(found));
///   chain.Add(Job("sort").Read<SequenceInput<...>>({found})....Write<TextOutput>(output));
///   return program.Run(std::move(chain));
///
/// The final output is checked before the first job runs. Intermediate directories are removed at
/// the end, whether the chain succeeds or not. Inputs of later jobs are read by their manifest: an
/// unfinished one is refused.
class JobChain {
 public:
  explicit JobChain(std::string name) : name_(std::move(name)) {}

  /// A fresh directory name for what one job hands to the next: "NAME-temp-16HEX" in the user's
  /// home.
  std::string Intermediate();
  JobChain& Add(Job job);

  /// Calls `visit(Job&)` for each job.
  template <typename F>
  void ForEach(F visit) {
    for (Job& job : jobs_) visit(job);
  }

  /// Runs all of it; results in order of jobs. The first failure ends it.
  Result<std::vector<JobResult>> Run(JobRunner& runner);

 private:
  Status CheckOutputs(JobRunner& runner) const;

  const std::string name_;
  std::vector<Job> jobs_;
  std::vector<std::string> intermediates_;
};

}  // namespace tusk::mapreduce

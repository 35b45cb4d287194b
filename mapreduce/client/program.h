#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/config/config.h"
#include "mapreduce/client/job_chain.h"
#include "mapreduce/client/job_runner.h"

namespace tusk::mapreduce {

/// How a run ended: the exit status of `main`, or a Status for RETURN_IF_ERROR. The error has been
/// told to the user already.
class [[nodiscard]] RunOutcome {
 public:
  explicit RunOutcome(Status status) : status_(std::move(status)) {}
  bool ok() const { return status_.ok(); }
  operator int() const { return status_.ok() ? 0 : 1; }  // NOLINT(google-explicit-constructor)
  operator Status() const { return status_; }            // NOLINT(google-explicit-constructor)

 private:
  Status status_;
};

/// The `main` of a job binary.
///
///   Program program(argc, argv, "IN... OUT  counts words");
///   return program.Run(Job("word count")...);
///
/// The constructor reads the command line: Hadoop's generic options (-D, --conf, -fs, ...) and
/// --local (no daemons: this process, this machine's files) anywhere before or among the arguments,
/// --help. In a task process it runs the tasks and does not return. Wrong usage ends the program
/// with exit status 2 and the usage on stderr. One thread.
class Program {
 public:
  /// `usage`: argument names (one that ends in "..." may be repeated), two spaces, a sentence.
  /// `options`: what the configuration may have besides the options of jobs.
  Program(int argc, char** argv, std::string_view usage,
          std::span<const OptionBase* const> options = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// What is left of the command line, in order: as many as the usage asks for.
  const std::vector<std::string>& arguments() const { return arguments_; }
  /// All arguments but the last, and the last.
  std::vector<std::string> Inputs() const;
  std::string Output() const;

  bool local() const { return local_; }
  const Config& config() const { return *config_; }

  /// Runs and tells the user how it went: the closing line on stderr, or the error.
  RunOutcome Run(Job job);
  RunOutcome Run(JobChain chain);
  /// The same with the results, for programs that go on with them; tells nothing on success.
  Result<JobResult> Execute(Job job);
  /// The file system of the job's paths, or why there is none.
  Result<dfs::FileSystem*> Files();

  /// Prints "error: ..." as Run does; for the errors of the program itself.
  RunOutcome Fail(const Status& status) const;

 private:
  void ReadCommandLine(int argc, char** argv, std::span<const OptionBase* const> options);
  void CheckArguments() const;
  [[noreturn]] void ExitWithUsage(int exit_status, std::string_view complaint) const;
  Result<JobRunner*> Runner();
  void Stamp(Job* job) const;

  const std::string usage_;
  std::string name_;
  std::string binary_path_;
  std::vector<std::string> all_arguments_;
  std::vector<std::string> arguments_;
  bool local_ = false;
  std::unique_ptr<Config> config_;
  std::unique_ptr<JobRunner> runner_;
};

}  // namespace tusk::mapreduce

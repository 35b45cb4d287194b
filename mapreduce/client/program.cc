#include "mapreduce/client/program.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "common/config/command_line.h"
#include "common/config/config_loader.h"
#include "common/config/option_registry.h"
#include "common/env/posix_env.h"
#include "dfs/client/file_system.h"
#include "mapreduce/client/job_binary_note.h"
#include "mapreduce/client/open_job_runner.h"

// The mark that says "this program is a job" (client/job_binary_note.h has the same values), in
// assembler because only that makes a note which linkers keep as one.
asm(R"(
  .pushsection .note.tusk, "a", %note
  .balign 4
  .long 5
  .long 4
  .long 0x4a4f42
  .asciz "Tusk"
  .balign 4
  .long 1
  .popsection
)");

namespace tusk::mapreduce {
namespace {

constexpr int kUsageError = 2;
static_assert(kJobBinaryNoteName == "Tusk" && kJobBinaryNoteType == 0x4a4f42 &&
              kJobBinaryVersion == 1);

/// "IN... OUT  counts words" in its two parts.
std::pair<std::string_view, std::string_view> CutUsage(std::string_view usage) {
  const size_t cut = usage.find("  ");
  if (cut == std::string_view::npos) return {usage, ""};
  return {usage.substr(0, cut), usage.substr(cut + 2)};
}

std::string PathOfThisBinary() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::string() : path.string();
}

}  // namespace

Program::Program(int argc, char** argv, std::string_view usage,
                 std::span<const OptionBase* const> options)
    : usage_(usage), name_(argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "job") {
  if (const std::optional<int> exit_status = RunAsTaskProcess()) {
    // Not exit: destructors of the driver's objects have nothing to do with a task.
    std::fflush(nullptr);
    std::_Exit(*exit_status);
  }
  ReadCommandLine(argc, argv, options);
  CheckArguments();
}

Program::~Program() = default;

void Program::ReadCommandLine(int argc, char** argv, std::span<const OptionBase* const> options) {
  binary_path_ = PathOfThisBinary();
  all_arguments_.assign(argv + std::min(argc, 1), argv + argc);
  std::vector<std::string> rest = all_arguments_;
  ConfigSources sources;
  sources.environment = ProcessEnvironment();
  while (!rest.empty()) {
    const Status taken = TakeGenericOptions(rest, sources);
    if (!taken.ok()) ExitWithUsage(kUsageError, taken.message());
    if (rest.empty()) break;
    const std::string word = rest.front();
    rest.erase(rest.begin());
    if (word == "--local") {
      local_ = true;
    } else if (word == "--help" || word == "-help" || word == "-h") {
      ExitWithUsage(0, "");
    } else if (word == "--") {
      arguments_.insert(arguments_.end(), rest.begin(), rest.end());
      break;
    } else if (word.starts_with("--")) {
      ExitWithUsage(kUsageError, fmt::format("unknown option: {} (an argument that starts with -- "
                                             "goes behind a -- of its own)",
                                             word));
    } else {
      arguments_.push_back(word);
    }
  }
  OptionRegistry registry = JobBinaryOptions();
  registry.Add(options);
  Result<Config> config = LoadConfig(PosixEnv::Get(), registry, sources);
  if (!config.ok()) ExitWithUsage(kUsageError, config.status().message());
  config_ = std::make_unique<Config>(std::move(config).value());
}

void Program::CheckArguments() const {
  std::string_view names = CutUsage(usage_).first;
  size_t wanted = 0;
  bool more = false;
  while (!names.empty()) {
    const size_t end = names.find(' ');
    const std::string_view name = names.substr(0, end);
    if (name.starts_with('[')) {
      more = true;
    } else if (!name.empty()) {
      ++wanted;
      more = more || name.ends_with("...");
    }
    names.remove_prefix(end == std::string_view::npos ? names.size() : end + 1);
  }
  if (arguments_.size() < wanted) {
    ExitWithUsage(kUsageError,
                  fmt::format("{} arguments are needed, given: {}", wanted, arguments_.size()));
  }
  if (arguments_.size() > wanted && !more) {
    ExitWithUsage(kUsageError, fmt::format("unexpected argument: {}", arguments_[wanted]));
  }
}

void Program::ExitWithUsage(int exit_status, std::string_view complaint) const {
  const auto [names, sentence] = CutUsage(usage_);
  std::FILE* const out = exit_status == 0 ? stdout : stderr;
  if (!complaint.empty()) fmt::print(out, "error: {}\n", complaint);
  fmt::print(out, "usage: {} [options] {}\n", name_, names);
  if (!sentence.empty()) fmt::print(out, "       {}\n", sentence);
  fmt::print(
      out,
      "options:\n  --local       run in this process, on this machine's files, without daemons\n{}",
      GenericOptionsUsage());
  std::fflush(out);
  std::exit(exit_status);
}

std::vector<std::string> Program::Inputs() const {
  if (arguments_.empty()) return {};
  return {arguments_.begin(), arguments_.end() - 1};
}

std::string Program::Output() const {
  return arguments_.empty() ? std::string() : arguments_.back();
}

Result<JobRunner*> Program::Runner() {
  if (runner_ == nullptr) {
    ASSIGN_OR_RETURN(runner_, OpenJobRunner(*config_, local_));
  }
  return runner_.get();
}

Result<dfs::FileSystem*> Program::Files() {
  ASSIGN_OR_RETURN(JobRunner* const runner, Runner());
  return &runner->files();
}

void Program::Stamp(Job* job) const {
  job->spec().binary_path = binary_path_;
  job->spec().arguments = all_arguments_;
}

Result<JobResult> Program::Execute(Job job) {
  Stamp(&job);
  ASSIGN_OR_RETURN(JobRunner* const runner, Runner());
  return runner->Run(std::move(job));
}

RunOutcome Program::Run(Job job) {
  const Result<JobResult> result = Execute(std::move(job));
  if (!result.ok()) return Fail(result.status());
  fmt::print(stderr, "{}\n", SummaryOf(*result));
  return RunOutcome(Status::Ok());
}

RunOutcome Program::Run(JobChain chain) {
  const Result<JobRunner*> runner = Runner();
  if (!runner.ok()) return Fail(runner.status());
  chain.ForEach([this](Job& job) { Stamp(&job); });
  const Result<std::vector<JobResult>> results = chain.Run(**runner);
  if (!results.ok()) return Fail(results.status());
  for (const JobResult& result : *results) fmt::print(stderr, "{}\n", SummaryOf(result));
  return RunOutcome(Status::Ok());
}

RunOutcome Program::Fail(const Status& status) const {
  fmt::print(stderr, "error: {}\n", status.message());
  return RunOutcome(status);
}

}  // namespace tusk::mapreduce

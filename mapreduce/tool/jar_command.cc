#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "common/base/status_macros.h"
#include "common/config/command_line.h"
#include "common/config/config_loader.h"
#include "mapreduce/tool/job_binary.h"
#include "mapreduce/tool/mapreduce_commands.h"

namespace tusk::mapreduce {
namespace {

constexpr int kFailed = 255;  // Hadoop's RunJar ends with -1

/// The words behind a verb: generic options (for the job's program), its name, its arguments.
struct JobWords {
  std::vector<std::string> options;
  std::string name;
  std::vector<std::string> arguments;

  std::vector<std::string> ForProgram() const {
    std::vector<std::string> all = options;
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
  }
};

Result<JobWords> SplitWords(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  std::vector<std::string> rest = words;
  ConfigSources ignored;  // the program reads them itself
  RETURN_IF_ERROR(TakeGenericOptions(rest, ignored));
  JobWords split;
  split.options.assign(words.begin(), words.end() - static_cast<ptrdiff_t>(rest.size()));
  if (rest.empty()) return split;
  split.name = rest.front();
  split.arguments.assign(rest.begin() + 1, rest.end());
  return split;
}

int Fail(std::string_view verb, const Status& status) {
  std::fflush(stdout);
  fmt::print(stderr, "{}: {}\n", verb, status.message());
  return kFailed;
}

bool IsHelp(const std::string& word) { return word == "--help" || word == "-help" || word == "-h"; }

int ListExamples(const std::string& directory) {
  const std::vector<Example> examples = FindExamples(directory);
  if (examples.empty()) {
    return Fail("example",
                Status::Error(StatusCode::kNotFound, "there are no job programs in {}", directory));
  }
  fmt::print("Valid program names are:\n");
  for (const Example& example : examples) {
    fmt::print("  {}: {}\n", example.name, SummaryOfProgram(example.path));
  }
  return 0;
}

}  // namespace

int JarCommandMain(int argc, char** argv) {
  const Result<JobWords> words = SplitWords(argc, argv);
  if (!words.ok()) return Fail("jar", words.status());
  if (words->name.empty() || IsHelp(words->name)) {
    const bool asked = !words->name.empty();
    fmt::print(asked ? stdout : stderr,
               "Usage: tusk jar [generic options] BINARY ARGS...\n"
               "runs a job's program (its own usage: BINARY --help) on the cluster\n");
    return asked ? 0 : kFailed;
  }
  Status status = CheckJobBinary(words->name);
  if (status.ok()) status = ExecuteJobBinary(words->name, words->ForProgram());
  return Fail("jar", status);
}

int ExampleCommandMain(int argc, char** argv) {
  const Result<JobWords> words = SplitWords(argc, argv);
  if (!words.ok()) return Fail("example", words.status());
  const std::string directory = ExamplesDirectory();
  if (words->name.empty()) return ListExamples(directory);
  if (IsHelp(words->name)) {
    fmt::print(
        "Usage: tusk example [generic options] [NAME ARGS...]\n"
        "runs the job program NAME of the directory examples beside this program; without a name,\n"
        "lists them\n");
    return 0;
  }
  const std::string path = directory + "/" + words->name;
  const bool plain = words->name.find('/') == std::string::npos;
  Status status = plain ? CheckJobBinary(path) : Status(StatusCode::kNotFound, "not a name");
  if (status.ok()) status = ExecuteJobBinary(path, words->ForProgram());
  if (status.code() == StatusCode::kNotFound || status.code() == StatusCode::kInvalidArgument) {
    fmt::print(stderr, "Unknown program '{}' chosen.\n", words->name);
    std::fflush(stderr);
    ListExamples(directory);
    return kFailed;
  }
  return Fail("example", status);
}

}  // namespace tusk::mapreduce

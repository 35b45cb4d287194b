#include "tests/jobs/job_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/base/check.h"

namespace tusk::mapreduce {
namespace {

std::string FileContent(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// This process's environment without any configuration, and `more`.
std::vector<std::string> EnvironmentWith(const std::map<std::string, std::string>& more) {
  std::vector<std::string> words;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string word = *entry;
    if (word.starts_with("HADOOP_") || word.starts_with("TUSK_CONF")) continue;
    if (!more.contains(word.substr(0, word.find('=')))) words.push_back(word);
  }
  for (const auto& [name, value] : more) words.push_back(name + "=" + value);
  return words;
}

}  // namespace

std::string PathOfProgram(const std::string& name) {
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  for (const auto& directory : {here / "examples", here, here.parent_path() / "tests" / "bin"}) {
    if (std::filesystem::exists(directory / name)) return (directory / name).string();
  }
  CHECK(false && "there is no such program");
  return {};
}

RunningProgram::RunningProgram(const std::string& name, const std::vector<std::string>& arguments,
                               const std::map<std::string, std::string>& environment) {
  std::string pattern = (std::filesystem::temp_directory_path() / "tusk-program-XXXXXX").string();
  CHECK(::mkdtemp(pattern.data()) != nullptr);
  directory_ = pattern;
  std::vector<std::string> words = {PathOfProgram(name)};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = EnvironmentWith(environment);
  const int flags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, (directory_ + "/out").c_str(), flags,
                                   0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, (directory_ + "/err").c_str(), flags,
                                   0600);
  const std::vector<char*> argv = Pointers(words), envp = Pointers(variables);
  CHECK(posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), envp.data()) == 0);
  posix_spawn_file_actions_destroy(&actions);
}

RunningProgram::~RunningProgram() {
  if (!waited_) {
    Signal(SIGKILL);
    Wait();
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void RunningProgram::Signal(int number) const { ::kill(pid_, number); }

Ended RunningProgram::Wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  waited_ = true;
  Ended ended;
  ended.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ended.out = FileContent(directory_ + "/out");
  ended.err = FileContent(directory_ + "/err");
  return ended;
}

Ended RunProgram(const std::string& name, const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment) {
  return RunningProgram(name, arguments, environment).Wait();
}

}  // namespace tusk::mapreduce

#include "cli/external_verb.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>

#include "common/env/local_path.h"
#include "common/env/posix_env.h"

namespace tusk::cli {
namespace {

constexpr std::string_view kPrefix = "tusk-";
constexpr int kCannotRunExit = 126;

bool IsExecutableFile(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

/// Where verbs are looked for, in order.
std::vector<std::string> SearchPath() {
  std::vector<std::string> directories = {ParentPath(ThisProgram())};
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::string_view directory = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
    if (!directory.empty()) directories.emplace_back(directory);
  }
  return directories;
}

}  // namespace

std::string ThisProgram() {
  char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  return length <= 0 ? "tusk" : std::string(path, static_cast<size_t>(length));
}

std::string FindExternalVerb(std::string_view verb) {
  if (verb.empty() || verb.find('/') != std::string_view::npos) return {};
  for (const std::string& directory : SearchPath()) {
    std::string path = JoinPath(directory, std::string(kPrefix) + std::string(verb));
    if (IsExecutableFile(path)) return path;
  }
  return {};
}

std::vector<std::string> ListExternalVerbs() {
  std::set<std::string> verbs;
  for (const std::string& directory : SearchPath()) {
    const Result<std::vector<std::string>> names = PosixEnv::Get().ListDirectory(directory);
    if (!names.ok()) continue;  // directories of PATH need not exist
    for (const std::string& name : *names) {
      if (name.starts_with(kPrefix) && IsExecutableFile(JoinPath(directory, name))) {
        verbs.insert(name.substr(kPrefix.size()));
      }
    }
  }
  return std::vector<std::string>(verbs.begin(), verbs.end());
}

int RunExternalVerb(const std::string& path, const std::vector<std::string>& arguments) {
  std::vector<char*> argv = {const_cast<char*>(path.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execv(path.c_str(), argv.data());
  std::fprintf(stderr, "error: cannot run %s: %s\n", path.c_str(), std::strerror(errno));
  return kCannotRunExit;
}

}  // namespace tusk::cli

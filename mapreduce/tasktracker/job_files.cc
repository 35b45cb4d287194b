#include "mapreduce/tasktracker/job_files.h"

#include <fmt/core.h>

#include <algorithm>

namespace tusk::mapreduce::tasktracker {

std::vector<std::string> JobDirs(const std::vector<std::string>& local_dirs, const JobId& job) {
  std::vector<std::string> directories;
  for (const std::string& directory : local_dirs) {
    directories.push_back(fmt::format("{}/jobs/{}", directory, job.ToString()));
  }
  return directories;
}

std::vector<std::string> ProcessDirs(const std::vector<std::string>& local_dirs, const JobId& job,
                                     uint64_t process) {
  std::vector<std::string> directories = JobDirs(local_dirs, job);
  for (std::string& directory : directories) directory += fmt::format("/p{}", process);
  std::rotate(directories.begin(),
              directories.begin() + static_cast<std::ptrdiff_t>(process % directories.size()),
              directories.end());
  return directories;
}

}  // namespace tusk::mapreduce::tasktracker

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mapreduce/model/ids.h"

namespace tusk::mapreduce::tasktracker {

/// Where a tracker keeps what belongs to jobs: DIR/jobs/JOB/pN for the N-th process, in each of its
/// local directories. All of a job goes at once when the job ends.

/// The job's directory in each local directory.
std::vector<std::string> JobDirs(const std::vector<std::string>& local_dirs, const JobId& job);

/// The directories of one process. Which local directory comes first rotates with the number, so
/// that the disks share the work.
std::vector<std::string> ProcessDirs(const std::vector<std::string>& local_dirs, const JobId& job,
                                     uint64_t process);

}  // namespace tusk::mapreduce::tasktracker

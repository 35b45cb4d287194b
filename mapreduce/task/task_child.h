#pragma once

#include <functional>
#include <memory>

#include "common/base/result.h"
#include "mapreduce/model/job_spec.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::mapreduce {

/// The environment variable that says that this process is a task process: the number of the
/// descriptor that leads to its tasktracker.
inline constexpr const char* kTaskDescriptorVariable = "TUSK_TASK_FD";

/// The life of a task process: takes one task after the other from the tasktracker at the other end
/// of `descriptor`, runs it, reports. Returns the exit status when the tracker says that there are
/// no more. When the tracker goes away the process ends at once, without leaving this function:
/// nobody would take the result.
///
/// `open_files` opens the job's file system, once. User code's exceptions are failures of its task
/// and are told with their type; aborts and signals end the process, which the tracker sees.
int RunTaskProcess(
    int descriptor,
    const std::function<Result<std::shared_ptr<dfs::FileSystem>>(const JobSpec&)>& open_files);

}  // namespace tusk::mapreduce

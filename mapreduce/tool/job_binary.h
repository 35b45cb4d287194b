#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"

namespace tusk::mapreduce {

/// Ok when `path` is a program that was linked with the job library and can run here. Otherwise
/// one clear error, whose further lines say what the file is and what to do: kNotFound (with
/// Hadoop's words), kIsADirectory, kPermissionDenied, kInvalidArgument for a Java archive, a
/// script, a program of another kind of machine or one that is no job. Reads a few kilobytes.
Status CheckJobBinary(const std::string& path);

/// Becomes the program `path`: returns only when that fails. `arguments` without the program.
Status ExecuteJobBinary(const std::string& path, const std::vector<std::string>& arguments);

/// An example job: its name is that of its program.
struct Example {
  std::string name;
  std::string path;
};

/// The directory of the example jobs: "examples" beside the running program.
std::string ExamplesDirectory();

/// The job programs in `directory`, by name.
std::vector<Example> FindExamples(const std::string& directory);

/// What `path --help` says that the program does: the second line of its usage. Empty when it says
/// nothing within a few seconds.
std::string SummaryOfProgram(const std::string& path);

}  // namespace tusk::mapreduce

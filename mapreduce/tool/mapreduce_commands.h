#pragma once

#include <span>

#include "common/daemon/command.h"

namespace tusk::mapreduce {

/// The verbs of MapReduce's users: jar, example, job. The daemons' verbs are
/// jobtracker/jobtracker.h and tasktracker/tasktracker.h.
std::span<const Command> MapreduceCommands();

// The verbs one by one; argv[0] is the verb. They return exit statuses; jar and example become the
// job's program when it can be started.
int JarCommandMain(int argc, char** argv);
int ExampleCommandMain(int argc, char** argv);
int JobCommandMain(int argc, char** argv);

}  // namespace tusk::mapreduce

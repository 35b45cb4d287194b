#pragma once

#include "cli/cli_arguments.h"
#include "cli/cluster_plan.h"
#include "common/base/result.h"
#include "common/daemon/command.h"

namespace tusk::cli {

/// `tusk cluster`: a whole cluster on this machine, under one directory.
extern const Command kClusterCommand;

// Its parts. Each prints what it has to say on stdout and returns the exit status; an error is
// printed by the caller.

/// Starts what does not run, in a new cluster or in one that was there, and waits until files can
/// be written and jobs run. `directory` is absolute.
Result<int> StartCluster(const std::string& directory, const CliArguments& arguments);

/// Stops what runs, jobs' daemons first. All data stays.
Result<int> StopCluster(const ClusterPlan& plan, const CliArguments& arguments);

/// Says what runs, where, and how it is. The exit status is 1 unless everything is healthy.
Result<int> ShowCluster(const ClusterPlan& plan, const CliArguments& arguments);

}  // namespace tusk::cli

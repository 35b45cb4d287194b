#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "common/config/option.h"

namespace tusk::mapreduce {

/// The options of MapReduce's daemons and clients. Names are Hadoop's where the meaning is the
/// same.

inline constexpr Option<std::string> kJobtrackerAddress{
    {.name = "mapreduce.jobtracker.address",
     .default_text = "127.0.0.1:8021",
     .unit = {},
     .doc = "Where the jobtracker serves job programs and trackers."}};
inline constexpr Option<std::string> kJobtrackerHttpAddress{
    {.name = "mapreduce.jobtracker.http.address",
     .default_text = "127.0.0.1:8088",
     .unit = {},
     .doc = "Where the jobtracker's pages are."}};
inline constexpr Option<std::string> kJobtrackerDir{
    {.name = "tusk.jobtracker.dir",
     .default_text = "/tmp/tusk/jobtracker",
     .unit = {},
     .doc = "Local directory of the jobtracker's history."}};
inline constexpr Option<std::string> kStagingRoot{
    {.name = "tusk.mapreduce.staging",
     .default_text = "/tmp/tusk-staging",
     .unit = {},
     .doc = "Directory of the file system that job programs are put into, by content hash."}};
inline constexpr Option<std::chrono::nanoseconds> kTrackerExpiry{
    {.name = "tusk.jobtracker.tracker.expiry",
     .default_text = "10s",
     .unit = "ms",
     .doc = "A tracker that is silent for so long is lost: its tasks run elsewhere.",
     .min = 100'000'000}};
inline constexpr Option<std::chrono::nanoseconds> kTrackerHeartbeat{
    {.name = "tusk.jobtracker.heartbeat",
     .default_text = "1s",
     .unit = "ms",
     .doc = "How often a tracker reports when it has nothing to say.",
     .min = 10'000'000}};
inline constexpr Option<std::chrono::nanoseconds> kNodeWait{
    {.name = "tusk.jobtracker.locality.node-wait",
     .default_text = "100ms",
     .unit = "ms",
     .doc = "How long a job lets slots go in the hope of one on a node that holds its data."}};
inline constexpr Option<std::chrono::nanoseconds> kRackWait{
    {.name = "tusk.jobtracker.locality.rack-wait",
     .default_text = "100ms",
     .unit = "ms",
     .doc = "How long, after that, it insists on the rack of its data."}};
inline constexpr Option<double> kReduceSlowstart{
    {.name = "mapreduce.job.reduce.slowstart.completedmaps",
     .default_text = "1.0",
     .unit = {},
     .doc = "Share of the maps that must be done before reduces start, 0 to 1."}};
inline constexpr Option<int64_t> kRetainedJobs{
    {.name = "mapreduce.jobtracker.persist.jobstatus.jobs",
     .default_text = "1000",
     .unit = "jobs",
     .doc = "How many finished jobs are shown.",
     .min = 1,
     .max = 100'000}};

inline constexpr Option<std::string> kTrackerHttpAddress{
    {.name = "mapreduce.tasktracker.http.address",
     .default_text = "127.0.0.1:8042",
     .unit = {},
     .doc = "Where a tracker's pages and the output of its tasks are."}};
inline constexpr Option<std::string> kShuffleAddress{
    {.name = "tusk.tasktracker.shuffle.address",
     .default_text = "127.0.0.1:13562",
     .unit = {},
     .doc = "Where a tracker serves map outputs to the reduces of other machines."}};
inline constexpr Option<std::string> kTrackerHostname{
    {.name = "tusk.tasktracker.hostname",
     .default_text = "",
     .unit = {},
     .doc = "The name that datanodes of this machine have at the namenode: tasks run near the data "
            "when the two agree. Empty: dfs.datanode.hostname, or the machine's own name."}};
inline constexpr Option<std::string> kTrackerRack{{.name = "tusk.tasktracker.rack",
                                                   .default_text = "/default-rack",
                                                   .unit = {},
                                                   .doc = "The rack of this machine."}};
inline constexpr Option<int64_t> kMapSlots{
    {.name = "mapreduce.tasktracker.map.tasks.maximum",
     .default_text = "0",
     .unit = "tasks",
     .doc = "Map tasks that run at the same time; 0 for one per core.",
     .min = 0,
     .max = 4096}};
inline constexpr Option<int64_t> kReduceSlots{
    {.name = "mapreduce.tasktracker.reduce.tasks.maximum",
     .default_text = "0",
     .unit = "tasks",
     .doc = "Reduce tasks that run at the same time; 0 for one per core.",
     .min = 0,
     .max = 4096}};
inline constexpr Option<std::vector<std::string>> kLocalDirs{
    {.name = "mapreduce.cluster.local.dir",
     .default_text = "/tmp/tusk/tasktracker",
     .unit = {},
     .doc = "Local directories, one on each disk, for spills and map outputs."}};
inline constexpr Option<std::chrono::nanoseconds> kTaskTimeout{
    {.name = "mapreduce.task.timeout",
     .default_text = "600s",
     .unit = "ms",
     .doc = "A task that is silent for so long is ended; 0 for never.",
     .min = 0}};
inline constexpr Option<std::chrono::nanoseconds> kKeepProcesses{
    {.name = "tusk.tasktracker.keep-processes",
     .default_text = "3s",
     .unit = "ms",
     .doc = "How long a process that has run tasks of a query waits for tasks of the user's next "
            "one with the same program; 0: it ends with its job.",
     .min = 0}};
inline constexpr Option<ByteSize> kProgramCacheBytes{
    {.name = "tusk.tasktracker.cache.bytes",
     .default_text = "1g",
     .unit = "bytes",
     .doc = "Job programs kept on the local disk."}};

/// All of the above, for a program's registry.
std::span<const OptionBase* const> MapreduceOptions();

}  // namespace tusk::mapreduce

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "common/base/result.h"
#include "mapreduce/model/counters.h"
#include "mapreduce/proto/job_client.pb.h"

namespace tusk::mapreduce {

// Answers of the jobtracker as texts, in the words and columns of Hadoop's `mapred job`, and as
// JSON. Pure. Messages that make no sense become texts that say so, never failures.

/// "job_20261122_0001".
std::string IdText(const proto::JobIdProto& id);
std::string IdText(const proto::AttemptIdProto& id);

/// The table of `-list`, with its line "Total jobs:N".
std::string JobListText(const std::vector<proto::JobStatusProto>& jobs);
/// `-status`, counters included.
std::string JobStatusText(const proto::JobStatusProto& job);
/// "Counters: 3", groups and values.
std::string CountersText(const Counters& counters);
/// `-history`: the job, its counters, a summary of its tasks and every attempt that failed; with
/// `all`, every attempt. `tasks` may be empty.
std::string JobHistoryText(const proto::JobStatusProto& job,
                           const std::vector<proto::TaskReportProto>& tasks, bool all);

boost::json::object JobJson(const proto::JobStatusProto& job);
boost::json::object TaskJson(const proto::TaskReportProto& task);
boost::json::object CountersJson(const Counters& counters);

/// The counters of a message; none for what is damaged.
Counters CountersOf(const proto::CountersProto& counters);

}  // namespace tusk::mapreduce

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tusk::mapreduce {

namespace proto {
class JobStatusProto;
}
struct JobSpec;

/// How a job says that it is one step of a query, so that pages show the jobs of one query together
/// without knowing what a query is. It travels in the job's parameters. A plain value.
struct PartOfQuery {
  /// "q_0007": unique among the queries of a user, for as long as the user keeps their records.
  std::string id;
  /// What the user asked for. Of a longer text the first kMaxQueryTextBytes are kept.
  std::string text;
  /// Which step, from 1 on.
  uint32_t stage = 0;
  /// The query is done with this job.
  bool last = false;
  friend bool operator==(const PartOfQuery&, const PartOfQuery&) = default;
};
inline constexpr size_t kMaxQueryTextBytes = 4096;

/// The counter in which a job of a query says how many rows it has made.
inline constexpr std::string_view kQueryCounterGroup = "Query";
inline constexpr std::string_view kQueryRowsCounter = "Rows made";

void SetPartOfQuery(const PartOfQuery& part, JobSpec* spec);
/// Of a job's parameters; nothing when it is not a part of a query.
std::optional<PartOfQuery> PartOfQueryOf(const std::map<std::string, std::string>& parameters);

/// The same for clients, pages and history: into a job's status, and back.
void ToProto(const PartOfQuery& part, proto::JobStatusProto* status);
std::optional<PartOfQuery> PartOfQueryOf(const proto::JobStatusProto& status);

}  // namespace tusk::mapreduce

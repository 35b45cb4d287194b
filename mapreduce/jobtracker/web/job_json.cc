#include "mapreduce/jobtracker/web/job_json.h"

#include "mapreduce/model/job_codec.h"
#include "mapreduce/model/part_of_query.h"
#include "mapreduce/model/task_state.h"
#include "mapreduce/proto/job_client.pb.h"

namespace tusk::mapreduce::jobtracker {

namespace json = boost::json;

namespace {

json::object CountsJson(const proto::TaskCountsProto& counts) {
  return {{"total", counts.total()},
          {"pending", counts.pending()},
          {"running", counts.running()},
          {"succeeded", counts.succeeded()},
          {"failedAttempts", counts.failed_attempts()},
          {"killedAttempts", counts.killed_attempts()},
          {"progress", counts.progress()}};
}

}  // namespace

json::object JobJson(const proto::JobStatusProto& job, int64_t now_ms) {
  const Result<JobId> id = FromProto(job.job());
  const int64_t end = job.has_finished_ms() ? job.finished_ms() : now_ms;
  const std::optional<PartOfQuery> part = PartOfQueryOf(job);
  return {{"id", id.ok() ? id->ToString() : ""},
          {"name", job.name()},
          {"user", job.user()},
          {"query", part ? part->id : ""},
          {"state", std::string(JobStateName(static_cast<JobState>(job.state())))},
          {"priority", std::string(JobPriorityName(static_cast<JobPriority>(job.priority())))},
          {"submittedMs", job.submitted_ms()},
          {"elapsedMs", end - job.submitted_ms()},
          {"maps", CountsJson(job.maps())},
          {"reduces", CountsJson(job.reduces())},
          {"cause", job.cause()},
          {"details", job.details()},
          {"output", job.output_path()}};
}

std::string TextOf(const json::value& value, std::string_view key) {
  const json::value* found = value.as_object().if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

int64_t NumberOf(const json::value& value, std::string_view key) {
  const json::value* found = value.as_object().if_contains(key);
  if (found == nullptr) return 0;
  return found->is_double() ? static_cast<int64_t>(found->as_double())
                            : found->to_number<int64_t>();
}

double FractionOf(const json::value& value, std::string_view key) {
  const json::value* found = value.as_object().if_contains(key);
  return found != nullptr && found->is_number() ? found->to_number<double>() : 0;
}

double ProgressOf(const json::value& job) {
  const json::value& maps = job.at("maps");
  const json::value& reduces = job.at("reduces");
  const bool has_reduces = NumberOf(reduces, "total") > 0;
  if (NumberOf(maps, "total") == 0 && !has_reduces)
    return TextOf(job, "state") == "SUCCEEDED" ? 1 : 0;
  const double done = FractionOf(maps, "progress");
  return has_reduces ? (done + FractionOf(reduces, "progress")) / 2 : done;
}

}  // namespace tusk::mapreduce::jobtracker

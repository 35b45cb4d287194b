#include "mapreduce/model/ids.h"

#include <charconv>

#include <fmt/core.h>

#include "common/base/status_macros.h"

namespace tusk::mapreduce {
namespace {

constexpr size_t kMaxStampDigits = 18;
constexpr size_t kMaxNumberDigits = 9;

/// Cuts an id's text at its underscores, from the left, with the bounds of each field checked.
class FieldParser {
 public:
  explicit FieldParser(std::string_view text) : rest_(text) {}

  bool Word(std::string_view word) {
    std::string_view field;
    return Next(&field) && field == word;
  }
  template <typename T>
  bool Number(size_t min_digits, size_t max_digits, T* out) {
    std::string_view field;
    if (!Next(&field) || field.size() < min_digits || field.size() > max_digits) return false;
    for (char c : field) {
      if (c < '0' || c > '9') return false;
    }
    // A longer form than the minimum must not start with 0: one id has one text.
    if (field.size() > min_digits && field[0] == '0') return false;
    return std::from_chars(field.data(), field.data() + field.size(), *out).ec == std::errc();
  }
  bool Type(TaskType* out) {
    std::string_view field;
    if (!Next(&field) || (field != "m" && field != "r")) return false;
    *out = field == "m" ? TaskType::kMap : TaskType::kReduce;
    return true;
  }
  bool Done() const { return done_; }

 private:
  bool Next(std::string_view* field) {
    if (done_) return false;
    const size_t end = rest_.find('_');
    *field = rest_.substr(0, end);
    done_ = end == std::string_view::npos;
    rest_.remove_prefix(done_ ? rest_.size() : end + 1);
    return true;
  }

  std::string_view rest_;
  bool done_ = false;
};

bool ParseJobFields(FieldParser& fields, JobId* id) {
  return fields.Number(1, kMaxStampDigits, &id->tracker_start) &&
         fields.Number(4, kMaxNumberDigits, &id->number);
}

bool ParseTaskFields(FieldParser& fields, TaskId* id) {
  return ParseJobFields(fields, &id->job) && fields.Type(&id->type) &&
         fields.Number(6, kMaxNumberDigits, &id->index);
}

Status NotAnId(std::string_view kind, std::string_view text) {
  return Status::Error(StatusCode::kInvalidArgument, "not a {} id: \"{}\"", kind,
                       text.substr(0, 80));
}

std::string JobFields(const JobId& id) {
  return fmt::format("{}_{:04}", id.tracker_start, id.number);
}

std::string TaskFields(const TaskId& id) {
  return fmt::format("{}_{}_{:06}", JobFields(id.job), TaskTypeLetter(id.type), id.index);
}

}  // namespace

char TaskTypeLetter(TaskType type) { return type == TaskType::kMap ? 'm' : 'r'; }

std::string_view TaskTypeName(TaskType type) { return type == TaskType::kMap ? "map" : "reduce"; }

std::string JobId::ToString() const { return "job_" + JobFields(*this); }

Result<JobId> JobId::Parse(std::string_view text) {
  FieldParser fields(text);
  JobId id;
  if (!fields.Word("job") || !ParseJobFields(fields, &id) || !fields.Done()) {
    return NotAnId("job", text);
  }
  return id;
}

std::string TaskId::ToString() const { return "task_" + TaskFields(*this); }

Result<TaskId> TaskId::Parse(std::string_view text) {
  FieldParser fields(text);
  TaskId id;
  if (!fields.Word("task") || !ParseTaskFields(fields, &id) || !fields.Done()) {
    return NotAnId("task", text);
  }
  return id;
}

std::string AttemptId::ToString() const {
  return fmt::format("attempt_{}_{}", TaskFields(task), number);
}

Result<AttemptId> AttemptId::Parse(std::string_view text) {
  FieldParser fields(text);
  AttemptId id;
  if (!fields.Word("attempt") || !ParseTaskFields(fields, &id.task) ||
      !fields.Number(1, kMaxNumberDigits, &id.number) || !fields.Done()) {
    return NotAnId("attempt", text);
  }
  return id;
}

}  // namespace tusk::mapreduce

#include "mapreduce/model/part_of_query.h"

#include <charconv>

#include "mapreduce/model/job_spec.h"
#include "mapreduce/proto/job_client.pb.h"

namespace tusk::mapreduce {

namespace {

constexpr const char* kIdParameter = "tusk.query.id";
constexpr const char* kTextParameter = "tusk.query.text";
constexpr const char* kStageParameter = "tusk.query.stage";
constexpr const char* kLastParameter = "tusk.query.last";

/// The first bytes of a text in UTF-8, without a piece of a character at the end.
std::string Cut(const std::string& text) {
  if (text.size() <= kMaxQueryTextBytes) return text;
  size_t end = kMaxQueryTextBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

void SetPartOfQuery(const PartOfQuery& part, JobSpec* spec) {
  spec->parameters[kIdParameter] = part.id;
  spec->parameters[kTextParameter] = Cut(part.text);
  spec->parameters[kStageParameter] = std::to_string(part.stage);
  spec->parameters[kLastParameter] = part.last ? "true" : "false";
}

std::optional<PartOfQuery> PartOfQueryOf(const std::map<std::string, std::string>& parameters) {
  const auto value = [&parameters](const char* name) {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string() : found->second;
  };
  PartOfQuery part;
  part.id = value(kIdParameter);
  if (part.id.empty()) return std::nullopt;
  part.text = Cut(value(kTextParameter));
  const std::string stage = value(kStageParameter);
  std::from_chars(stage.data(), stage.data() + stage.size(), part.stage);
  part.last = value(kLastParameter) == "true";
  return part;
}

void ToProto(const PartOfQuery& part, proto::JobStatusProto* status) {
  proto::PartOfQueryProto& out = *status->mutable_query();
  out.set_id(part.id);
  out.set_text(part.text);
  out.set_stage(part.stage);
  out.set_last(part.last);
}

std::optional<PartOfQuery> PartOfQueryOf(const proto::JobStatusProto& status) {
  if (!status.has_query()) return std::nullopt;
  const proto::PartOfQueryProto& in = status.query();
  return PartOfQuery{in.id(), in.text(), in.stage(), in.last()};
}

}  // namespace tusk::mapreduce

#include "mapreduce/model/job_codec.h"

#include "common/base/status_macros.h"
#include "mapreduce/proto/job.pb.h"

namespace tusk::mapreduce {
namespace {

constexpr uint64_t kMaxStamp = 999'999'999'999'999'999;
constexpr uint32_t kMaxNumber = 999'999'999;

Status Bad(std::string_view what) {
  return Status::Error(StatusCode::kInvalidArgument, "message: {}", what);
}

}  // namespace

void ToProto(const JobId& id, proto::JobIdProto* out) {
  out->set_tracker_start(id.tracker_start);
  out->set_number(id.number);
}

void ToProto(const TaskId& id, proto::TaskIdProto* out) {
  ToProto(id.job, out->mutable_job());
  out->set_type(static_cast<uint32_t>(id.type));
  out->set_index(id.index);
}

void ToProto(const AttemptId& id, proto::AttemptIdProto* out) {
  ToProto(id.task, out->mutable_task());
  out->set_number(id.number);
}

void ToProto(const InputSplit& split, proto::InputSplitProto* out) {
  if (!split.path.empty()) out->set_path(split.path);
  if (split.offset != 0) out->set_offset(split.offset);
  if (split.length != 0) out->set_length(split.length);
  if (!split.opaque.empty()) out->set_opaque(split.opaque);
  for (const std::string& host : split.hosts) out->add_hosts(host);
}

void ToProto(const JobSpec& spec, proto::JobSpecProto* out) {
  out->set_name(spec.name);
  out->set_user(spec.user);
  out->set_uuid(spec.uuid);
  out->set_binary_hash(spec.binary_hash);
  out->set_binary_path(spec.binary_path);
  for (const std::string& argument : spec.arguments) out->add_arguments(argument);
  out->set_map_step(spec.map_step);
  out->set_combine_step(spec.combine_step);
  out->set_partition_step(spec.partition_step);
  out->set_reduce_step(spec.reduce_step);
  out->set_output_step(spec.output_step);
  out->set_input_display(spec.input_display);
  out->set_mapper_display(spec.mapper_display);
  out->set_combiner_display(spec.combiner_display);
  out->set_reducer_display(spec.reducer_display);
  out->set_output_display(spec.output_display);
  for (const InputSplit& split : spec.splits) ToProto(split, out->add_splits());
  for (const std::string& path : spec.input_paths) out->add_input_paths(path);
  out->set_output_path(spec.output_path);
  out->set_reduces(spec.reduces);
  out->set_priority(static_cast<uint32_t>(spec.priority));
  out->set_shuffle(static_cast<uint32_t>(spec.shuffle));
  out->set_compression(static_cast<uint32_t>(spec.compression));
  out->set_sort_buffer_bytes(spec.sort_buffer_bytes);
  out->set_merge_factor(spec.merge_factor);
  out->set_max_attempts(spec.max_attempts);
  for (const auto& [name, value] : spec.parameters) {
    proto::ParameterProto* parameter = out->add_parameters();
    parameter->set_name(name);
    parameter->set_value(value);
  }
}

void ToProto(const Counters& counters, proto::CountersProto* out) {
  for (size_t i = 0; i < kBuiltinCounterCount; ++i) {
    out->add_builtin(counters.Get(static_cast<BuiltinCounter>(i)));
  }
  counters.ForEachUser([out](std::string_view group, std::string_view name, int64_t value) {
    proto::UserCounterProto* counter = out->add_user();
    counter->set_group(std::string(group));
    counter->set_name(std::string(name));
    counter->set_value(value);
  });
}

void ToProto(const TaskOutput& output, proto::TaskOutputProto* out) {
  out->set_task(output.task);
  out->set_attempt(output.attempt);
  for (const OutputFile& file : output.files) {
    proto::OutputFileProto* message = out->add_files();
    message->set_name(file.name);
    message->set_length(file.length);
    message->set_crc32c(file.crc32c);
    message->set_records(file.records);
  }
}

Result<JobId> FromProto(const proto::JobIdProto& in) {
  if (in.tracker_start() > kMaxStamp || in.number() > kMaxNumber)
    return Bad("job id out of bounds");
  return JobId{in.tracker_start(), in.number()};
}

Result<TaskId> FromProto(const proto::TaskIdProto& in) {
  TaskId id;
  ASSIGN_OR_RETURN(id.job, FromProto(in.job()));
  if (in.type() > 1 || in.index() > kMaxNumber) return Bad("task id out of bounds");
  id.type = static_cast<TaskType>(in.type());
  id.index = in.index();
  return id;
}

Result<AttemptId> FromProto(const proto::AttemptIdProto& in) {
  AttemptId id;
  ASSIGN_OR_RETURN(id.task, FromProto(in.task()));
  if (in.number() > kMaxNumber) return Bad("attempt number out of bounds");
  id.number = in.number();
  return id;
}

Result<InputSplit> FromProto(const proto::InputSplitProto& in) {
  if (in.opaque().size() > kMaxSplitBytes) return Bad("split too long");
  if (in.offset() + in.length() < in.offset()) return Bad("split range overflows");
  InputSplit split;
  split.path = in.path();
  split.offset = in.offset();
  split.length = in.length();
  split.opaque = in.opaque();
  split.hosts.assign(in.hosts().begin(), in.hosts().end());
  return split;
}

Result<JobSpec> FromProto(const proto::JobSpecProto& in) {
  JobSpec spec;
  spec.name = in.name();
  spec.user = in.user();
  spec.uuid = in.uuid();
  spec.binary_hash = in.binary_hash();
  spec.binary_path = in.binary_path();
  spec.arguments.assign(in.arguments().begin(), in.arguments().end());
  spec.map_step = in.map_step();
  spec.combine_step = in.combine_step();
  spec.partition_step = in.partition_step();
  spec.reduce_step = in.reduce_step();
  spec.output_step = in.output_step();
  spec.input_display = in.input_display();
  spec.mapper_display = in.mapper_display();
  spec.combiner_display = in.combiner_display();
  spec.reducer_display = in.reducer_display();
  spec.output_display = in.output_display();
  if (static_cast<size_t>(in.splits_size()) > kMaxSplits) return Bad("too many splits");
  spec.splits.reserve(in.splits_size());
  for (const proto::InputSplitProto& message : in.splits()) {
    ASSIGN_OR_RETURN(InputSplit split, FromProto(message));
    spec.splits.push_back(std::move(split));
  }
  spec.input_paths.assign(in.input_paths().begin(), in.input_paths().end());
  spec.output_path = in.output_path();
  spec.reduces = in.reduces();
  if (in.priority() > 4 || in.shuffle() > 1 || in.compression() > 3) return Bad("unknown choice");
  spec.priority = static_cast<JobPriority>(in.priority());
  spec.shuffle = static_cast<ShuffleMode>(in.shuffle());
  spec.compression = static_cast<MapOutputCompression>(in.compression());
  spec.sort_buffer_bytes = in.sort_buffer_bytes();
  spec.merge_factor = in.merge_factor();
  spec.max_attempts = in.max_attempts();
  for (const proto::ParameterProto& parameter : in.parameters()) {
    spec.parameters[parameter.name()] = parameter.value();
  }
  RETURN_IF_ERROR(spec.Validate());
  return spec;
}

Result<Counters> FromProto(const proto::CountersProto& in) {
  Counters counters;
  for (int i = 0; i < in.builtin_size() && i < static_cast<int>(kBuiltinCounterCount); ++i) {
    counters.Set(static_cast<BuiltinCounter>(i), in.builtin(i));
  }
  for (const proto::UserCounterProto& user : in.user()) {
    RETURN_IF_ERROR(counters.Add(user.group(), user.name(), user.value()));
  }
  return counters;
}

Result<TaskOutput> FromProto(const proto::TaskOutputProto& in) {
  TaskOutput output;
  output.task = in.task();
  output.attempt = in.attempt();
  for (const proto::OutputFileProto& message : in.files()) {
    if (!IsOutputFileName(message.name())) return Bad("not the name of an output file");
    output.files.push_back({message.name(), message.length(), message.crc32c(), message.records()});
  }
  return output;
}

}  // namespace tusk::mapreduce

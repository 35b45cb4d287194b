#pragma once

#include "common/base/result.h"
#include "mapreduce/model/counters.h"
#include "mapreduce/model/ids.h"
#include "mapreduce/model/job_spec.h"
#include "mapreduce/model/output_manifest.h"

namespace tusk::mapreduce {

namespace proto {
class AttemptIdProto;
class CountersProto;
class InputSplitProto;
class JobIdProto;
class JobSpecProto;
class TaskIdProto;
class TaskOutputProto;
}  // namespace proto

/// Model structs to the messages of mapreduce/proto/job.proto and back. `ToProto` fills an empty
/// message. `FromProto` takes what any peer may have sent and answers kInvalidArgument or kTooLarge
/// for what makes no sense; a JobSpec has passed `Validate`.

void ToProto(const JobId& id, proto::JobIdProto* out);
void ToProto(const TaskId& id, proto::TaskIdProto* out);
void ToProto(const AttemptId& id, proto::AttemptIdProto* out);
void ToProto(const InputSplit& split, proto::InputSplitProto* out);
void ToProto(const JobSpec& spec, proto::JobSpecProto* out);
void ToProto(const Counters& counters, proto::CountersProto* out);
void ToProto(const TaskOutput& output, proto::TaskOutputProto* out);

Result<JobId> FromProto(const proto::JobIdProto& in);
Result<TaskId> FromProto(const proto::TaskIdProto& in);
Result<AttemptId> FromProto(const proto::AttemptIdProto& in);
Result<InputSplit> FromProto(const proto::InputSplitProto& in);
Result<JobSpec> FromProto(const proto::JobSpecProto& in);
Result<Counters> FromProto(const proto::CountersProto& in);
Result<TaskOutput> FromProto(const proto::TaskOutputProto& in);

}  // namespace tusk::mapreduce

#include "mapreduce/task/map_task.h"

#include <sys/resource.h>

#include "common/base/status_macros.h"
#include "common/time/cpu_time.h"
#include "dfs/client/file_system.h"
#include "mapreduce/api/job_registry.h"
#include "mapreduce/api/output_files.h"
#include "mapreduce/io/output_committer.h"

namespace tusk::mapreduce {
namespace {

/// The steps between the mapper and its map output, made from the job's names.
struct CollectorSteps {
  std::unique_ptr<CombineStep> combine;
  std::unique_ptr<Combiner> combiner;
  std::unique_ptr<KeyPartitioner> partitioner;
};

Result<CollectorSteps> MakeCollectorSteps(const JobSpec& spec, TaskContext& context) {
  CollectorSteps steps;
  if (!spec.combine_step.empty()) {
    ASSIGN_OR_RETURN(steps.combine, JobRegistry::MakeCombineStep(spec.combine_step));
    steps.combiner = steps.combine->Make(context);
  }
  if (!spec.partition_step.empty()) {
    ASSIGN_OR_RETURN(const auto step, JobRegistry::MakePartitionStep(spec.partition_step));
    steps.partitioner = step->Make();
  }
  return steps;
}

CollectorOptions OptionsFor(const TaskRequest& request, const CollectorSteps& steps) {
  const JobSpec& spec = request.spec;
  CollectorOptions options;
  options.partitions = spec.reduces;
  options.buffer_bytes = spec.sort_buffer_bytes;
  options.merge_factor = spec.merge_factor;
  options.shuffle = spec.shuffle;
  options.compression = spec.compression;
  options.partitioner = steps.partitioner.get();
  options.combiner = steps.combiner.get();
  options.fold = steps.combine ? steps.combine->fold() : FoldKind::kNone;
  options.expected_input_bytes = request.split.length;
  options.directory = request.directory;
  return options;
}

Result<MapTaskResult> RunWithReduces(const TaskRequest& request, TaskContext& context,
                                     MapStep& step) {
  ASSIGN_OR_RETURN(const CollectorSteps steps, MakeCollectorSteps(request.spec, context));
  ASSIGN_OR_RETURN(const auto collector, MapCollector::Create(OptionsFor(request, steps),
                                                              &request.arena, &context.counters()));
  MapTarget target;
  target.collector = collector.get();
  RETURN_IF_ERROR(step.Run(context, request.split, target));
  MapTaskResult result;
  ASSIGN_OR_RETURN(result.map_output, collector->Finish());
  return result;
}

Result<MapTaskResult> RunMapOnly(const TaskRequest& request, TaskContext& context, MapStep& step) {
  const OutputCommitter committer(request.spec, request.files);
  ASSIGN_OR_RETURN(const auto output, JobRegistry::MakeOutputStep(request.spec.output_step));
  OutputFiles files(OutputCommitter::PartName(request.attempt.task),
                    [&committer, &request](const std::string& name) {
                      return committer.OpenFile(request.attempt, name);
                    });
  ASSIGN_OR_RETURN(const std::unique_ptr<RecordWriterBase> writer,
                   output->Make(files, request.spec));
  MapTarget target;
  target.writer = writer.get();
  RETURN_IF_ERROR(step.Run(context, request.split, target));
  RETURN_IF_ERROR(writer->Close());
  MapTaskResult result;
  result.output.task = request.attempt.task.ToString();
  result.output.attempt = request.attempt.ToString();
  ASSIGN_OR_RETURN(result.output.files, files.Finish());
  for (const OutputFile& file : result.output.files) {
    context.counters().Add(BuiltinCounter::kBytesWritten, static_cast<int64_t>(file.length));
  }
  RETURN_IF_ERROR(request.reporter.MayCommit());
  RETURN_IF_ERROR(committer.CommitTask(request.attempt));
  return result;
}

}  // namespace

void CountResources(int64_t cpu_start_ms, Counters* counters) {
  counters->Add(BuiltinCounter::kCpuMilliseconds, ThreadCpuMilliseconds() - cpu_start_ms);
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  counters->Set(BuiltinCounter::kPhysicalMemoryBytes, static_cast<int64_t>(usage.ru_maxrss) * 1024);
}

Result<MapTaskResult> RunMapTask(const TaskRequest& request, Counters* counters) {
  const int64_t cpu_start = ThreadCpuMilliseconds();
  TaskContext context(request.spec, request.attempt, request.files, request.directory, *counters,
                      request.reporter);
  counters->Add(BuiltinCounter::kSplitRawBytes,
                static_cast<int64_t>(request.split.path.size() + request.split.opaque.size() + 16));
  ASSIGN_OR_RETURN(const auto step, JobRegistry::MakeMapStep(request.spec.map_step));
  Result<MapTaskResult> result = request.spec.reduces > 0 ? RunWithReduces(request, context, *step)
                                                          : RunMapOnly(request, context, *step);
  CountResources(cpu_start, counters);
  if (result.ok()) request.reporter.Progress(1, *counters);
  return result;
}

}  // namespace tusk::mapreduce

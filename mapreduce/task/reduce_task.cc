#include "mapreduce/task/reduce_task.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "common/time/cpu_time.h"
#include "dfs/client/file_system.h"
#include "mapreduce/api/job_registry.h"
#include "mapreduce/api/output_files.h"
#include "mapreduce/io/output_committer.h"
#include "mapreduce/sort/run_merger.h"

namespace tusk::mapreduce {
namespace {

/// Progress of a reduce as Hadoop counts it: a third each for copy, sort and reduce.
constexpr double kCopyDone = 1.0 / 3;
constexpr double kSortDone = 2.0 / 3;

Result<std::vector<FetchedSegment>> FetchAll(const TaskRequest& request, MapOutputSource& source,
                                             Counters* counters) {
  std::vector<FetchedSegment> segments;
  const double maps = std::max<double>(1, static_cast<double>(request.total_maps));
  while (true) {
    if (request.reporter.ShouldStop())
      return Status(StatusCode::kCancelled, "the task was told to stop");
    ASSIGN_OR_RETURN(FetchedSegment segment, source.Next());
    if (segment.source == nullptr) break;
    counters->Add(BuiltinCounter::kReduceShuffleBytes, static_cast<int64_t>(segment.stored_bytes));
    segments.push_back(std::move(segment));
    request.reporter.Progress(
        std::min(1.0, static_cast<double>(segments.size()) / maps) * kCopyDone, *counters);
  }
  counters->Add(BuiltinCounter::kShuffledMaps, request.total_maps);
  // The order of maps, not of arrival: each attempt then sees the values in the same order.
  std::sort(segments.begin(), segments.end(), [](const FetchedSegment& a, const FetchedSegment& b) {
    return a.map_index < b.map_index;
  });
  counters->Add(BuiltinCounter::kMergedMapOutputs, static_cast<int64_t>(segments.size()));
  return segments;
}

/// Merges neighbours until at most merge_factor runs are left, so that the last merge's memory is
/// bounded.
Result<std::vector<std::unique_ptr<RunReader>>> LimitRuns(const TaskRequest& request,
                                                          Combiner* combiner,
                                                          std::vector<FetchedSegment> segments,
                                                          Counters* counters) {
  std::vector<std::unique_ptr<RunReader>> runs;
  runs.reserve(segments.size());
  for (FetchedSegment& segment : segments) {
    runs.push_back(std::make_unique<RunReader>(std::move(segment.source)));
  }
  size_t files_made = 0;
  while (runs.size() > request.spec.merge_factor) {
    std::vector<std::unique_ptr<RunReader>> merged;
    for (size_t first = 0; first < runs.size(); first += request.spec.merge_factor) {
      const size_t end = std::min<size_t>(first + request.spec.merge_factor, runs.size());
      std::vector<std::unique_ptr<RunReader>> part(
          std::make_move_iterator(runs.begin() + static_cast<ptrdiff_t>(first)),
          std::make_move_iterator(runs.begin() + static_cast<ptrdiff_t>(end)));
      const std::string path = fmt::format("{}/merge{}.run", request.directory, files_made++);
      ASSIGN_OR_RETURN(const auto writer, SpillWriter::Create(path, 1, request.spec.compression));
      RETURN_IF_ERROR(
          MergeRuns(std::move(part), request.spec.shuffle, combiner, counters, *writer));
      ASSIGN_OR_RETURN(const SpillIndex index, writer->Finish());
      counters->Add(BuiltinCounter::kSpilledRecords, static_cast<int64_t>(index.TotalRecords()));
      ASSIGN_OR_RETURN(auto file, LocalFile::Open(path));
      // The open file keeps the bytes; the name is not needed.
      RETURN_IF_ERROR(RemoveLocalFile(path));
      merged.push_back(std::make_unique<RunReader>(
          MakeFileSegment(std::move(file), 0, index.segments[0].stored_bytes)));
    }
    runs = std::move(merged);
  }
  return runs;
}

Result<TaskOutput> ReduceAndCommit(const TaskRequest& request, TaskContext& context,
                                   MergedGroups& groups) {
  const JobSpec& spec = request.spec;
  ASSIGN_OR_RETURN(const auto step, JobRegistry::MakeReduceStep(spec.reduce_step));
  ASSIGN_OR_RETURN(const auto output, JobRegistry::MakeOutputStep(spec.output_step));
  const OutputCommitter committer(spec, request.files);
  OutputFiles files(OutputCommitter::PartName(request.attempt.task),
                    [&committer, &request](const std::string& name) {
                      return committer.OpenFile(request.attempt, name);
                    });
  ASSIGN_OR_RETURN(const std::unique_ptr<RecordWriterBase> writer, output->Make(files, spec));
  RETURN_IF_ERROR(step->Run(context, groups, *writer));
  RETURN_IF_ERROR(writer->Close());
  TaskOutput result;
  result.task = request.attempt.task.ToString();
  result.attempt = request.attempt.ToString();
  ASSIGN_OR_RETURN(result.files, files.Finish());
  for (const OutputFile& file : result.files) {
    context.counters().Add(BuiltinCounter::kBytesWritten, static_cast<int64_t>(file.length));
  }
  RETURN_IF_ERROR(request.reporter.MayCommit());
  RETURN_IF_ERROR(committer.CommitTask(request.attempt));
  return result;
}

Result<TaskOutput> Reduce(const TaskRequest& request, MapOutputSource& source,
                          TaskContext& context) {
  Counters* const counters = &context.counters();
  ASSIGN_OR_RETURN(std::vector<FetchedSegment> segments, FetchAll(request, source, counters));
  std::unique_ptr<Combiner> combiner;
  std::unique_ptr<CombineStep> combine;
  if (!request.spec.combine_step.empty()) {
    ASSIGN_OR_RETURN(combine, JobRegistry::MakeCombineStep(request.spec.combine_step));
    combiner = combine->Make(context);
  }
  ASSIGN_OR_RETURN(auto runs, LimitRuns(request, combiner.get(), std::move(segments), counters));
  request.reporter.Progress(kSortDone, *counters);
  RunMerger merger(std::move(runs), request.spec.shuffle);
  MergedGroups groups(merger);
  Result<TaskOutput> result = ReduceAndCommit(request, context, groups);
  counters->Add(BuiltinCounter::kReduceInputRecords, static_cast<int64_t>(groups.records()));
  return result;
}

}  // namespace

Result<TaskOutput> RunReduceTask(const TaskRequest& request, MapOutputSource& source,
                                 Counters* counters) {
  const int64_t cpu_start = ThreadCpuMilliseconds();
  TaskContext context(request.spec, request.attempt, request.files, request.directory, *counters,
                      request.reporter);
  Result<TaskOutput> result = Reduce(request, source, context);
  CountResources(cpu_start, counters);
  if (result.ok()) request.reporter.Progress(1, *counters);
  return result;
}

}  // namespace tusk::mapreduce

#include "mapreduce/task/task_child.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <csignal>
#include <cstdlib>
#include <utility>

#include "common/base/status_macros.h"
#include "common/time/system_clock.h"
#include "mapreduce/api/task_context.h"
#include "mapreduce/io/output_committer.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/sort/arena.h"
#include "mapreduce/task/map_task.h"
#include "mapreduce/task/reduce_task.h"
#include "mapreduce/task/shuffle_source.h"
#include "mapreduce/task/umbilical.h"

namespace tusk::mapreduce {

namespace {

using OpenFiles = std::function<Result<std::shared_ptr<dfs::FileSystem>>(const JobSpec&)>;

constexpr std::chrono::milliseconds kReportEvery{500};
constexpr int kOrphanStatus = 75;

/// From here on the peak of this process's memory is that of the task to come, not of those before
/// it (proc(5), clear_refs). Where the kernel does not let it, the peak stays that of the process.
void ForgetPeakMemory() {
  const int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  static_cast<void>(write(file, "5", 1) == 1);
  close(file);
}

/// Tells the tracker what the task says, at most twice a second.
class UmbilicalReporter : public TaskReporter {
 public:
  UmbilicalReporter(Umbilical& umbilical, proto::AttemptIdProto attempt)
      : umbilical_(umbilical),
        attempt_(std::move(attempt)),
        last_(SystemClock::Get().SteadyNow()) {}

  void Progress(double fraction, const Counters& counters) override {
    const auto now = SystemClock::Get().SteadyNow();
    if (now - last_ < kReportEvery) return;
    last_ = now;
    proto::FromTaskProto message;
    message.mutable_progress()->set_progress(static_cast<float>(fraction));
    if (!status_.empty()) message.mutable_progress()->set_status(status_);
    ToProto(counters, message.mutable_progress()->mutable_counters());
    static_cast<void>(umbilical_.Send(message));
  }
  void SetStatus(std::string_view text) override { status_ = text.substr(0, 256); }
  // A task that shall end is killed with its process.
  bool ShouldStop() override { return false; }
  Status MayCommit() override {
    proto::FromTaskProto message;
    message.set_ask_commit(true);
    RETURN_IF_ERROR(umbilical_.Send(message));
    if (umbilical_.WaitForCommit(attempt_)) return Status::Ok();
    return Status(StatusCode::kStaleEpoch, "another attempt commits this task, or the job is over");
  }

 private:
  Umbilical& umbilical_;
  const proto::AttemptIdProto attempt_;
  Clock::SteadyTime last_;
  std::string status_;
};

Result<MapOutputPlace> PlaceFromProto(const proto::MapOutputProto& in) {
  MapOutputPlace place;
  ASSIGN_OR_RETURN(place.attempt, FromProto(in.attempt()));
  place.server = Endpoint{in.host(), static_cast<uint16_t>(in.shuffle_port())};
  place.local_path = in.local_path();
  place.local_offset = in.local_offset();
  place.local_length = in.local_length();
  return place;
}

/// One process's tasks, one after the other.
class TaskChild {
 public:
  TaskChild(int descriptor, OpenFiles open_files)
      : open_files_(std::move(open_files)), umbilical_(descriptor, [] { _exit(kOrphanStatus); }) {}

  int Run() {
    while (std::optional<proto::RunTaskProto> order = umbilical_.NextTask()) {
      Counters counters;
      const Result<proto::TaskDoneProto> done = RunOne(*order, &counters);
      proto::FromTaskProto message;
      if (done.ok()) {
        *message.mutable_done() = *done;
      } else {
        message.mutable_failed()->set_cause(std::string(done.status().message()));
        ToProto(counters, message.mutable_failed()->mutable_counters());
      }
      if (!umbilical_.Send(message).ok()) return kOrphanStatus;
    }
    return 0;
  }

 private:
  Result<proto::TaskDoneProto> RunOne(const proto::RunTaskProto& order, Counters* counters) {
    if (order.local_dirs().empty()) {
      return Status(StatusCode::kInternal, "the tracker gave a task without a directory");
    }
    // A job that this process cannot take is refused with the same cause as often as it is tried.
    if (order.has_job()) job_taken_ = TakeJob(order.job(), order.local_dirs(0));
    RETURN_IF_ERROR(job_taken_);
    ForgetPeakMemory();
    if (files_ == nullptr) {
      return Status(StatusCode::kInternal, "the tracker gave a task without its job");
    }
    ASSIGN_OR_RETURN(AttemptId attempt, FromProto(order.launch().attempt()));
    InputSplit split;
    if (order.launch().has_split()) {
      ASSIGN_OR_RETURN(split, FromProto(order.launch().split()));
    }
    const std::string& disk =
        order.local_dirs(static_cast<int>(attempt.task.index) % order.local_dirs_size());
    const std::string directory = fmt::format("{}/{}", disk, attempt.ToString());
    if (mkdir(directory.c_str(), 0700) != 0) return ErrnoStatus(errno, "create " + directory);
    UmbilicalReporter reporter(umbilical_, order.launch().attempt());
    const TaskRequest request{spec_,   attempt, split,    directory,
                              *files_, arena_,  reporter, order.launch().total_maps()};
    Result<proto::TaskDoneProto> done = attempt.task.type == TaskType::kMap
                                            ? RunMap(request, counters)
                                            : RunReduce(order, request, counters);
    if (!done.ok() && !spec_.output_path.empty()) {
      // What it wrote is in nobody's way, but would lie there until the job ends.
      static_cast<void>(OutputCommitter(spec_, *files_).AbortTask(attempt));
    }
    return done;
  }

  // What the last job had is gone: its directory has been removed, or soon will be.
  Status TakeJob(const proto::JobForTrackerProto& job, const std::string& directory) {
    if (chdir(directory.c_str()) != 0) return ErrnoStatus(errno, "change to " + directory);
    // No task is running, so nobody reads the environment meanwhile.
    setenv("HOME", directory.c_str(), 1);
    setenv("TMPDIR", directory.c_str(), 1);
    files_.reset();
    ASSIGN_OR_RETURN(spec_, FromProto(job.spec()));
    ASSIGN_OR_RETURN(files_, open_files_(spec_));
    return Status::Ok();
  }

  static Result<proto::TaskDoneProto> RunMap(const TaskRequest& request, Counters* counters) {
    ASSIGN_OR_RETURN(MapTaskResult result, RunMapTask(request, counters));
    proto::TaskDoneProto done;
    ToProto(*counters, done.mutable_counters());
    if (result.map_output) {
      done.set_map_output_file(result.map_output->path);
      for (const SpillSegment& segment : result.map_output->index.segments) {
        done.add_partition_bytes(segment.stored_bytes);
      }
    } else {
      ToProto(result.output, done.mutable_output());
    }
    return done;
  }

  Result<proto::TaskDoneProto> RunReduce(const proto::RunTaskProto& order,
                                         const TaskRequest& request, Counters* counters) {
    ShuffleSource::Options options;
    options.job = request.attempt.task.job;
    options.reduce = request.attempt.task.index;
    options.total_maps = order.launch().total_maps();
    options.directory = request.directory;
    options.memory_bytes = spec_.sort_buffer_bytes / 2;
    const proto::AttemptIdProto reducer = order.launch().attempt();
    ShuffleSource source(
        options, SystemClock::Get(),
        [this, reducer](const AttemptId& map, bool definite, const std::string& cause) {
          proto::FromTaskProto message;
          *message.mutable_fetch_failed()->mutable_reducer() = reducer;
          ToProto(map, message.mutable_fetch_failed()->mutable_map_attempt());
          message.mutable_fetch_failed()->set_definite(definite);
          message.mutable_fetch_failed()->set_cause(cause);
          static_cast<void>(umbilical_.Send(message));
        });
    const auto take = [&source](const proto::MapOutputProto& output) {
      const Result<MapOutputPlace> place = PlaceFromProto(output);
      if (place.ok()) source.Update(*place);
    };
    umbilical_.OnMapOutput(take);
    for (const proto::MapOutputProto& output : order.launch().map_outputs()) take(output);
    const Result<TaskOutput> output = RunReduceTask(request, source, counters);
    umbilical_.OnMapOutput(nullptr);
    RETURN_IF_ERROR(output.status());
    counters->Add(BuiltinCounter::kFailedShuffle, static_cast<int64_t>(source.failed()));
    proto::TaskDoneProto done;
    ToProto(*counters, done.mutable_counters());
    ToProto(*output, done.mutable_output());
    return done;
  }

  const OpenFiles open_files_;
  Umbilical umbilical_;
  JobSpec spec_;
  std::shared_ptr<dfs::FileSystem> files_;
  Status job_taken_;
  Arena arena_;
};

}  // namespace

int RunTaskProcess(int descriptor, const OpenFiles& open_files) {
  std::signal(SIGPIPE, SIG_IGN);
  // A file that may not grow (ulimit -f) is an error of a write, which says where.
  std::signal(SIGXFSZ, SIG_IGN);
  TaskChild child(descriptor, open_files);
  return child.Run();
}

}  // namespace tusk::mapreduce

#include "mapreduce/client/local_job_runner.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "common/base/mutex.h"
#include "common/base/status_macros.h"
#include "common/time/system_clock.h"
#include "mapreduce/client/job_options.h"
#include "mapreduce/client/job_progress.h"
#include "mapreduce/client/scratch_directory.h"
#include "mapreduce/io/output_committer.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/proto/job_client.pb.h"
#include "mapreduce/task/map_task.h"
#include "mapreduce/task/reduce_task.h"

namespace tusk::mapreduce {
namespace {

// How many local jobs run in this process; an exit handler can reach nothing else.
std::atomic<int> jobs_running{0};

/// A task that calls exit() must not look like a job that succeeded.
void RefuseExit() {
  if (jobs_running == 0) return;
  fmt::print(stderr, "error: the code of a task called exit(); the job has failed\n");
  std::fflush(nullptr);
  std::_Exit(1);
}

/// Watches for exit() while it lives.
class ExitWatch {
 public:
  ExitWatch() {
    [[maybe_unused]] static const int registered = std::atexit(RefuseExit);
    ++jobs_running;
  }
  ~ExitWatch() { --jobs_running; }
};

/// What the tasks of a local job say, put together and shown; at most five times a second.
class LocalProgress {
 public:
  LocalProgress(const JobSpec& spec, Clock::SteadyTime start) : start_(start) {
    status_.set_name(spec.name);
    status_.mutable_maps()->set_total(static_cast<uint32_t>(spec.splits.size()));
    status_.mutable_reduces()->set_total(spec.reduces);
  }
  ~LocalProgress() { shown_.End(); }

  void Tell(const TaskId& task, double fraction, const Counters& counters) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    Seen& seen = tasks_[task];
    seen.fraction = fraction;
    seen.records = counters.Get(BuiltinCounter::kMapInputRecords);
    const auto now = SystemClock::Get().SteadyNow();
    if (now - last_ < kEvery) return;
    last_ = now;
    Sum();
    shown_.Show(status_,
                std::chrono::duration_cast<std::chrono::milliseconds>(now - start_).count());
  }

 private:
  /// The newest word of one task.
  struct Seen {
    double fraction = 0;
    int64_t records = 0;
  };
  static constexpr std::chrono::milliseconds kEvery{200};

  void Sum() REQUIRES(mutex_) {
    Counters counters;
    for (const TaskType type : {TaskType::kMap, TaskType::kReduce}) {
      proto::TaskCountsProto& counts =
          type == TaskType::kMap ? *status_.mutable_maps() : *status_.mutable_reduces();
      uint32_t done = 0;
      uint32_t running = 0;
      double fractions = 0;
      for (const auto& [task, seen] : tasks_) {
        if (task.type != type) continue;
        counters.Add(BuiltinCounter::kMapInputRecords, seen.records);
        fractions += seen.fraction;
        ++(seen.fraction >= 1 ? done : running);
      }
      counts.set_succeeded(done);
      counts.set_running(running);
      counts.set_progress(static_cast<float>(fractions / std::max(counts.total(), 1u)));
    }
    status_.clear_counters();
    ToProto(counters, status_.mutable_counters());
  }

  const Clock::SteadyTime start_;
  Mutex mutex_;
  std::map<TaskId, Seen> tasks_ GUARDED_BY(mutex_);
  Clock::SteadyTime last_ GUARDED_BY(mutex_);
  proto::JobStatusProto status_ GUARDED_BY(mutex_);
  JobProgress shown_ GUARDED_BY(mutex_);
};

/// One job while it runs. Worker threads take task numbers from a counter until all are taken or
/// one has failed.
class LocalJob {
 public:
  LocalJob(const JobSpec& spec, const JobId& id, dfs::FileSystem& files, std::string directory,
           uint32_t threads, LocalProgress& progress)
      : spec_(spec),
        id_(id),
        files_(files),
        directory_(std::move(directory)),
        arenas_(threads),
        progress_(progress) {}

  Status Run() {
    map_outputs_.resize(spec_.splits.size());
    outputs_.resize(spec_.reduces > 0 ? spec_.reduces : spec_.splits.size());
    RETURN_IF_ERROR(RunTasks(spec_.splits.size(),
                             [this](uint32_t i, Arena& arena) { return RunMap(i, arena); }));
    if (spec_.reduces == 0) return Status::Ok();
    return RunTasks(spec_.reduces,
                    [this](uint32_t i, Arena& arena) { return RunReduce(i, arena); });
  }

  OutputManifest TakeManifest() { return {spec_.uuid, std::move(outputs_)}; }
  Counters TakeCounters() {
    MutexLock lock(mutex_);
    return std::move(counters_);
  }
  /// In the order in which tasks have ended.
  std::vector<TaskCounters> TakeTaskCounters() {
    MutexLock lock(mutex_);
    return std::move(task_counters_);
  }

 private:
  class Reporter final : public TaskReporter {
   public:
    Reporter(const std::atomic<bool>& stop, LocalProgress& progress, const TaskId& task)
        : stop_(stop), progress_(progress), task_(task) {}
    void Progress(double fraction, const Counters& counters) override {
      progress_.Tell(task_, fraction, counters);
    }
    void SetStatus(std::string_view) override {}
    bool ShouldStop() override { return stop_.load(std::memory_order_relaxed); }
    Status MayCommit() override {
      return ShouldStop() ? Status(StatusCode::kCancelled, "the job is over") : Status::Ok();
    }

   private:
    const std::atomic<bool>& stop_;
    LocalProgress& progress_;
    const TaskId task_;
  };

  /// The map outputs of this job, as files.
  class LocalOutputs final : public MapOutputSource {
   public:
    LocalOutputs(const std::vector<MapOutput>& outputs, uint32_t partition)
        : outputs_(outputs), partition_(partition) {}
    Result<FetchedSegment> Next() override {
      while (next_ < outputs_.size()) {
        const uint32_t map = next_++;
        const SpillSegment& segment = outputs_[map].index.segments[partition_];
        if (segment.records == 0) continue;
        ASSIGN_OR_RETURN(auto file, LocalFile::Open(outputs_[map].path));
        return FetchedSegment{
            map, segment.stored_bytes,
            MakeFileSegment(std::move(file), segment.offset, segment.stored_bytes)};
      }
      return FetchedSegment{};
    }

   private:
    const std::vector<MapOutput>& outputs_;
    const uint32_t partition_;
    uint32_t next_ = 0;
  };

  using TaskFunction = std::function<Status(uint32_t, Arena&)>;

  Status RunTasks(size_t count, const TaskFunction& run) {
    std::atomic<uint32_t> next = 0;
    const auto work = [&](Arena& arena) {
      while (!stop_.load(std::memory_order_relaxed)) {
        const uint32_t index = next.fetch_add(1);
        if (index >= count) return;
        const Status status = run(index, arena);
        if (!status.ok()) Fail(status);
      }
    };
    std::vector<std::thread> threads;
    const size_t extra = std::min(arenas_.size(), count);
    for (size_t i = 1; i < extra; ++i) threads.emplace_back([&work, this, i] { work(arenas_[i]); });
    work(arenas_[0]);
    for (std::thread& thread : threads) thread.join();
    MutexLock lock(mutex_);
    return status_;
  }

  void Fail(const Status& status) {
    MutexLock lock(mutex_);
    if (status_.ok()) status_ = status;  // the first cause; the others only follow from the stop
    stop_ = true;
  }

  Result<std::string> MakeDirectory(const AttemptId& attempt) const {
    std::string path = directory_ + "/" + attempt.ToString();
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return ErrnoStatus(error.value(), "make directory " + path);
    return path;
  }

  Status RunMap(uint32_t index, Arena& arena) {
    const AttemptId attempt{{id_, TaskType::kMap, index}, 0};
    ASSIGN_OR_RETURN(std::string directory, MakeDirectory(attempt));
    Reporter reporter(stop_, progress_, attempt.task);
    Counters counters;
    const TaskRequest request{spec_, attempt, spec_.splits[index], std::move(directory), files_,
                              arena, reporter};
    Result<MapTaskResult> result = RunMapTask(request, &counters);
    if (!result.ok())
      return result.status().WithContext(fmt::format("map task {} of \"{}\"", index, spec_.name));
    if (result->map_output) {
      map_outputs_[index] = std::move(*result->map_output);
    } else {
      outputs_[index] = std::move(result->output);
    }
    Keep(attempt.task, std::move(counters));
    return Status::Ok();
  }

  Status RunReduce(uint32_t index, Arena& arena) {
    const AttemptId attempt{{id_, TaskType::kReduce, index}, 0};
    ASSIGN_OR_RETURN(std::string directory, MakeDirectory(attempt));
    Reporter reporter(stop_, progress_, attempt.task);
    Counters counters;
    const InputSplit none;
    const TaskRequest request{
        spec_,  attempt, none,     std::move(directory),
        files_, arena,   reporter, static_cast<uint32_t>(spec_.splits.size())};
    LocalOutputs source(map_outputs_, index);
    Result<TaskOutput> result = RunReduceTask(request, source, &counters);
    if (!result.ok()) {
      return result.status().WithContext(
          fmt::format("reduce task {} of \"{}\"", index, spec_.name));
    }
    outputs_[index] = std::move(*result);
    Keep(attempt.task, std::move(counters));
    return Status::Ok();
  }

  void Keep(const TaskId& task, Counters counters) {
    MutexLock lock(mutex_);
    counters_.Merge(counters);
    if (spec_.parameters.contains(std::string(kTaskCountersParameter)))
      task_counters_.push_back({task.type, task.index, std::move(counters)});
  }

  const JobSpec& spec_;
  const JobId id_;
  dfs::FileSystem& files_;
  const std::string directory_;
  std::vector<Arena> arenas_;  // one for each worker thread, its own
  LocalProgress& progress_;
  std::vector<MapOutput> map_outputs_;  // each element written by the thread that runs its task
  std::vector<TaskOutput> outputs_;     // likewise
  std::atomic<bool> stop_ = false;
  Mutex mutex_;
  Counters counters_ GUARDED_BY(mutex_);
  std::vector<TaskCounters> task_counters_ GUARDED_BY(mutex_);
  Status status_ GUARDED_BY(mutex_);
};

uint32_t ThreadsOf(const Config& config) {
  const int64_t told = config.Get(kLocalThreads);
  if (told > 0) return static_cast<uint32_t>(told);
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

LocalJobRunner::LocalJobRunner(const Config& config, std::shared_ptr<dfs::FileSystem> files)
    : config_(config), files_(std::move(files)), threads_(ThreadsOf(config)) {}

Result<JobResult> LocalJobRunner::Run(Job job) {
  const auto start = SystemClock::Get().SteadyNow();
  RETURN_IF_ERROR(PrepareJob(config_, *files_, threads_, &job));
  const JobSpec& spec = job.spec();
  const JobId id{static_cast<uint64_t>(::getpid()), ++jobs_run_};
  if (jobs_run_ == 1) RemoveAbandonedScratch(config_.Get(kLocalDir));
  ASSIGN_OR_RETURN(const auto scratch, ScratchDirectory::Make(config_.Get(kLocalDir), spec.uuid));
  const OutputCommitter committer(spec, *files_);
  RETURN_IF_ERROR(committer.SetUpJob());
  const ExitWatch exit_watch;
  LocalProgress progress(spec, start);
  LocalJob running(spec, id, *files_, scratch->path(), threads_, progress);
  Status status = running.Run();
  if (status.ok()) status = committer.CommitJob(running.TakeManifest());
  if (!status.ok()) {
    const Status aborted = committer.AbortJob();
    static_cast<void>(aborted);  // the first cause is what the user must see
    return status;
  }
  JobResult result;
  result.id = id.ToString();
  result.maps = static_cast<uint32_t>(spec.splits.size());
  result.reduces = spec.reduces;
  result.counters = running.TakeCounters();
  result.tasks = running.TakeTaskCounters();
  result.seconds = std::chrono::duration<double>(SystemClock::Get().SteadyNow() - start).count();
  return result;
}

}  // namespace tusk::mapreduce

#include "mapreduce/jobtracker/job_table.h"

#include <map>
#include <set>

#include "common/base/random.h"
#include "mapreduce/jobtracker/fifo_scheduler.h"
#include "tests/support/manual_clock.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce::jobtracker {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Notes what the table asks for; answers when the test says so, or at once.
class FakeOutputs : public JobOutputs {
 public:
  void Commit(const JobSnapshot& job, OutputManifest manifest,
              std::function<void(Status)> done) override {
    committed.push_back(job.id);
    last_manifest = std::move(manifest);
    done(commit_answer);
  }
  void Abort(const JobSnapshot& job, std::function<void(Status)> done) override {
    aborted.push_back(job.id);
    done(Status::Ok());
  }
  void Ended(const JobSnapshot& job, std::vector<TaskSnapshot> tasks) override {
    ended.push_back(job);
    remarkable = std::move(tasks);
  }

  Status commit_answer;
  std::vector<JobId> committed;
  std::vector<JobId> aborted;
  std::vector<JobSnapshot> ended;
  std::vector<TaskSnapshot> remarkable;
  OutputManifest last_manifest;
};

JobSpec Spec(const std::vector<std::string>& hosts, uint32_t reduces) {
  JobSpec spec;
  spec.name = "word count";
  spec.user = "alice";
  spec.uuid = std::string(32, 'a');
  spec.map_step = "map";
  if (reduces > 0) spec.reduce_step = "reduce";
  spec.reduces = reduces;
  for (const std::string& host : hosts) {
    InputSplit split;
    split.path = "/in";
    split.length = 10;
    if (!host.empty()) split.hosts = {host};
    spec.splits.push_back(split);
  }
  return spec;
}

class JobTableTest : public testing::Test {
 protected:
  TrackerId AddTracker(const std::string& host, uint32_t slots = 2, const std::string& run = "1") {
    TrackerDescription description;
    description.host = host;
    description.shuffle_host = host;
    description.rack = "/r1";
    description.shuffle_port = 100;
    description.http_port = 200;
    description.map_slots = slots;
    description.reduce_slots = slots;
    description.incarnation = run;
    const TrackerId id = table_.Register(description);
    runs_[id] = run;
    return id;
  }

  JobId Submit(JobSpec spec) {
    const JobId id = table_.NewJobId();
    EXPECT_OK(table_.Submit(id, std::move(spec)));
    return id;
  }

  /// Everything that waits for a tracker.
  std::vector<Action> Take(const TrackerId& id) {
    std::vector<Action> actions;
    while (true) {
      auto batch = table_.NextBatch(id, runs_[id], acknowledged_[id], [] {});
      EXPECT_OK(batch);
      if (!batch.ok() || batch->actions.empty()) return actions;
      acknowledged_[id] = batch->number;
      actions.insert(actions.end(), batch->actions.begin(), batch->actions.end());
    }
  }

  std::vector<LaunchTask> Launches(const TrackerId& id) {
    std::vector<LaunchTask> launches;
    for (Action& action : Take(id)) {
      if (auto* launch = std::get_if<LaunchTask>(&action)) launches.push_back(*launch);
    }
    return launches;
  }

  void Report(const TrackerId& id, TrackerEvent event) {
    std::vector<TrackerEvent> events;
    events.push_back(std::move(event));
    ASSERT_OK(table_.Report(id, runs_[id], ++reports_[id], std::move(events)));
  }

  void Done(const TrackerId& id, const AttemptId& attempt) {
    AttemptDone done;
    done.attempt = attempt;
    done.counters.Add(BuiltinCounter::kMapInputRecords, 5);
    done.output.task = attempt.task.ToString();
    done.output.attempt = attempt.ToString();
    if (attempt.task.type == TaskType::kReduce) {
      done.output.files = {OutputFile{"part-r-00000", 3, 1, 1}};
    }
    Report(id, done);
  }

  void Fail(const TrackerId& id, const AttemptId& attempt, const std::string& cause) {
    Report(id, AttemptFailed{attempt, cause, "tail", false});
  }

  JobState StateOf(const JobId& id) { return table_.Get(id, false)->state; }
  int64_t CounterOf(const JobId& id, BuiltinCounter counter) {
    return table_.Get(id, true)->counters.Get(counter);
  }

  ManualClock clock_;
  FifoScheduler scheduler_{FifoScheduler::Options{}};
  FakeOutputs outputs_;
  JobTable table_{JobTable::Options{.tracker_start = 20261124}, scheduler_, outputs_, clock_};
  std::map<TrackerId, std::string> runs_;
  std::map<TrackerId, uint64_t> acknowledged_;
  std::map<TrackerId, uint64_t> reports_;
};

TEST_F(JobTableTest, RunsMapsThenReducesThenCommits) {
  const TrackerId node1 = AddTracker("node1");
  const JobId job = Submit(Spec({"node1", "node1", "node1"}, 1));
  std::vector<LaunchTask> maps = Launches(node1);
  ASSERT_EQ(maps.size(), 2u);
  EXPECT_TRUE(maps[0].with_job);
  EXPECT_FALSE(maps[1].with_job);
  EXPECT_EQ(maps[0].split.path, "/in");
  Done(node1, maps[0].attempt);
  std::vector<LaunchTask> third = Launches(node1);
  ASSERT_EQ(third.size(), 1u);
  Done(node1, maps[1].attempt);
  EXPECT_TRUE(Launches(node1).empty()) << "reduces wait for all maps";
  Done(node1, third[0].attempt);
  std::vector<LaunchTask> reduces = Launches(node1);
  ASSERT_EQ(reduces.size(), 1u);
  EXPECT_EQ(reduces[0].map_outputs.size(), 3u);
  EXPECT_EQ(reduces[0].total_maps, 3u);

  Report(node1, AskCommit{reduces[0].attempt});
  const auto answers = Take(node1);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_TRUE(std::get<CommitAnswer>(answers[0]).granted);
  Done(node1, reduces[0].attempt);

  EXPECT_EQ(StateOf(job), JobState::kSucceeded);
  ASSERT_EQ(outputs_.committed.size(), 1u);
  ASSERT_EQ(outputs_.last_manifest.tasks.size(), 1u);
  EXPECT_EQ(outputs_.last_manifest.tasks[0].files[0].name, "part-r-00000");
  EXPECT_EQ(CounterOf(job, BuiltinCounter::kDataLocalMaps), 3);
  EXPECT_EQ(CounterOf(job, BuiltinCounter::kMapInputRecords), 20);
  const auto last = Take(node1);
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(std::get<PurgeJob>(last[0]).job, job);
}

TEST_F(JobTableTest, UnacknowledgedActionsAreRepeated) {
  const TrackerId node1 = AddTracker("node1");
  Submit(Spec({"node1"}, 0));
  auto first = table_.NextBatch(node1, "1", 0, [] {});
  auto again = table_.NextBatch(node1, "1", 0, [] {});
  ASSERT_OK(first);
  ASSERT_OK(again);
  EXPECT_EQ(first->number, again->number);
  EXPECT_EQ(again->actions.size(), 1u);
  auto after = table_.NextBatch(node1, "1", first->number, [] {});
  EXPECT_TRUE(after->actions.empty());
}

TEST_F(JobTableTest, RepeatedReportChangesNothing) {
  const TrackerId node1 = AddTracker("node1");
  const JobId job = Submit(Spec({"node1"}, 0));
  const AttemptId attempt = Launches(node1)[0].attempt;
  const AttemptFailed failed{attempt, "boom", "", false};
  ASSERT_OK(table_.Report(node1, "1", 1, {failed}));
  ASSERT_OK(table_.Report(node1, "1", 1, {failed}));
  EXPECT_EQ(table_.Get(job, false)->maps.failed_attempts, 1u);
  EXPECT_EQ(Launches(node1)[0].attempt.number, 1u);
}

TEST_F(JobTableTest, FourFailuresFailTheJobWithTheFirstCause) {
  const TrackerId node1 = AddTracker("node1", 1);
  const JobId job = Submit(Spec({"node1"}, 0));
  for (int i = 0; i < 4; ++i) {
    const auto launches = Launches(node1);
    ASSERT_EQ(launches.size(), 1u) << i;
    Fail(node1, launches[0].attempt, "std::out_of_range: stoi");
  }
  EXPECT_EQ(StateOf(job), JobState::kFailed);
  EXPECT_EQ(outputs_.aborted.size(), 1u);
  EXPECT_THAT(table_.Get(job, false)->cause,
              testing::HasSubstr("map task 0 of \"word count\" failed 4 times on 1 node"));
  EXPECT_THAT(table_.Get(job, false)->cause, testing::HasSubstr("std::out_of_range: stoi"));
  ASSERT_EQ(outputs_.remarkable.size(), 1u);
  EXPECT_EQ(outputs_.remarkable[0].task.attempts.size(), 4u);
}

TEST_F(JobTableTest, FailingJobWaitsForItsOtherAttempts) {
  const TrackerId node1 = AddTracker("node1", 2);
  JobSpec spec = Spec({"node1", "node1"}, 0);
  spec.max_attempts = 1;
  const JobId job = Submit(std::move(spec));
  const auto launches = Launches(node1);
  ASSERT_EQ(launches.size(), 2u);
  Fail(node1, launches[0].attempt, "boom");
  EXPECT_EQ(StateOf(job), JobState::kFailing);
  EXPECT_TRUE(outputs_.aborted.empty());
  const auto kills = Take(node1);
  ASSERT_EQ(kills.size(), 1u);
  EXPECT_EQ(std::get<KillAttempt>(kills[0]).attempt, launches[1].attempt);
  Report(node1, AttemptFailed{launches[1].attempt, "killed", "", true});
  EXPECT_EQ(StateOf(job), JobState::kFailed);
  EXPECT_EQ(outputs_.aborted.size(), 1u);
}

TEST_F(JobTableTest, KilledJobEndsKilledAndOnlyItsUserMay) {
  const TrackerId node1 = AddTracker("node1");
  const JobId job = Submit(Spec({"node1"}, 0));
  const auto launches = Launches(node1);
  EXPECT_THAT(table_.Kill(job, "bob", false), StatusIs(StatusCode::kPermissionDenied));
  ASSERT_OK_AND_ASSIGN(bool killed, table_.Kill(job, "alice", false));
  EXPECT_TRUE(killed);
  Report(node1, AttemptFailed{launches[0].attempt, "killed", "", true});
  EXPECT_EQ(StateOf(job), JobState::kKilled);
  ASSERT_OK_AND_ASSIGN(bool again, table_.Kill(job, "alice", false));
  EXPECT_FALSE(again);
  EXPECT_THAT(table_.Kill(JobId{1, 1}, "alice", false), StatusIs(StatusCode::kNotFound));
}

TEST_F(JobTableTest, OnlyOneAttemptMayCommit) {
  const TrackerId node1 = AddTracker("node1");
  const TrackerId node2 = AddTracker("node2");
  const JobId job = Submit(Spec({"node1"}, 0));
  const AttemptId first = Launches(node1)[0].attempt;
  Report(node1, AskCommit{first});
  Report(node1, AskCommit{first});
  const auto answers = Take(node1);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_TRUE(std::get<CommitAnswer>(answers[1]).granted) << "the same attempt may ask again";
  const AttemptId stranger{first.task, 7};
  Report(node2, AskCommit{stranger});
  EXPECT_FALSE(std::get<CommitAnswer>(Take(node2)[0]).granted);
  Done(node1, first);
  EXPECT_EQ(StateOf(job), JobState::kSucceeded);
}

TEST_F(JobTableTest, LostTrackerCostsNoAttemptAndItsMapsRunAgain) {
  const TrackerId node1 = AddTracker("node1", 1);
  const TrackerId node2 = AddTracker("node2", 1);
  JobSpec spec = Spec({"node1", "node2"}, 1);
  spec.max_attempts = 1;
  const JobId job = Submit(std::move(spec));
  Done(node1, Launches(node1)[0].attempt);
  const AttemptId second = Launches(node2)[0].attempt;
  clock_.Advance(seconds(6));
  Report(node2, AttemptStarted{second});
  clock_.Advance(seconds(6));  // node1 has been silent for 12 seconds
  table_.Tick();
  EXPECT_THAT(table_.NextBatch(node1, "1", 0, [] {}), StatusIs(StatusCode::kFailedPrecondition));
  Done(node2, second);
  const auto again = Launches(node2);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].attempt.task.index, 0u);
  EXPECT_EQ(again[0].attempt.number, 1u);
  Done(node2, again[0].attempt);
  const auto reduces = Launches(node2);
  ASSERT_EQ(reduces.size(), 1u);
  ASSERT_EQ(reduces[0].map_outputs.size(), 2u);
  for (const MapOutput& output : reduces[0].map_outputs) EXPECT_EQ(output.tracker, node2);
  Done(node2, reduces[0].attempt);
  EXPECT_EQ(StateOf(job), JobState::kSucceeded);
  EXPECT_EQ(CounterOf(job, BuiltinCounter::kNumFailedMaps), 0);
  EXPECT_EQ(CounterOf(job, BuiltinCounter::kNumKilledMaps), 1);
  EXPECT_EQ(CounterOf(job, BuiltinCounter::kMapInputRecords), 15) << "a lost map counts once";
}

TEST_F(JobTableTest, CallsOfAKilledTrackerDoNotSpeakForTheNewOne) {
  const TrackerId node1 = AddTracker("node1", 1);
  AddTracker("node1", 1, "2");
  bool woken = false;
  ASSERT_OK(table_.NextBatch(node1, "2", 0, [&woken] { woken = true; }));
  // A held call that was never answered looks again: with its number, for its own wake.
  EXPECT_THAT(table_.NextBatch(node1, "1", 20, [] {}), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(table_.Report(node1, "1", 500, {}), StatusIs(StatusCode::kFailedPrecondition));
  const JobId job = Submit(Spec({"node1"}, 0));
  EXPECT_TRUE(woken);
  EXPECT_THAT(table_.NextBatch(node1, "1", 20, [] {}), StatusIs(StatusCode::kFailedPrecondition));
  const auto launches = Launches(node1);
  ASSERT_EQ(launches.size(), 1U);
  Done(node1, launches[0].attempt);
  EXPECT_EQ(StateOf(job), JobState::kSucceeded);
}

TEST_F(JobTableTest, RestartedTrackerLosesItsAttempts) {
  const TrackerId node1 = AddTracker("node1", 1);
  const JobId job = Submit(Spec({"node1"}, 0));
  const AttemptId first = Launches(node1)[0].attempt;
  AddTracker("node1", 1, "2");
  acknowledged_.clear();
  reports_.clear();
  const auto launches = Launches(node1);
  ASSERT_EQ(launches.size(), 1u);
  EXPECT_EQ(launches[0].attempt.task, first.task);
  EXPECT_EQ(launches[0].attempt.number, 1u);
  EXPECT_TRUE(launches[0].with_job);
  Done(node1, launches[0].attempt);
  EXPECT_EQ(StateOf(job), JobState::kSucceeded);
}

TEST_F(JobTableTest, DefiniteFetchFailureRunsTheMapAgainAndTellsReducers) {
  const TrackerId node1 = AddTracker("node1", 1);
  const TrackerId node2 = AddTracker("node2", 1);
  Submit(Spec({"node1"}, 1));
  const AttemptId map = Launches(node1)[0].attempt;
  Done(node1, map);
  TrackerId reducer_node = node1;
  auto reduces = Launches(node1);
  if (reduces.empty()) {
    reducer_node = node2;
    reduces = Launches(node2);
  }
  ASSERT_EQ(reduces.size(), 1u);
  Report(reducer_node, FetchFailed{reduces[0].attempt, map, true, "not found"});
  const auto again = Launches(node1);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].attempt.number, 1u);
  Done(node1, again[0].attempt);
  bool told = false;
  for (const Action& action : Take(reducer_node)) {
    if (const auto* update = std::get_if<MapOutputUpdate>(&action)) {
      told = true;
      EXPECT_EQ(update->output.attempt, again[0].attempt);
    }
  }
  EXPECT_TRUE(told);
  Report(reducer_node, FetchFailed{reduces[0].attempt, map, true, "late complaint"});
  EXPECT_TRUE(Launches(node1).empty());
}

TEST_F(JobTableTest, WaitsForALocalSlotThenTakesAny) {
  const TrackerId node1 = AddTracker("node1", 1);
  const TrackerId node2 = AddTracker("node2", 1);
  const JobId job = Submit(Spec({"node1", "node1"}, 0));
  const AttemptId local = Launches(node1)[0].attempt;
  EXPECT_TRUE(Launches(node2).empty()) << "a slot near the data may come free";
  const Instant offer = table_.Tick();
  EXPECT_LE(offer, clock_.SteadyNow() + milliseconds(100));
  clock_.Advance(milliseconds(101));
  table_.Tick();
  const auto rack = Launches(node2);
  ASSERT_EQ(rack.size(), 1u);
  Done(node2, rack[0].attempt);
  Done(node1, local);
  EXPECT_EQ(StateOf(job), JobState::kSucceeded);
  EXPECT_EQ(CounterOf(job, BuiltinCounter::kDataLocalMaps), 1);
  EXPECT_EQ(CounterOf(job, BuiltinCounter::kOtherLocalMaps) +
                CounterOf(job, BuiltinCounter::kRackLocalMaps),
            1);
}

TEST_F(JobTableTest, SplitsThatLieNowhereWaitForNobody) {
  const TrackerId node1 = AddTracker("node1", 4);
  Submit(Spec({"", "", "elsewhere"}, 0));
  EXPECT_EQ(Launches(node1).size(), 3u);
}

TEST_F(JobTableTest, HigherPriorityGoesFirst) {
  const TrackerId node1 = AddTracker("node1", 1);
  Submit(Spec({"node1", "node1"}, 0));
  JobSpec urgent = Spec({"node1"}, 0);
  urgent.priority = JobPriority::kVeryHigh;
  const JobId second = Submit(std::move(urgent));
  Done(node1, Launches(node1)[0].attempt);
  EXPECT_EQ(Launches(node1)[0].attempt.task.job, second);
}

TEST_F(JobTableTest, FailedCommitFailsTheJob) {
  outputs_.commit_answer = Status(StatusCode::kNoSpace, "no room for _SUCCESS");
  const TrackerId node1 = AddTracker("node1", 1);
  const JobId job = Submit(Spec({"node1"}, 0));
  Done(node1, Launches(node1)[0].attempt);
  EXPECT_EQ(StateOf(job), JobState::kFailed);
  EXPECT_THAT(table_.Get(job, false)->cause, testing::HasSubstr("no room for _SUCCESS"));
  EXPECT_EQ(outputs_.aborted.size(), 1u);
}

TEST_F(JobTableTest, WatchersWakeOnceOnChange) {
  const TrackerId node1 = AddTracker("node1", 1);
  const JobId job = Submit(Spec({"node1"}, 0));
  const auto launches = Launches(node1);
  int woken = 0;
  table_.Watch(job, table_.Get(job, false)->version, [&woken] { ++woken; });
  EXPECT_EQ(woken, 0);
  Done(node1, launches[0].attempt);
  EXPECT_EQ(woken, 1);
  table_.Watch(job, 0, [&woken] { ++woken; });
  EXPECT_EQ(woken, 2) << "a version that is past is a change";
}

TEST_F(JobTableTest, RefusesIdsThatItDidNotGiveOut) {
  EXPECT_THAT(table_.Submit(JobId{20261124, 99}, Spec({"a"}, 0)),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(table_.Submit(JobId{1, 1}, Spec({"a"}, 0)), StatusIs(StatusCode::kInvalidArgument));
}

// Any order of events and losses ends every job, with each task's output from exactly one attempt.
TEST_F(JobTableTest, RandomLossesEndInOneOutputPerTask) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  std::map<TrackerId, std::vector<AttemptId>> running;
  std::vector<std::string> hosts = {"node1", "node2", "node3"};
  int incarnation = 0;
  std::map<std::string, TrackerId> ids;
  for (const std::string& host : hosts)
    ids[host] = AddTracker(host, 2, std::to_string(++incarnation));
  std::vector<JobId> jobs;
  for (int i = 0; i < 5; ++i) {
    jobs.push_back(Submit(Spec({"node1", "node2", "node3", "node1", "node2"}, 2)));
  }
  int losses = 0;
  for (int step = 0; step < 20'000 && outputs_.ended.size() < jobs.size(); ++step) {
    const std::string& host = hosts[random.Below(hosts.size())];
    const TrackerId id = ids[host];
    for (const LaunchTask& launch : Launches(id)) running[id].push_back(launch.attempt);
    if (losses < 60 && random.Chance(0.02)) {
      ++losses;
      running[id].clear();
      acknowledged_.erase(id);
      reports_.erase(id);
      AddTracker(host, 2, std::to_string(++incarnation));
      continue;
    }
    if (running[id].empty()) {
      clock_.Advance(milliseconds(50));
      table_.Tick();
      continue;
    }
    const size_t chosen = random.Below(running[id].size());
    const AttemptId attempt = running[id][chosen];
    running[id].erase(running[id].begin() + static_cast<std::ptrdiff_t>(chosen));
    if (random.Chance(0.1)) {
      Report(id, AttemptFailed{attempt, "killed", "", true});
    } else {
      Done(id, attempt);
    }
  }
  ASSERT_EQ(outputs_.ended.size(), jobs.size());
  for (const JobSnapshot& job : outputs_.ended) {
    EXPECT_EQ(job.state, JobState::kSucceeded) << job.cause;
    EXPECT_EQ(job.counters.Get(BuiltinCounter::kMapInputRecords), 7 * 5);
  }
}

}  // namespace
}  // namespace tusk::mapreduce::jobtracker

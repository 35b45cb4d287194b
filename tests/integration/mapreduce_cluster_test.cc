// Jobs on a jobtracker and tasktrackers with real task processes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "mapreduce/client/job_client.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/tasktracker/child_process.h"
#include "tests/jobs/job_process.h"
#include "tests/support/eventually.h"
#include "tests/support/in_process_mapreduce.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// A cluster over this machine's files.
class MapreduceCluster : public ::testing::Test {
 protected:
  void StartCluster(InProcessMapreduce::Options options) {
    cluster_ = std::make_unique<InProcessMapreduce>(std::move(options));
    ASSERT_OK(cluster_->Start());
    in_ = cluster_->directory() + "/in";
    out_ = cluster_->directory() + "/out";
  }
  void StartCluster() { StartCluster(InProcessMapreduce::Options{}); }

  /// A thousand lines; the 500th says "bad".
  void WriteTrouble() const {
    std::ofstream out(in_);
    for (int i = 0; i < 1000; ++i) out << (i == 499 ? "bad\n" : "good\n");
  }
  std::vector<std::string> TroubleArguments(const std::string& map, const std::string& combine,
                                            const std::string& reduce,
                                            std::vector<std::string> options) const {
    options.insert(options.end(), {map, combine, reduce, in_, out_});
    return options;
  }
  Ended RunTrouble(const std::string& map, std::vector<std::string> options = {},
                   const std::string& reduce = "-") const {
    return RunProgram("troublemaker", TroubleArguments(map, "-", reduce, std::move(options)),
                      cluster_->Environment());
  }

  proto::JobStatusProto LastJob() const {
    const auto jobs = cluster_->client().List(true);
    EXPECT_OK(jobs);
    if (!jobs.ok() || jobs->empty()) return {};
    const auto last = cluster_->client().GetStatus(FromProto(jobs->front().job()).value(), true);
    EXPECT_OK(last);
    return last.value_or(proto::JobStatusProto());
  }
  int64_t LastCounter(BuiltinCounter counter) const {
    return FromProto(LastJob().counters()).value_or(Counters()).Get(counter);
  }
  JobState LastState() const { return static_cast<JobState>(LastJob().state()); }

  /// Nothing of a failed job is left in the way of the next one.
  void ExpectNoOutput() const { EXPECT_FALSE(std::filesystem::exists(out_)); }

  std::unique_ptr<InProcessMapreduce> cluster_;
  std::string in_, out_;
};

TEST_F(MapreduceCluster, WordCountGivesWhatOneProcessGives) {
  StartCluster();
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  std::ofstream text(in_);
  for (int i = 0; i < 200'000; ++i) {
    text << "w" << random.Below(30'000) << (random.Below(8) == 0 ? '\n' : ' ');
  }
  text.close();
  const std::vector<std::string> options = {
      "-D", "mapreduce.job.reduces=3",
      "-D", "mapreduce.input.fileinputformat.split.maxsize=200k",
      "-D", "mapreduce.task.io.sort.mb=1"};
  std::vector<std::string> there = options, here = options;
  there.insert(there.end(), {in_, out_});
  here.insert(here.end(), {"--local", in_, out_ + "-local"});
  const Ended ended = RunProgram("wordcount", there, cluster_->Environment());
  ASSERT_EQ(ended.exit_status, 0) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("done in "));
  ASSERT_EQ(RunProgram("wordcount", here).exit_status, 0);
  for (const char* part : {"/part-r-00000", "/part-r-00001", "/part-r-00002"}) {
    EXPECT_TRUE(ReadFile(out_ + part) == ReadFile(out_ + "-local" + part)) << part;
    EXPECT_FALSE(ReadFile(out_ + part).empty());
  }
  EXPECT_TRUE(std::filesystem::exists(out_ + "/_SUCCESS"));
  const auto maps = static_cast<int64_t>(LastJob().maps().total());
  EXPECT_GT(maps, 4);
  EXPECT_EQ(LastCounter(BuiltinCounter::kTotalLaunchedMaps), maps);
  EXPECT_EQ(LastCounter(BuiltinCounter::kTotalLaunchedReduces), 3);
  EXPECT_EQ(LastCounter(BuiltinCounter::kShuffledMaps), 3 * maps);
  EXPECT_EQ(LastCounter(BuiltinCounter::kMapOutputRecords), 200'000);
  EXPECT_EQ(LastCounter(BuiltinCounter::kNumFailedMaps), 0);
  EXPECT_EQ(LastState(), JobState::kSucceeded);
}

TEST_F(MapreduceCluster, EmptyInputIsAJobToo) {
  StartCluster();
  std::filesystem::create_directory(in_);
  const Ended ended = RunProgram("wordcount", {in_, out_}, cluster_->Environment());
  ASSERT_EQ(ended.exit_status, 0) << ended.err;
  EXPECT_EQ(ReadFile(out_ + "/part-r-00000"), "");
  EXPECT_TRUE(std::filesystem::exists(out_ + "/_SUCCESS"));
}

TEST_F(MapreduceCluster, MapOnlyJob) {
  StartCluster();
  std::ofstream(in_) << "a\nb\n";
  const Ended ended = RunTrouble("-", {}, "map-only");
  ASSERT_EQ(ended.exit_status, 0) << ended.err;
  EXPECT_EQ(ReadFile(out_ + "/part-m-00000"), "a\t1\nb\t1\n");
}

TEST_F(MapreduceCluster, GrepIsAChainAndLeavesNothingBetween) {
  StartCluster();
  std::ofstream(in_) << "dfs.a dfs.b\ndfs.a\nother dfs.a\n";
  const Ended ended = RunProgram("grep", {"-D", "mapreduce.job.reduces=2", in_, out_, "dfs[.a-z]+"},
                                 cluster_->Environment());
  ASSERT_EQ(ended.exit_status, 0) << ended.err;
  EXPECT_EQ(ReadFile(out_ + "/part-r-00000"), "3\tdfs.a\n1\tdfs.b\n");
  const auto jobs = cluster_->client().List(true);
  ASSERT_OK(jobs);
  EXPECT_EQ(jobs->size(), 2U);
}

TEST_F(MapreduceCluster, PiPrintsTheSameAsLocally) {
  StartCluster();
  const Ended ended = RunProgram("pi", {"5", "1000"}, cluster_->Environment());
  ASSERT_EQ(ended.exit_status, 0) << ended.err;
  const Ended local = RunProgram("pi", {"--local", "5", "1000"});
  EXPECT_EQ(ended.out.substr(ended.out.find("Estimated")),
            local.out.substr(local.out.find("Estimated")));
}

TEST_F(MapreduceCluster, AMapThatFailsThreeTimesIsTriedAFourthTime) {
  StartCluster();
  WriteTrouble();
  const Ended ended = RunTrouble("times", {"-D", "times=3"});
  ASSERT_EQ(ended.exit_status, 0) << ended.err;
  EXPECT_EQ(ReadFile(out_ + "/part-r-00000"), "bad\t1\ngood\t999\n");
  EXPECT_EQ(LastCounter(BuiltinCounter::kNumFailedMaps), 3);
  EXPECT_EQ(LastCounter(BuiltinCounter::kMapInputRecords), 1000);  // once, whatever was repeated
  const Counters counters = FromProto(LastJob().counters()).value_or(Counters());
  EXPECT_EQ(counters.Get("trouble", "lines"), 1000);
}

TEST_F(MapreduceCluster, FourFailuresFailTheJobWithTheFirstCause) {
  StartCluster();
  WriteTrouble();
  const Ended ended = RunTrouble("times", {"-D", "times=9"});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.err,
              AllOf(HasSubstr("error: map task 0 of \"trouble\" failed 4 times"),
                    HasSubstr("std::runtime_error: not yet"), HasSubstr("record 500 of "),
                    HasSubstr("\"bad\""), HasSubstr("tusk job -logs job_")));
  ExpectNoOutput();
  EXPECT_EQ(LastState(), JobState::kFailed);
  EXPECT_EQ(LastCounter(BuiltinCounter::kNumFailedMaps), 4);
  // The cluster is as good as before.
  ASSERT_EQ(RunTrouble("-").exit_status, 0);
}

TEST_F(MapreduceCluster, AParameterThatTasksCannotReadIsTheCause) {
  StartCluster();
  WriteTrouble();
  const Ended ended = RunTrouble("times", {"-D", "times=many"});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.err, HasSubstr("job parameter is not a number: times"));
}

TEST_F(MapreduceCluster, AReduceThatThrowsFailsTheJob) {
  StartCluster();
  WriteTrouble();
  const Ended ended = RunTrouble("-", {"-D", "mapreduce.map.maxattempts=2"}, "throw");
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("reduce task 0"), HasSubstr("failed 2 times"),
                               HasSubstr("std::out_of_range: a bad line")));
  ExpectNoOutput();
}

TEST_F(MapreduceCluster, DeathsOfTaskProcessesAreToldInWords) {
  StartCluster();
  WriteTrouble();
  const std::map<std::string, std::string> deaths = {
      {"abort", "was ended by signal 6 (Aborted)"},
      {"segv", "was ended by signal 11 (Segmentation fault)"},
      {"exit", "exited with status 3"},
      {"exit0", "exited with status 0"},
      {"vanish", "exited with status 0"},
      {"throw-int", "int"},
      {"stderr", "complaint 99"}};
  for (const auto& [how, words] : deaths) {
    const Ended ended = RunTrouble(how, {"-D", "mapreduce.map.maxattempts=1"});
    EXPECT_EQ(ended.exit_status, 1) << how;
    EXPECT_THAT(ended.err, HasSubstr(words)) << how;
    ExpectNoOutput();
  }
}

TEST_F(MapreduceCluster, ATaskThatHangsIsEndedAfterTheTimeout) {
  InProcessMapreduce::Options options;
  options.values["mapreduce.task.timeout"] = "1500";
  StartCluster(std::move(options));
  WriteTrouble();
  const Ended ended = RunTrouble("hang", {"-D", "mapreduce.map.maxattempts=1"});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.err, HasSubstr("no progress for 1.5 s"));
}

TEST_F(MapreduceCluster, AKilledJobEndsItsTasksAndLeavesNothing) {
  StartCluster();
  WriteTrouble();
  const std::string file = cluster_->directory() + "/go";
  RunningProgram driver("troublemaker",
                        TroubleArguments("wait", "-", "-", {"-D", "wait.file=" + file}),
                        cluster_->Environment());
  const auto waits = [&] {
    for (const auto& entry : std::filesystem::directory_iterator(cluster_->directory())) {
      if (entry.path().string().starts_with(file + ".attempt")) return true;
    }
    return false;
  };
  ASSERT_TRUE(Eventually(waits));
  const JobId id = FromProto(LastJob().job()).value();
  ASSERT_OK_AND_ASSIGN(const bool killed, cluster_->client().Kill(id));
  EXPECT_TRUE(killed);
  const Ended ended = driver.Wait();
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_EQ(LastState(), JobState::kKilled);
  ExpectNoOutput();
  ASSERT_OK_AND_ASSIGN(const bool again, cluster_->client().Kill(id));
  EXPECT_FALSE(again);
}

TEST_F(MapreduceCluster, ALostTrackerCostsNothingButTime) {
  StartCluster();
  WriteTrouble();
  const std::string file = cluster_->directory() + "/go";
  const auto waits = [&](const std::string& attempt) {
    for (const auto& entry : std::filesystem::directory_iterator(cluster_->directory())) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("go.attempt") && name.ends_with(attempt)) return true;
    }
    return false;
  };
  RunningProgram driver(
      "troublemaker",
      TroubleArguments("wait", "-", "-",
                       {"-D", "wait.file=" + file, "-D", "mapreduce.map.maxattempts=1"}),
      cluster_->Environment());
  ASSERT_TRUE(Eventually([&] { return waits("_0"); }));
  const JobId id = FromProto(LastJob().job()).value();
  ASSERT_OK_AND_ASSIGN(const auto tasks, cluster_->client().Tasks(id, TaskType::kMap));
  const int index = cluster_->IndexOfTracker(tasks[0].attempts(0).tracker_id());
  ASSERT_GE(index, 0);
  cluster_->StopTracker(index);
  ASSERT_TRUE(Eventually([&] { return waits("_1"); }));
  std::ofstream(file).close();
  const Ended ended = driver.Wait();
  EXPECT_EQ(ended.exit_status, 0) << ended.err;
  EXPECT_EQ(ReadFile(out_ + "/part-r-00000"), "bad\t1\ngood\t999\n");
  EXPECT_EQ(LastCounter(BuiltinCounter::kNumKilledMaps), 1);
  EXPECT_EQ(LastCounter(BuiltinCounter::kNumFailedMaps), 0);
}

/// One task slot, so that every task is run by the process that is kept, if one is.
class KeptProcesses : public MapreduceCluster {
 protected:
  struct Who {
    pid_t process = 0;
    std::string directory;
  };

  void StartCluster(const std::string& keep) {
    InProcessMapreduce::Options options;
    options.trackers = 1;
    options.slots = 1;
    options.values = {{"tusk.tasktracker.keep-processes", keep}};
    MapreduceCluster::StartCluster(std::move(options));
    std::ofstream(in_) << "one line\n";
  }
  /// Who ran the one task of a job.
  Who Run(const std::string& how) {
    std::filesystem::remove_all(out_);
    const Ended ended = RunTrouble(how, {}, "map-only");
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    std::istringstream text(ReadFile(out_ + "/part-m-00000"));
    Who who;
    text >> who.process >> who.directory;
    EXPECT_GT(who.process, 0);
    return who;
  }
  static bool Ends(pid_t process) {
    // Nobody waits for what ends when its tracker has stopped.
    return Eventually(
        [process] { return kill(process, 0) != 0 || !tasktracker::ChildIsRunning(process); });
  }
};

TEST_F(KeptProcesses, OfAQueryRunItsNextJob) {
  StartCluster("60s");
  const Who first = Run("who-of-a-query");
  const Who second = Run("who-of-a-query");
  EXPECT_EQ(second.process, first.process);
  EXPECT_NE(second.directory, first.directory);
  EXPECT_TRUE(Eventually([&] { return !std::filesystem::exists(first.directory); }));
  // What it wrote for the second job is that job's.
  const proto::JobStatusProto job = LastJob();
  EXPECT_THAT(second.directory, HasSubstr(FromProto(job.job()).value().ToString()));
  cluster_->StopTracker(0);
  EXPECT_TRUE(Ends(first.process));
}

TEST_F(KeptProcesses, HaveThePeakOfTheirTask) {
  constexpr int64_t kMegabyte = 1 << 20;
  StartCluster("60s");
  const Who first = Run("swollen-of-a-query");
  const int64_t swollen = LastCounter(BuiltinCounter::kPhysicalMemoryBytes);
  EXPECT_GE(swollen, 256 * kMegabyte);
  EXPECT_EQ(Run("who-of-a-query").process, first.process);
  EXPECT_LE(LastCounter(BuiltinCounter::kPhysicalMemoryBytes), swollen - 200 * kMegabyte);
}

TEST_F(KeptProcesses, OfOtherJobsEndWithTheirs) {
  StartCluster("60s");
  const Who first = Run("who");
  EXPECT_TRUE(Ends(first.process));
  const Who query = Run("who-of-a-query");
  EXPECT_NE(Run("who").process, query.process);
}

TEST_F(KeptProcesses, EndWhenNobodyNeedsThem) {
  StartCluster("50ms");
  EXPECT_TRUE(Ends(Run("who-of-a-query").process));
}

TEST_F(KeptProcesses, EndWithTheirJobWhenTheyShall) {
  StartCluster("0");
  EXPECT_TRUE(Ends(Run("who-of-a-query").process));
}

// The process dies while it waits: the next job gets another one, and no attempt fails for it.
TEST_F(KeptProcesses, MayDieMeanwhile) {
  StartCluster("60s");
  const Who first = Run("who-of-a-query");
  kill(first.process, SIGKILL);
  EXPECT_NE(Run("who-of-a-query").process, first.process);
  EXPECT_EQ(LastCounter(BuiltinCounter::kNumFailedMaps), 0);
}

TEST_F(MapreduceCluster, AnOutputThatExistsIsRefusedBeforeTheJobIs) {
  StartCluster();
  std::ofstream(in_) << "a\n";
  std::filesystem::create_directory(out_);
  const Ended ended = RunProgram("wordcount", {in_, out_}, cluster_->Environment());
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_EQ(ended.err, "error: Output directory " + out_ + " already exists\n");
  EXPECT_TRUE(cluster_->client().List(true).value().empty());
}

}  // namespace
}  // namespace tusk::mapreduce

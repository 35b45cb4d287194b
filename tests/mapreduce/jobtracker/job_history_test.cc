#include "mapreduce/jobtracker/job_history.h"

#include <gtest/gtest.h>

#include <set>

#include "common/codec/record_log_reader.h"
#include "common/codec/record_log_writer.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/model/task_state.h"
#include "tests/support/golden.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_env.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce::jobtracker {
namespace {

constexpr char kDirectory[] = "/history";
constexpr char kLog[] = "/history/history.log";

proto::JobSpecProto Spec() {
  JobSpec spec;
  spec.name = "word count";
  spec.user = "alice";
  spec.uuid = "0123456789abcdef0123456789abcdef";
  spec.map_step = "m";
  spec.reduce_step = "r";
  spec.splits.resize(2);
  proto::JobSpecProto message;
  ToProto(spec, &message);
  return message;
}

proto::JobStatusProto Ended(const JobId& id, JobState state) {
  proto::JobStatusProto status;
  ToProto(id, status.mutable_job());
  status.set_name("word count");
  status.set_user("alice");
  status.set_state(static_cast<uint32_t>(state));
  status.set_priority(2);
  for (proto::TaskCountsProto* counts : {status.mutable_maps(), status.mutable_reduces()}) {
    counts->set_total(1);
    counts->set_pending(0);
    counts->set_running(0);
    counts->set_succeeded(1);
    counts->set_failed_attempts(0);
    counts->set_killed_attempts(0);
    counts->set_progress(1);
  }
  status.set_version(9);
  status.set_submitted_ms(1'767'225'600'000);
  status.set_finished_ms(1'767'225'601'000);
  return status;
}

class JobHistoryTest : public testing::Test {
 protected:
  Result<std::unique_ptr<JobHistory>> Open(size_t retained = 100) {
    return JobHistory::Open(env_, clock_, kDirectory, retained);
  }

  std::vector<std::string> Records() {
    std::vector<std::string> records;
    auto reader = RecordLogReader::Open(env_, kLog);
    EXPECT_OK(reader);
    std::string record;
    while (reader.ok()) {
      const Result<bool> more = (*reader)->Next(record);
      EXPECT_OK(more);
      if (!more.value_or(false)) break;
      records.push_back(record);
    }
    return records;
  }

  MemoryEnv env_;
  ManualClock clock_;
};

TEST_F(JobHistoryTest, GoldenRecords) {
  // The worked example of docs/formats/job_history.md.
  ASSERT_OK_AND_ASSIGN(const auto history, Open());
  const JobId id{history->tracker_start(), 1};
  EXPECT_EQ(id.ToString(), "job_202601010001_0001");
  ASSERT_OK(history->Submitted(id, Spec(), 2));
  ASSERT_OK(history->Finished(Ended(id, JobState::kSucceeded), {}));
  const std::string page = ReadSourceFile("docs/formats/job_history.md");
  const std::vector<std::string> records = Records();
  ASSERT_EQ(records.size(), 3u);
  for (const std::string& record : records) {
    EXPECT_THAT(page, testing::HasSubstr(HexDump(AsBytes(record))));
  }
}

TEST_F(JobHistoryTest, FinishedJobsAreThereAfterARestart) {
  JobId id;
  {
    ASSERT_OK_AND_ASSIGN(const auto history, Open());
    id = {history->tracker_start(), 1};
    ASSERT_OK(history->Submitted(id, Spec(), 2));
    EXPECT_FALSE(history->Find(id).has_value());
    ASSERT_OK(history->Finished(Ended(id, JobState::kSucceeded), {}));
  }
  ASSERT_OK_AND_ASSIGN(const auto history, Open());
  EXPECT_GT(history->tracker_start(), id.tracker_start);
  const auto found = history->Find(id);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->SerializeAsString(), Ended(id, JobState::kSucceeded).SerializeAsString());
  EXPECT_EQ(history->List().size(), 1u);
}

TEST_F(JobHistoryTest, AJobWithoutAnEndHasFailedWithTheReason) {
  JobId id;
  {
    ASSERT_OK_AND_ASSIGN(const auto history, Open());
    id = {history->tracker_start(), 1};
    ASSERT_OK(history->Submitted(id, Spec(), 2));
  }
  for (int restart = 0; restart < 2; ++restart) {
    ASSERT_OK_AND_ASSIGN(const auto history, Open());
    const auto found = history->Find(id);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->state(), static_cast<uint32_t>(JobState::kFailed));
    EXPECT_EQ(found->maps().total(), 2u);
    EXPECT_THAT(found->cause(),
                testing::HasSubstr("the jobtracker ended while \"word count\" ran"));
  }
}

TEST_F(JobHistoryTest, AJobWithoutAnEndIsStillAPartOfItsQuery) {
  JobId id;
  {
    ASSERT_OK_AND_ASSIGN(const auto history, Open());
    id = {history->tracker_start(), 1};
    proto::JobSpecProto spec = Spec();
    for (const auto& [name, value] :
         {std::pair("tusk.query.id", "q_0007"), std::pair("tusk.query.stage", "2")}) {
      proto::ParameterProto* const parameter = spec.add_parameters();
      parameter->set_name(name);
      parameter->set_value(value);
    }
    ASSERT_OK(history->Submitted(id, spec, 2));
  }
  ASSERT_OK_AND_ASSIGN(const auto history, Open());
  const auto found = history->Find(id);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->query().id(), "q_0007");
  EXPECT_EQ(found->query().stage(), 2u);
}

TEST_F(JobHistoryTest, StartStampsAreOfTheDayAndNeverRepeat) {
  std::set<uint64_t> seen;
  for (int start = 0; start < 30; ++start) {
    ASSERT_OK_AND_ASSIGN(const auto history, Open(1));
    EXPECT_TRUE(seen.insert(history->tracker_start()).second);
    if (start == 10) clock_.JumpWall(std::chrono::hours(24));
    if (start == 20) clock_.JumpWall(-std::chrono::hours(48));
  }
  EXPECT_EQ(*seen.begin(), 202601010001u);
  EXPECT_EQ(*seen.rbegin() / 10'000, 20260102u);
}

TEST_F(JobHistoryTest, OnlyTheNewestAreKept) {
  for (uint32_t round = 0; round < 10; ++round) {
    ASSERT_OK_AND_ASSIGN(const auto history, Open(2));
    for (uint32_t number = 1; number <= 3; ++number) {
      const JobId id{history->tracker_start(), number};
      ASSERT_OK(history->Submitted(id, Spec(), 2));
      ASSERT_OK(history->Finished(Ended(id, JobState::kKilled), {}));
    }
    const auto listed = history->List();
    ASSERT_EQ(listed.size(), 2u);
    EXPECT_EQ(listed[0].job().number(), 3u);
    EXPECT_EQ(listed[1].job().number(), 2u);
  }
  EXPECT_LT(Records().size(), 30u);
}

TEST_F(JobHistoryTest, DamageIsToldAndNothingIsGuessed) {
  {
    ASSERT_OK_AND_ASSIGN(const auto history, Open());
    for (uint32_t number = 1; number <= 3; ++number) {
      ASSERT_OK(history->Submitted({history->tracker_start(), number}, Spec(), 2));
    }
  }
  ASSERT_OK_AND_ASSIGN(const auto file, env_.OpenFile(kLog, OpenMode::kReadWrite));
  ASSERT_OK(file->PWrite(60, AsBytes("x")));
  EXPECT_THAT(Open(), StatusIs(StatusCode::kCorruption));
}

TEST_F(JobHistoryTest, ARecordOfAnotherKindIsDamage) {
  ASSERT_OK(env_.MakeDirectory(kDirectory));
  auto log = RecordLogWriter::Create(env_, kLog, {});
  ASSERT_OK(log);
  ASSERT_OK((*log)->Append(AsBytes("\xff\xff")));
  ASSERT_OK((*log)->Sync());
  EXPECT_THAT(Open(), StatusIs(StatusCode::kCorruption, "no history record"));
}

/// Starts, submits and ends jobs until something fails; what was told to be written.
struct Told {
  std::set<JobId> submitted;
  std::set<JobId> finished;
  std::set<uint64_t> stamps;
};

void RunJobs(Env& env, const Clock& clock, Told* told) {
  for (int start = 0; start < 4; ++start) {
    const auto history = JobHistory::Open(env, clock, kDirectory, 2);
    if (!history.ok()) return;
    EXPECT_TRUE(told->stamps.insert((*history)->tracker_start()).second);
    for (uint32_t number = 1; number <= 2; ++number) {
      const JobId id{(*history)->tracker_start(), number};
      if (!(*history)->Submitted(id, Spec(), 2).ok()) return;
      told->submitted.insert(id);
      if (number == 2 && start % 2 == 0) break;  // this one never ends
      if (!(*history)->Finished(Ended(id, JobState::kSucceeded), {}).ok()) return;
      told->finished.insert(id);
    }
  }
}

TEST_F(JobHistoryTest, ACrashAtAnyStepLosesNoJobAndRepeatsNoStamp) {
  Told all;
  RunJobs(env_, clock_, &all);
  ASSERT_EQ(all.submitted.size(), 8u);
  const uint64_t steps = env_.steps();
  for (uint64_t step = 1; step <= steps + 1; ++step) {
    for (const CrashMode mode : kAllCrashModes) {
      SCOPED_TRACE(fmt::format("step {} mode {}", step, static_cast<int>(mode)));
      MemoryEnv env;
      env.CrashAt(step);
      Told told;
      RunJobs(env, clock_, &told);
      env.Crash(mode, step);
      const auto history = JobHistory::Open(env, clock_, kDirectory, 2);
      ASSERT_OK(history);
      EXPECT_FALSE(told.stamps.contains((*history)->tracker_start()));
      // The newest that was submitted is listed, with its end or as failed.
      if (!told.submitted.empty()) {
        EXPECT_TRUE((*history)->Find(*told.submitted.rbegin()).has_value());
      }
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace tusk::mapreduce::jobtracker

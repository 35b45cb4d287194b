#include "mapreduce/jobtracker/fifo_scheduler.h"

#include <gtest/gtest.h>

namespace tusk::mapreduce::jobtracker {
namespace {

using std::chrono::milliseconds;

JobSpec Spec(std::vector<std::string> hosts, uint32_t reduces) {
  JobSpec spec;
  spec.name = "j";
  spec.reduces = reduces;
  for (std::string& host : hosts) {
    InputSplit split;
    split.hosts = {std::move(host)};
    spec.splits.push_back(std::move(split));
  }
  return spec;
}

class FifoSchedulerTest : public testing::Test {
 protected:
  Tracker& Add(const std::string& host, const std::string& rack) {
    TrackerDescription description;
    description.host = host;
    description.shuffle_host = host;
    description.rack = rack;
    description.map_slots = 1;
    description.reduce_slots = 1;
    std::unique_ptr<Tracker> replaced;
    return trackers_.Register(description, now_, 0, &replaced);
  }
  std::optional<Scheduler::Start> Next(const Tracker& tracker, Job& job, bool map = true) {
    return scheduler_.NextFor(tracker, map, {&job}, trackers_, now_, 0);
  }

  TrackerRegistry trackers_;
  Instant now_;
  FifoScheduler scheduler_{
      FifoScheduler::Options{milliseconds(100), milliseconds(50), /*reduce_slowstart=*/0.5}};
};

TEST_F(FifoSchedulerTest, WidensFromNodeToRackToAny) {
  Add("near", "/1");
  Tracker& beside = Add("beside", "/1");
  Tracker& far = Add("far", "/2");
  Job job(JobId{1, 1}, Spec({"near", "near"}, 0), 0, {{"near", "/1"}});
  job.Apply(JobEvent::kPrepared);
  EXPECT_FALSE(Next(beside, job));
  EXPECT_EQ(scheduler_.NextOffer({&job}, now_), now_ + milliseconds(100));
  now_ += milliseconds(100);
  EXPECT_FALSE(Next(far, job)) << "only the rack so far";
  EXPECT_TRUE(Next(beside, job));
  now_ += milliseconds(50);
  EXPECT_TRUE(Next(far, job));
  EXPECT_EQ(scheduler_.NextOffer({&job}, now_), std::nullopt);
}

TEST_F(FifoSchedulerTest, DoesNotWaitForHostsWithoutTracker) {
  Tracker& far = Add("far", "/2");
  Job job(JobId{1, 1}, Spec({"gone"}, 0), 0, {});
  job.Apply(JobEvent::kPrepared);
  EXPECT_TRUE(Next(far, job));
}

TEST_F(FifoSchedulerTest, ReducesStartAfterTheirShareOfMaps) {
  Tracker& near = Add("near", "/1");
  Job job(JobId{1, 1}, Spec({"near", "near"}, 1), 0, {});
  job.Apply(JobEvent::kPrepared);
  const auto map = Next(near, job);
  ASSERT_TRUE(map);
  EXPECT_FALSE(Next(near, job, false));
  job.OnDone(map->attempt, Counters(), TaskOutput(), {}, 0);
  EXPECT_TRUE(Next(near, job, false)) << "half of the maps are done";
}

}  // namespace
}  // namespace tusk::mapreduce::jobtracker

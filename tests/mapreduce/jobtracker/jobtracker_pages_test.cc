#include "mapreduce/jobtracker/web/jobtracker_pages.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "common/http/page.h"
#include "mapreduce/jobtracker/fifo_scheduler.h"
#include "mapreduce/jobtracker/job_history.h"
#include "mapreduce/jobtracker/job_table.h"
#include "tests/common/http/http_conversation.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_env.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce::jobtracker {
namespace {

namespace json = boost::json;
using http::RawAnswer;

/// Commits at once and keeps nothing.
class NoOutputs : public JobOutputs {
 public:
  void Commit(const JobSnapshot&, OutputManifest, std::function<void(Status)> done) override {
    done(Status::Ok());
  }
  void Abort(const JobSnapshot&, std::function<void(Status)> done) override { done(Status::Ok()); }
  void Ended(const JobSnapshot&, std::vector<TaskSnapshot>) override {}
};

class JobtrackerPagesTest : public testing::Test {
 protected:
  JobtrackerPagesTest() {
    auto history = JobHistory::Open(env_, clock_, "/history", 10);
    EXPECT_OK(history);
    history_ = std::move(*history);
    AddJobtrackerPages(server_, frame_, table_, *history_, clock_);
  }

  JobId Submit(const std::string& name) {
    JobSpec spec;
    spec.name = name;
    spec.user = "alice";
    spec.uuid = std::string(32, 'a');
    spec.map_step = "map";
    spec.reduces = 0;
    InputSplit split;
    split.path = "/in/<x>";
    split.length = 10;
    spec.splits = {split};
    const JobId id = table_.NewJobId();
    EXPECT_OK(table_.Submit(id, std::move(spec)));
    return id;
  }

  TrackerId AddTracker() {
    TrackerDescription description;
    description.host = "node<1>";
    description.shuffle_host = "node1";
    description.rack = "/r1";
    description.shuffle_port = 100;
    description.http_port = 200;
    description.map_slots = 2;
    description.reduce_slots = 2;
    description.incarnation = "1";
    return table_.Register(description);
  }

  RawAnswer Get(const std::string& target) { return http::Get(runner_, server_, target); }
  json::value Model(const std::string& target) {
    return json::parse(Get(target + "?format=json").body);
  }

  TaskRunner runner_;
  ManualClock clock_;
  MemoryEnv env_;
  FifoScheduler scheduler_{FifoScheduler::Options{}};
  NoOutputs outputs_;
  JobTable table_{JobTable::Options{.tracker_start = 20261124}, scheduler_, outputs_, clock_};
  std::unique_ptr<JobHistory> history_;
  http::PageFrame frame_{"jobtracker", "h:1"};
  http::HttpServer server_{runner_.runtime(), http::HttpServerOptions()};
};

TEST_F(JobtrackerPagesTest, AnEmptyClusterSaysWhatIsMissing) {
  const std::string jobs = Get("/").body;
  EXPECT_NE(jobs.find("health bad"), std::string::npos);
  EXPECT_NE(jobs.find("No job has been submitted yet"), std::string::npos);
  EXPECT_NE(Get("/trackers").body.find("No tasktracker has registered yet."), std::string::npos);
  EXPECT_TRUE(Model("/jobs").at("jobs").as_array().empty());
}

TEST_F(JobtrackerPagesTest, ARunningJobShowsItsAttempts) {
  const TrackerId tracker = AddTracker();
  const JobId id = Submit("<b>count</b>");
  ASSERT_OK(table_.NextBatch(tracker, "1", 0, [] {}));
  clock_.Advance(std::chrono::seconds(75));
  const std::string jobs = Get("/jobs").body;
  EXPECT_EQ(jobs.find("<b>count"), std::string::npos);
  EXPECT_NE(jobs.find("&lt;b&gt;count&lt;/b&gt;"), std::string::npos);
  EXPECT_NE(jobs.find("/jobs/" + id.ToString()), std::string::npos);
  EXPECT_NE(jobs.find("1 min 15 s"), std::string::npos) << jobs;

  const json::value model = Model("/jobs/" + id.ToString());
  EXPECT_EQ(model.at("name").as_string(), "<b>count</b>");
  ASSERT_EQ(model.at("tasks").as_array().size(), 1u);
  EXPECT_EQ(model.at("tasks").at(0).at("attempts").as_array().size(), 1u);
  const std::string page = Get("/jobs/" + id.ToString()).body;
  EXPECT_NE(page.find("attempt_20261124"), std::string::npos) << page;
  EXPECT_NE(page.find("<progress"), std::string::npos);
  EXPECT_EQ(page.find("<x>"), std::string::npos);
  const std::string trackers = Get("/trackers").body;
  EXPECT_NE(trackers.find("node&lt;1&gt;"), std::string::npos);
}

TEST_F(JobtrackerPagesTest, LaterTasksArePagedAndMistakesTold) {
  const JobId id = Submit("job");
  const std::string path = "/jobs/" + id.ToString();
  EXPECT_TRUE(json::parse(Get(path + "?from=1&format=json").body).at("tasks").as_array().empty());
  EXPECT_NE(Get(path + "?from=500").body.find("Earlier tasks"), std::string::npos);
  EXPECT_EQ(Get(path + "?from=x").status, 400);
  EXPECT_EQ(Get(path + "?from=99999999999").status, 400);
  EXPECT_EQ(Get("/jobs/job_1_0009").status, 404);
  EXPECT_EQ(Get("/jobs/nonsense").status, 400);
}

TEST_F(JobtrackerPagesTest, AKilledJobKeepsItsPage) {
  const JobId id = Submit("job");
  EXPECT_OK(table_.Kill(id, "alice", false));
  const std::string page = Get("/jobs/" + id.ToString()).body;
  EXPECT_NE(page.find("health bad"), std::string::npos) << page;
  EXPECT_NE(page.find("KILLED"), std::string::npos) << page;
}

}  // namespace
}  // namespace tusk::mapreduce::jobtracker

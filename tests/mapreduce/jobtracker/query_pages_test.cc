#include "mapreduce/jobtracker/web/query_pages.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "common/http/page.h"
#include "mapreduce/jobtracker/fifo_scheduler.h"
#include "mapreduce/jobtracker/job_history.h"
#include "mapreduce/jobtracker/job_table.h"
#include "mapreduce/jobtracker/service/job_client_service.h"
#include "mapreduce/jobtracker/web/jobtracker_pages.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/model/part_of_query.h"
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

class QueryPagesTest : public testing::Test {
 protected:
  QueryPagesTest() {
    auto history = JobHistory::Open(env_, clock_, "/history", 10);
    EXPECT_OK(history);
    history_ = std::move(*history);
    AddJobtrackerPages(server_, frame_, table_, *history_, clock_);
    AddQueryPages(server_, frame_, table_, *history_, clock_);
  }

  /// Submits a job, of a query unless `part` has no id.
  JobId Submit(const PartOfQuery& part, const std::string& title) {
    JobSpec spec;
    spec.name = part.id.empty() ? title : part.id + ": " + title;
    spec.user = "alice";
    spec.uuid = std::string(32, 'a');
    spec.map_step = "map";
    spec.reduces = 0;
    spec.splits.resize(1);
    if (!part.id.empty()) SetPartOfQuery(part, &spec);
    const JobId id = table_.NewJobId();
    EXPECT_OK(table_.Submit(id, std::move(spec)));
    return id;
  }

  /// Writes down that a job has ended so, with `rows` made.
  void End(const JobId& id, JobState state, int64_t rows) {
    proto::JobStatusProto status;
    ToProto(*table_.Get(id, true), "", true, &status);
    Counters counters;
    EXPECT_OK(counters.Add(kQueryCounterGroup, kQueryRowsCounter, rows));
    counters.Add(BuiltinCounter::kBytesWritten, 1000 * rows);
    status.clear_counters();
    mapreduce::ToProto(counters, status.mutable_counters());
    status.set_state(static_cast<uint32_t>(state));
    status.set_finished_ms(clock_.WallMillis());
    if (state == JobState::kFailed) status.set_cause("division by <zero>");
    EXPECT_OK(history_->Finished(status, {}));
  }

  RawAnswer Get(const std::string& target) { return http::Get(runner_, server_, target); }
  json::value Model(const std::string& target) {
    return json::parse(Get(target + "?format=json").body);
  }
  std::string StateOf(const std::string& id) {
    return std::string(Model("/queries/alice/" + id).at("state").as_string());
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

TEST_F(QueryPagesTest, WithoutQueriesThePageSaysHowToAsk) {
  Submit({}, "word count");
  EXPECT_NE(Get("/queries").body.find("No query has had a job here"), std::string::npos);
  EXPECT_TRUE(Model("/queries").at("queries").as_array().empty());
  EXPECT_EQ(Get("/queries/alice/q_0001").status, 404);
  EXPECT_EQ(Get("/queries/nonsense").status, 404);
}

TEST_F(QueryPagesTest, JobsOfAQueryAreItsStages) {
  const std::string text = "SELECT '<x>'\nFROM t";
  const JobId first = Submit({"q_0001", text, 2, false}, "group t");
  EXPECT_EQ(StateOf("q_0001"), "RUNNING");
  clock_.Advance(std::chrono::seconds(75));
  End(first, JobState::kSucceeded, 1234);
  EXPECT_EQ(StateOf("q_0001"), "BETWEEN JOBS");
  EXPECT_NE(Get("/queries/alice/q_0001").body.find("none was its last"), std::string::npos);
  const JobId second = Submit({"q_0001", text, 3, true}, "sort stage 2");
  EXPECT_EQ(StateOf("q_0001"), "RUNNING");
  clock_.Advance(std::chrono::seconds(5));
  End(second, JobState::kSucceeded, 10);

  const json::value model = Model("/queries/alice/q_0001");
  EXPECT_EQ(model.at("state").as_string(), "SUCCEEDED");
  EXPECT_EQ(model.at("text").as_string(), text);
  EXPECT_EQ(model.at("elapsedMs").as_int64(), 80'000);
  const json::array& stages = model.at("stages").as_array();
  ASSERT_EQ(stages.size(), 2u);
  EXPECT_EQ(stages[0].at("title").as_string(), "group t");
  EXPECT_EQ(stages[0].at("stage").as_int64(), 2);
  EXPECT_EQ(stages[0].at("rows").as_int64(), 1234);
  EXPECT_EQ(stages[0].at("bytesWritten").as_int64(), 1'234'000);
  EXPECT_EQ(stages[1].at("id").as_string(), second.ToString());

  const std::string page = Get("/queries/alice/q_0001").body;
  EXPECT_NE(page.find("/jobs/" + first.ToString()), std::string::npos) << page;
  EXPECT_NE(page.find("1,234"), std::string::npos) << page;
  EXPECT_NE(page.find("SELECT &#39;&lt;x&gt;&#39;"), std::string::npos) << page;
  EXPECT_EQ(page.find("<x>"), std::string::npos);
  const std::string list = Get("/queries").body;
  EXPECT_NE(list.find("/queries/alice/q_0001"), std::string::npos) << list;
  EXPECT_EQ(list.find("<x>"), std::string::npos);
  // A job leads to its query.
  EXPECT_NE(Get("/jobs/" + second.ToString()).body.find("/queries/alice/q_0001"),
            std::string::npos);
}

TEST_F(QueryPagesTest, AFailureIsToldWithItsCause) {
  const JobId id = Submit({"q_0002", "SELECT 1/0", 1, true}, "scan");
  End(id, JobState::kFailed, 0);
  EXPECT_EQ(StateOf("q_0002"), "FAILED");
  const std::string page = Get("/queries/alice/q_0002").body;
  EXPECT_NE(page.find("health bad"), std::string::npos) << page;
  EXPECT_NE(page.find("division by &lt;zero&gt;"), std::string::npos) << page;
}

TEST_F(QueryPagesTest, AnIdThatIsGivenAnewIsTheNewestQuery) {
  End(Submit({"q_0001", "SELECT 'old'", 1, false}, "scan"), JobState::kSucceeded, 1);
  End(Submit({"q_0001", "SELECT 'new'", 1, true}, "scan"), JobState::kSucceeded, 2);
  const json::value model = Model("/queries/alice/q_0001");
  EXPECT_EQ(model.at("text").as_string(), "SELECT 'new'");
  EXPECT_EQ(model.at("stages").as_array().size(), 1u);
}

}  // namespace
}  // namespace tusk::mapreduce::jobtracker

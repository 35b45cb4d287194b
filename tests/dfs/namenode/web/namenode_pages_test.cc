#include "dfs/namenode/web/namenode_pages.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "common/config/config.h"
#include "common/env/posix_env.h"
#include "common/metrics/metric_registry.h"
#include "common/time/system_clock.h"
#include "dfs/namenode/namenode.h"
#include "dfs/namenode/ops/make_directories.h"
#include "dfs/namenode/ops/safe_mode.h"
#include "tests/common/http/http_conversation.h"
#include "tests/support/eventually.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::dfs::namenode {
namespace {

namespace json = boost::json;
using http::RawAnswer;

/// A namenode without datanodes, and a browser.
class NamenodePagesTest : public testing::Test {
 protected:
  NamenodePagesTest() {
    NamenodeSettings settings;
    settings.rpc = {"127.0.0.1", 0};
    settings.http = {"127.0.0.1", 0};
    settings.ns.directory = directory_ / "name";
    settings.ns.superuser = "hdfs";
    settings.safe_mode.extension = std::chrono::milliseconds(0);
    NamenodeParts parts{.runtime = runtime_,
                        .clock = SystemClock::Get(),
                        .env = PosixEnv::Get(),
                        .metrics = metrics_,
                        .config = &config_,
                        .log_directory = {},
                        .on_failure = {}};
    namenode_ = std::make_unique<Namenode>(std::move(settings), std::move(parts));
    EXPECT_OK(namenode_->Start());
    EXPECT_TRUE(Eventually([this] { return !namenode_->safe_mode().IsOn(); }));
    Make("/books/<b>x & y", 0755);
    Make("/secret", 0700);
  }
  ~NamenodePagesTest() override {
    namenode_->Stop();
    runtime_.Stop();
  }

  void Make(std::string_view path, uint16_t mode) {
    auto who = std::make_shared<Identity>();
    who->user = "hdfs";
    who->superuser = true;
    Caller caller;
    caller.who = who;
    caller.address = "127.0.0.1";
    MakeDirectoriesRequest request;
    request.path = path;
    request.permission = mode;
    EXPECT_OK(MakeDirectories(namenode_->operations(), caller, request));
  }

  RawAnswer Get(std::string_view target, std::string_view headers = "") {
    return http::GetOverTcp(runtime_, namenode_->http_port(), target, headers);
  }
  json::value Json(std::string_view target) { return json::parse(Get(target).body); }

  TempDir directory_;
  IoRuntime runtime_{2};
  MetricRegistry metrics_{"NameNode"};
  Config config_;
  std::unique_ptr<Namenode> namenode_;
};

TEST_F(NamenodePagesTest, EveryLinkOfThePagesLeadsSomewhere) {
  for (const char* start : {"/", "/datanodes", "/files"}) {
    const std::string body = Get(start).body;
    EXPECT_NE(body.find("<h1>"), std::string::npos);
    constexpr std::string_view kLink = "href=\"/";
    for (size_t at = body.find(kLink); at != std::string::npos; at = body.find(kLink, at + 1)) {
      const size_t begin = at + kLink.size() - 1;
      const std::string target = body.substr(begin, body.find('"', begin) - begin);
      const int status = Get(target).status;
      // Without a datanode the health is bad, and not everybody may see everything.
      const int expected = target == "/health" ? 503 : target.ends_with("secret") ? 403 : 200;
      EXPECT_EQ(status, expected) << target;
    }
  }
}

TEST_F(NamenodePagesTest, ACaseForSomeoneToLookAt) {
  EXPECT_NE(Get("/").body.find("health bad"), std::string::npos);
  EXPECT_EQ(Json("/?format=json").at("directories").to_number<int>(), 4);
  EXPECT_NE(Get("/health").body.find("No datanode is connected"), std::string::npos);
  EXPECT_TRUE(Json("/datanodes?format=json").at("datanodes").as_array().empty());
}

TEST_F(NamenodePagesTest, FilesAreShownAsTheUserMaySeeThem) {
  const std::string body = Get("/files?path=/books").body;
  EXPECT_NE(body.find("&lt;b&gt;x &amp; y/</a>"), std::string::npos) << body;
  EXPECT_NE(body.find("drwxr-xr-x"), std::string::npos) << body;
  EXPECT_EQ(body.find("<b>x"), std::string::npos);
  EXPECT_EQ(Get("/files?path=%2Fbooks%2F%3Cb%3Ex%20%26%20y").status, 200);
  EXPECT_EQ(Get("/files?path=/none").status, 404);
  EXPECT_EQ(Get("/files?path=relative").status, 400);
  EXPECT_EQ(Get("/files?path=/secret").status, 403);
  EXPECT_EQ(Get("/files?path=/secret&user.name=hdfs").status, 200);
  const json::value model = Json("/files?path=/&format=json");
  ASSERT_EQ(model.at("entries").as_array().size(), 2u);
  EXPECT_EQ(model.at("entries").at(1).at("permission").as_string(), "700");
}

TEST_F(NamenodePagesTest, BeansAreWhereMonitoringLooks) {
  const json::value info =
      Json("/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo").at("beans").at(0);
  EXPECT_EQ(info.at("ClusterId").as_string(), namenode_->ns().identity().cluster_id);
  EXPECT_EQ(info.at("LiveNodes").as_string(), "{}");
  EXPECT_EQ(info.at("TotalBlocks").to_number<int>(), 0);
  EXPECT_EQ(info.at("PercentUsed").to_number<double>(), 0);
  const json::value state =
      Json("/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState").at("beans").at(0);
  EXPECT_EQ(state.at("FSState").as_string(), "Operational");
  EXPECT_EQ(state.at("NumLiveDataNodes").to_number<int>(), 0);
  EXPECT_EQ(state.at("FilesTotal").to_number<int>(), 4);
  const json::value status =
      Json("/jmx?get=Hadoop:service=NameNode,name=NameNodeStatus::State").at("beans").at(0);
  EXPECT_EQ(status.at("State").as_string(), "active");
}

TEST_F(NamenodePagesTest, FsckAnswersWithHadoopsLastLine) {
  const RawAnswer answer = Get("/fsck?ugi=hdfs&path=%2F");
  EXPECT_NE(answer.head.find("text/plain"), std::string::npos);
  EXPECT_NE(answer.body.find("The filesystem under path '/' is HEALTHY"), std::string::npos);
}

}  // namespace
}  // namespace tusk::dfs::namenode

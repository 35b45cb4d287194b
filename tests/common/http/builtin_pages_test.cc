#include "common/http/builtin_pages.h"

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <boost/json.hpp>
#include <fstream>

#include "common/config/config.h"
#include "common/http/page.h"
#include "common/metrics/metric_registry.h"
#include "tests/common/http/http_conversation.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::http {
namespace {

namespace json = boost::json;

inline constexpr Option<int64_t> kCopies{
    {.name = "dfs.replication", .default_text = "3", .unit = "copies", .doc = "Copies & more."}};
inline constexpr Option<std::string> kSecret{
    {.name = "tusk.test.password", .default_text = "", .doc = "A secret."}};
constexpr const OptionBase* kOptions[] = {&kCopies, &kSecret};

OptionRegistry TestRegistry() {
  OptionRegistry registry;
  registry.Add(kOptions);
  return registry;
}

class BuiltinPagesTest : public testing::Test {
 protected:
  BuiltinPagesTest() {
    metrics_
        .AddCounter({.name = "tusk_test_total",
                     .sentence = "Tests.",
                     .bean = "Hadoop:service=NameNode,name=Test",
                     .attribute = "Tests"})
        .Add(7);
    EXPECT_OK(config_.Set("dfs.replication", "2", "hdfs-site.xml"));
    EXPECT_OK(config_.Set("tusk.test.password", "hunter2", "-D"));
    EXPECT_OK(config_.Set("job.text", "<&>", "-D"));
    BuiltinPagesSpec spec;
    spec.frame = &frame_;
    spec.metrics = &metrics_;
    spec.config = &config_;
    spec.log_directory = logs_.path();
    spec.health = [this] { return health_; };
    AddBuiltinPages(server_, spec);
  }

  void WriteLog(const std::string& name, const std::string& text) {
    std::ofstream(logs_ / name) << text;
  }

  TaskRunner runner_;
  TempDir logs_;
  PageFrame frame_{"namenode", "h:1"};
  MetricRegistry metrics_{"NameNode"};
  Config config_{TestRegistry()};
  Health health_;
  HttpServer server_{runner_.runtime(), HttpServerOptions()};
};

TEST_F(BuiltinPagesTest, MetricsForPrometheusAndHadoop) {
  for (const char* path : {"/metrics", "/prom"}) {
    const RawAnswer answer = Get(runner_, server_, path);
    EXPECT_NE(answer.head.find("Content-Type: text/plain; version=0.0.4"), std::string::npos);
    EXPECT_NE(answer.body.find("tusk_test_total 7\n"), std::string::npos) << answer.body;
  }
  const json::value all = json::parse(Get(runner_, server_, "/jmx").body);
  EXPECT_GE(all.at("beans").as_array().size(), 1u);
  const json::value one =
      json::parse(Get(runner_, server_, "/jmx?qry=Hadoop:service%3DNameNode,name%3DTest").body);
  ASSERT_EQ(one.at("beans").as_array().size(), 1u);
  EXPECT_EQ(one.at("beans").at(0).at("Tests").to_number<int>(), 7);
}

TEST_F(BuiltinPagesTest, OneAttributeOfABeanByHadoopsParameter) {
  metrics_.AddFact("Hadoop:service=NameNode,name=State", "Live", [] { return "true"; });
  const json::value found =
      json::parse(Get(runner_, server_, "/jmx?get=Hadoop:service=NameNode,name=State::Live").body);
  EXPECT_TRUE(found.at("beans").at(0).at("Live").as_bool());
  EXPECT_EQ(found.at("beans").at(0).as_object().size(), 3u);
  for (const char* path : {"/jmx?get=Hadoop:service=NameNode,name=State::None", "/jmx?get=x"}) {
    EXPECT_EQ(Get(runner_, server_, path).status, 404);
  }
}

TEST_F(BuiltinPagesTest, ConfTellsOriginsAndHidesSecrets) {
  const json::value model = json::parse(Get(runner_, server_, "/conf?format=json").body);
  const json::object* copies = nullptr;
  for (const json::value& property : model.at("properties").as_array()) {
    if (property.at("key").as_string() == "dfs.replication") copies = &property.as_object();
  }
  ASSERT_NE(copies, nullptr);
  EXPECT_EQ(copies->at("value").as_string(), "2");
  EXPECT_EQ(copies->at("resource").as_string(), "hdfs-site.xml");
  const std::string html = Get(runner_, server_, "/conf", "Accept: text/html\r\n").body;
  EXPECT_NE(html.find("Copies &amp; more."), std::string::npos);
  const std::string xml = Get(runner_, server_, "/conf").body;
  EXPECT_TRUE(xml.starts_with("<?xml")) << xml;
  EXPECT_NE(xml.find("<name>job.text</name><value>&lt;&amp;&gt;</value>"), std::string::npos);
  for (const std::string& text : {html, xml, json::serialize(model)}) {
    EXPECT_EQ(text.find("hunter2"), std::string::npos);
  }
}

TEST_F(BuiltinPagesTest, LogsAreListedAndTheirEndIsShown) {
  WriteLog("namenode.log", "one\ntwo <2>\nthree\n");
  WriteLog("secret.key", "no");
  const json::value model = json::parse(Get(runner_, server_, "/logs/?format=json").body);
  ASSERT_EQ(model.at("files").as_array().size(), 1u);
  EXPECT_EQ(model.at("files").at(0).at("name").as_string(), "namenode.log");
  EXPECT_NE(Get(runner_, server_, "/logs").body.find("/logs/namenode.log"), std::string::npos);
  const RawAnswer whole = Get(runner_, server_, "/logs/namenode.log");
  EXPECT_NE(whole.head.find("Content-Type: text/plain"), std::string::npos);
  EXPECT_EQ(whole.body, "one\ntwo <2>\nthree\n");
  EXPECT_EQ(Get(runner_, server_, "/logs/namenode.log?bytes=8").body, "three\n");
  EXPECT_EQ(Get(runner_, server_, "/logs/namenode.log?bytes=x").status, 400);
}

TEST_F(BuiltinPagesTest, NothingOutsideTheLogDirectoryIsShown) {
  WriteLog("secret.key", "no");
  ASSERT_EQ(symlink("/etc/passwd", (logs_ / "link.log").c_str()), 0);
  ASSERT_EQ(mkdir((logs_ / "sub.log").c_str(), 0755), 0);
  WriteLog("sub.log/inner.log", "inner");
  for (const char* path : {"/logs/secret.key", "/logs/link.log", "/logs/none.log", "/logs/sub.log",
                           "/logs/sub.log/inner.log", "/logs/%2Fetc%2Fpasswd"}) {
    EXPECT_GE(Get(runner_, server_, path).status, 400) << path;
  }
  EXPECT_EQ(Get(runner_, server_, "/logs/..%2Fx.log").status, 400);
}

TEST_F(BuiltinPagesTest, HealthIsAStatusAndASentence) {
  EXPECT_EQ(Get(runner_, server_, "/health").body, "Serving\n");
  health_ = {false, "No disk"};
  const RawAnswer bad = Get(runner_, server_, "/health");
  EXPECT_EQ(bad.status, 503);
  EXPECT_EQ(bad.body, "No disk\n");
  const RawAnswer asked = Get(runner_, server_, "/health?format=json");
  EXPECT_EQ(asked.status, 503);
  EXPECT_FALSE(json::parse(asked.body).at("healthy").as_bool());
}

TEST_F(BuiltinPagesTest, ThreadsAreNamed) {
  const json::value model = json::parse(Get(runner_, server_, "/threads?format=json").body);
  ASSERT_GE(model.at("threads").as_array().size(), 3u);
  for (const json::value& thread : model.at("threads").as_array()) {
    EXPECT_FALSE(thread.at("name").as_string().empty());
    EXPECT_GE(thread.at("userSeconds").to_number<double>(), 0);
  }
  EXPECT_EQ(Get(runner_, server_, "/threads").status, 200);
}

}  // namespace
}  // namespace tusk::http

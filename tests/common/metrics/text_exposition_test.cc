#include "common/metrics/text_exposition.h"

#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

/// A registry with one metric of each kind.
class TextExposition : public testing::Test {
 protected:
  TextExposition() : registry_("NameNode") {
    registry_
        .AddCounter({.name = "tusk_calls_total",
                     .sentence = "Calls \\ all.",
                     .labels = {{"method", "a\"b"}}})
        .Add(7);
    registry_
        .AddGauge({.name = "tusk_files",
                   .sentence = "Files.",
                   .bean = "Hadoop:service=NameNode,name=FSNamesystem",
                   .attribute = "FilesTotal"})
        .Set(3);
    Histogram& histogram =
        registry_.AddHistogram({.name = "tusk_wait_seconds",
                                .unit = MetricUnit::kSeconds,
                                .sentence = "Waits.",
                                .bean = "Hadoop:service=NameNode,name=RpcActivityForPort8020",
                                .attribute = "RpcQueueTime"});
    histogram.Record(std::chrono::milliseconds(2));
    histogram.Record(std::chrono::milliseconds(4));
    registry_.AddText("Hadoop:service=NameNode,name=NameNodeInfo", "Version",
                      [] { return std::string("0.1 \"x\"\n"); });
  }
  MetricRegistry registry_;
};

TEST_F(TextExposition, Prometheus) {
  const std::string text = PrometheusText(registry_);
  EXPECT_THAT(text, testing::StartsWith("# HELP tusk_calls_total Calls \\\\ all.\n"
                                        "# TYPE tusk_calls_total counter\n"
                                        "tusk_calls_total{method=\"a\\\"b\"} 7\n"
                                        "# HELP tusk_files Files.\n"
                                        "# TYPE tusk_files gauge\n"
                                        "tusk_files 3\n"));
  EXPECT_THAT(text,
              testing::HasSubstr(
                  "# TYPE tusk_wait_seconds summary\ntusk_wait_seconds{quantile=\"0.5\"} 0.002"));
  EXPECT_THAT(text, testing::EndsWith("tusk_wait_seconds_sum 0.006\ntusk_wait_seconds_count 2\n"));
}

TEST_F(TextExposition, JmxGolden) {
  EXPECT_EQ(JmxJson(registry_), R"({
  "beans" : [ {
    "name" : "Hadoop:service=NameNode,name=FSNamesystem",
    "modelerType" : "NameNode",
    "FilesTotal" : 3
  }, {
    "name" : "Hadoop:service=NameNode,name=NameNodeInfo",
    "modelerType" : "NameNode",
    "Version" : "0.1 \"x\"\n"
  }, {
    "name" : "Hadoop:service=NameNode,name=RpcActivityForPort8020",
    "modelerType" : "NameNode",
    "RpcQueueTimeNumOps" : 2,
    "RpcQueueTimeAvgTime" : 3
  }, {
    "name" : "Tusk:service=NameNode,name=Metrics",
    "modelerType" : "NameNode",
    "tusk_calls_total{method=\"a\\\"b\"}" : 7
  } ]
}
)");
}

TEST_F(TextExposition, JmxQueries) {
  EXPECT_THAT(JmxJson(registry_, "Hadoop:service=NameNode,name=FS*"),
              testing::HasSubstr("FilesTotal"));
  EXPECT_THAT(JmxJson(registry_, "Hadoop:service=NameNode,name=FS*"),
              testing::Not(testing::HasSubstr("Version")));
  EXPECT_THAT(JmxJson(registry_, "*name=RpcActivity*"), testing::HasSubstr("RpcQueueTimeNumOps"));
  EXPECT_EQ(JmxJson(registry_, "nothing"), "{\n  \"beans\" : [ ]\n}\n");
}

TEST(JsonQuote, EscapesAndMendsUtf8) {
  EXPECT_EQ(JsonQuote("a\"\\\n\t\x01"), R"("a\"\\\n\t\u0001")");
  EXPECT_EQ(JsonQuote("h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\x98"),
            "\"h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\x98\"");
  for (const char* bad : {"\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\x80"}) {
    EXPECT_THAT(JsonQuote(bad), testing::StartsWith("\"\xEF\xBF\xBD"))
        << testing::PrintToString(bad);
  }
}

TEST(MetricsMarkdown, OneRowPerName) {
  MetricRegistry registry("DataNode");
  registry.AddCounter({.name = "b_total",
                       .unit = MetricUnit::kBytes,
                       .sentence = "Bytes.",
                       .labels = {{"to", "a"}}});
  registry.AddCounter({.name = "b_total",
                       .unit = MetricUnit::kBytes,
                       .sentence = "Bytes.",
                       .labels = {{"to", "b"}}});
  EXPECT_THAT(
      WriteMetricsMarkdown(registry),
      testing::EndsWith("|---|---|---|---|\n| `b_total` by to | counter | bytes | Bytes. |\n"));
}

}  // namespace
}  // namespace tusk

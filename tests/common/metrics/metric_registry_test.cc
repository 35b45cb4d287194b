#include "common/metrics/metric_registry.h"

#include <thread>

#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

TEST(MetricRegistry, MetricsComeByName) {
  MetricRegistry registry("NameNode");
  Counter& calls = registry.AddCounter(
      {.name = "tusk_b_total", .sentence = "Calls.", .labels = {{"method", "x"}}});
  registry.AddCounter({.name = "tusk_b_total", .sentence = "Calls.", .labels = {{"method", "a"}}})
      .Add(5);
  registry.AddGauge({.name = "tusk_a", .sentence = "Things."}).Set(-3);
  registry.AddGaugeFunction({.name = "tusk_c", .sentence = "Asked."}, [] { return 0.5; });
  calls.Add(2);
  const auto metrics = registry.Metrics();
  ASSERT_EQ(metrics.size(), 4u);
  EXPECT_EQ(metrics[0]->info.name, "tusk_a");
  EXPECT_EQ(metrics[0]->Value(), -3);
  EXPECT_EQ(metrics[1]->Value(), 2);
  EXPECT_EQ(metrics[2]->Value(), 5);
  EXPECT_EQ(metrics[3]->Value(), 0.5);
}

TEST(MetricRegistry, CountersOfThreadsAddUp) {
  Counter counter;
  std::vector<std::thread> threads;
  for (int t = 0; t < 10; ++t) {
    threads.emplace_back([&counter] {
      for (int i = 0; i < 1000; ++i) counter.Add();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 10'000u);
}

TEST(MetricRegistry, OurOwnMistakesStopTheProgram) {
  MetricRegistry registry("X");
  registry.AddCounter({.name = "a_total", .sentence = "A."});
  EXPECT_DEATH(registry.AddCounter({.name = "a_total", .sentence = "A."}), "registered twice");
  EXPECT_DEATH(registry.AddCounter({.name = "a_total", .sentence = "B.", .labels = {{"x", "y"}}}),
               "differently");
  EXPECT_DEATH(registry.AddGauge({.name = "Bad-Name", .sentence = "A."}), "proper name");
  EXPECT_DEATH(registry.AddGauge({.name = "no_sentence"}), "sentence");
}

TEST(MetricRegistry, ProcessMetricsArePlausible) {
  MetricRegistry registry("X");
  registry.AddProcessMetrics();
  const auto metrics = registry.Metrics();
  ASSERT_EQ(metrics.size(), 5u);
  for (const auto* metric : metrics) {
    if (metric->info.name != "process_cpu_seconds_total") {
      EXPECT_GT(metric->Value(), 0) << metric->info.name;
    }
  }
}

}  // namespace
}  // namespace tusk

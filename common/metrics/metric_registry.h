#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/mutex.h"
#include "common/metrics/counter.h"
#include "common/metrics/gauge.h"
#include "common/metrics/histogram.h"

namespace tusk {

enum class MetricUnit : uint8_t {
  kCount,  // things: calls, blocks, files
  kBytes,
  kSeconds,  // histograms record nanoseconds and show seconds
  kRatio,    // between 0 and 1
};

/// "count", "bytes", "seconds", "ratio".
std::string_view MetricUnitName(MetricUnit unit);

/// What a metric is. Name, unit and sentence are required: the metrics page is written from them.
struct MetricInfo {
  /// Prometheus form: lower case, underscores, counters end in `_total`, other than counts the unit
  /// is in the name: "tusk_rpc_calls_total", "tusk_rpc_queue_seconds".
  std::string name;
  MetricUnit unit = MetricUnit::kCount;
  /// One sentence for an operator.
  std::string sentence = {};
  /// E.g. {{"method", "create"}}; few values each.
  std::vector<std::pair<std::string, std::string>> labels = {};
  /// Hadoop's JMX bean and attribute when there is one with this meaning, e.g.
  /// "Hadoop:service=NameNode,name=FSNamesystem" and "FilesTotal"; else both empty, and the metric
  /// appears under its name in the registry's own bean.
  std::string bean = {};
  std::string attribute = {};
};

/// All metrics of one daemon (not of the process: tests run several daemons in one). Registered
/// objects live as long as the registry. A name is used once per set of labels and with one unit
/// and sentence; a violation stops the program. Thread-safe.
class MetricRegistry {
 public:
  /// `service` is Hadoop's name of the daemon in beans: "NameNode", "DataNode", "JobTracker".
  explicit MetricRegistry(std::string service);
  ~MetricRegistry();
  MetricRegistry(const MetricRegistry&) = delete;
  MetricRegistry& operator=(const MetricRegistry&) = delete;

  Counter& AddCounter(MetricInfo info);
  Gauge& AddGauge(MetricInfo info);
  Histogram& AddHistogram(MetricInfo info);
  /// A gauge whose value is asked for when somebody looks. `read` runs on the thread of whoever
  /// looks, must not block for long and must stay callable until the registry is gone.
  void AddGaugeFunction(MetricInfo info, std::function<double()> read);
  /// A text in the JMX view only, e.g. the software version or a JSON document in a string, as
  /// Hadoop's NameNodeInfo has. Same rules for `read`.
  void AddText(std::string bean, std::string attribute, std::function<std::string()> read);
  /// A number, true or false, or a list in the JMX view only: `read` returns it as JSON. For
  /// attributes that a tool expects in a second bean or that are no metric.
  void AddFact(std::string bean, std::string attribute, std::function<std::string()> read);
  /// Resident size, open files, threads, start time and CPU seconds of this process; also where
  /// monitoring of Java daemons looks for them in the JMX view.
  void AddProcessMetrics();

  const std::string& service() const { return service_; }

  enum class Kind : uint8_t { kCounter, kGauge, kGaugeFunction, kHistogram };
  /// A registered metric: exactly one of the pointers or `read` is set.
  struct Metric {
    MetricInfo info;
    Kind kind = Kind::kCounter;
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Gauge> gauge;
    std::unique_ptr<Histogram> histogram;
    std::function<double()> read;

    /// Of a counter or gauge of either kind.
    double Value() const;
  };
  /// A registered text, or a fact.
  struct Text {
    std::string bean;
    std::string attribute;
    bool is_json = false;
    std::function<std::string()> read;
  };
  /// All metrics, by name and then in order of registration. Valid as long as the registry.
  std::vector<const Metric*> Metrics() const EXCLUDES(mutex_);
  std::vector<const Text*> Texts() const EXCLUDES(mutex_);

 private:
  void AddJavaFacts(double start_seconds);
  static Metric Checked(MetricInfo info, Kind kind);
  Metric& Add(Metric metric) EXCLUDES(mutex_);

  const std::string service_;
  mutable Mutex mutex_;
  std::deque<Metric> metrics_ GUARDED_BY(mutex_);
  std::deque<Text> texts_ GUARDED_BY(mutex_);
};

}  // namespace tusk

#include "common/metrics/metric_registry.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <map>

#include <fmt/core.h>

#include "common/base/check.h"
#include "common/time/system_clock.h"

namespace tusk {

namespace {

bool IsMetricName(std::string_view name) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

/// Resident bytes of this process, 0 when the system does not tell.
double ResidentBytes() {
  long pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "re"); file != nullptr) {
    if (std::fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// Entries of a directory of /proc/self.
double CountEntries(const char* path) {
  DIR* directory = opendir(path);
  if (directory == nullptr) return 0;
  int64_t entries = -2;  // "." and ".."
  while (readdir(directory) != nullptr) ++entries;
  closedir(directory);
  return static_cast<double>(entries);
}

double CpuSeconds() {
  struct rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

std::string_view MetricUnitName(MetricUnit unit) {
  switch (unit) {
    case MetricUnit::kCount:
      return "count";
    case MetricUnit::kBytes:
      return "bytes";
    case MetricUnit::kSeconds:
      return "seconds";
    case MetricUnit::kRatio:
      return "ratio";
  }
  return "";
}

double MetricRegistry::Metric::Value() const {
  switch (kind) {
    case Kind::kCounter:
      return static_cast<double>(counter->value());
    case Kind::kGauge:
      return static_cast<double>(gauge->value());
    case Kind::kGaugeFunction:
      return read();
    case Kind::kHistogram:
      break;
  }
  return 0;
}

MetricRegistry::MetricRegistry(std::string service) : service_(std::move(service)) {}

MetricRegistry::~MetricRegistry() = default;

MetricRegistry::Metric MetricRegistry::Checked(MetricInfo info, Kind kind) {
  if (!IsMetricName(info.name) || info.sentence.empty()) {
    internal::FailCheck("metric without a proper name or sentence", info.name);
  }
  if (info.bean.empty() != info.attribute.empty())
    internal::FailCheck("metric with half a bean", info.name);
  Metric metric;
  metric.info = std::move(info);
  metric.kind = kind;
  return metric;
}

MetricRegistry::Metric& MetricRegistry::Add(Metric metric) {
  MutexLock lock(mutex_);
  for (const Metric& other : metrics_) {
    if (other.info.name != metric.info.name) continue;
    if (other.info.labels == metric.info.labels || other.info.unit != metric.info.unit ||
        other.info.sentence != metric.info.sentence || other.kind != metric.kind) {
      internal::FailCheck("metric registered twice, or differently for other labels",
                          metric.info.name);
    }
  }
  return metrics_.emplace_back(std::move(metric));
}

Counter& MetricRegistry::AddCounter(MetricInfo info) {
  Metric metric = Checked(std::move(info), Kind::kCounter);
  metric.counter = std::make_unique<Counter>();
  return *Add(std::move(metric)).counter;
}

Gauge& MetricRegistry::AddGauge(MetricInfo info) {
  Metric metric = Checked(std::move(info), Kind::kGauge);
  metric.gauge = std::make_unique<Gauge>();
  return *Add(std::move(metric)).gauge;
}

Histogram& MetricRegistry::AddHistogram(MetricInfo info) {
  Metric metric = Checked(std::move(info), Kind::kHistogram);
  metric.histogram = std::make_unique<Histogram>();
  return *Add(std::move(metric)).histogram;
}

void MetricRegistry::AddGaugeFunction(MetricInfo info, std::function<double()> read) {
  Metric metric = Checked(std::move(info), Kind::kGaugeFunction);
  metric.read = std::move(read);
  Add(std::move(metric));
}

void MetricRegistry::AddText(std::string bean, std::string attribute,
                             std::function<std::string()> read) {
  MutexLock lock(mutex_);
  texts_.push_back(Text{std::move(bean), std::move(attribute), false, std::move(read)});
}

void MetricRegistry::AddFact(std::string bean, std::string attribute,
                             std::function<std::string()> read) {
  MutexLock lock(mutex_);
  texts_.push_back(Text{std::move(bean), std::move(attribute), true, std::move(read)});
}

void MetricRegistry::AddJavaFacts(double start_seconds) {
  const std::string jvm = fmt::format("Hadoop:service={},name=JvmMetrics", service_);
  AddFact(jvm, "MemHeapUsedM", [] { return fmt::format("{:.1f}", ResidentBytes() / (1 << 20)); });
  AddFact("java.lang:type=Memory", "HeapMemoryUsage", [] {
    const double bytes = ResidentBytes();
    return fmt::format("{{\"committed\": {0:.0f}, \"used\": {0:.0f}}}", bytes);
  });
  AddFact("java.lang:type=Threading", "ThreadCount",
          [] { return fmt::format("{:.0f}", CountEntries("/proc/self/task")); });
  AddFact("java.lang:type=OperatingSystem", "OpenFileDescriptorCount",
          [] { return fmt::format("{:.0f}", CountEntries("/proc/self/fd")); });
  AddFact("java.lang:type=Runtime", "StartTime",
          [start_seconds] { return fmt::format("{:.0f}", start_seconds * 1000); });
  AddFact("java.lang:type=Runtime", "Uptime", [start_seconds] {
    const double now = static_cast<double>(SystemClock::Get().WallMillis());
    return fmt::format("{:.0f}", now - start_seconds * 1000);
  });
}

void MetricRegistry::AddProcessMetrics() {
  AddGaugeFunction({.name = "process_resident_memory_bytes",
                    .unit = MetricUnit::kBytes,
                    .sentence = "Memory of this process that is in RAM."},
                   ResidentBytes);
  AddGaugeFunction(
      {.name = "process_open_fds", .sentence = "Open file descriptors, sockets included."},
      [] { return CountEntries("/proc/self/fd"); });
  AddGaugeFunction({.name = "process_threads", .sentence = "Threads of this process."},
                   [] { return CountEntries("/proc/self/task"); });
  AddGaugeFunction({.name = "process_cpu_seconds_total",
                    .unit = MetricUnit::kSeconds,
                    .sentence = "Processor time used, in user and kernel mode."},
                   CpuSeconds);
  const double start = static_cast<double>(SystemClock::Get().WallMillis()) / 1000.0;
  AddGaugeFunction({.name = "process_start_time_seconds",
                    .unit = MetricUnit::kSeconds,
                    .sentence = "When this daemon started, in seconds since 1970-01-01 UTC."},
                   [start] { return start; });
  AddJavaFacts(start);
}

std::vector<const MetricRegistry::Metric*> MetricRegistry::Metrics() const {
  // The number of registration keeps equal names in order.
  std::map<std::pair<std::string_view, size_t>, const Metric*> by_name;
  {
    MutexLock lock(mutex_);
    for (const Metric& metric : metrics_)
      by_name.emplace(std::pair(std::string_view(metric.info.name), by_name.size()), &metric);
  }
  std::vector<const Metric*> metrics;
  for (const auto& [key, metric] : by_name) metrics.push_back(metric);
  return metrics;
}

std::vector<const MetricRegistry::Text*> MetricRegistry::Texts() const {
  MutexLock lock(mutex_);
  std::vector<const Text*> texts;
  for (const Text& text : texts_) texts.push_back(&text);
  return texts;
}

}  // namespace tusk

#pragma once

#include <string>
#include <string_view>

#include "common/metrics/metric_registry.h"

namespace tusk {

/// Content type of PrometheusText.
inline constexpr std::string_view kPrometheusContentType =
    "text/plain; version=0.0.4; charset=utf-8";

/// All metrics in Prometheus' text format 0.0.4. Histograms appear as summaries with quantiles
/// 0.5, 0.9, 0.99 and 0.999.
std::string PrometheusText(const MetricRegistry& registry);

/// Hadoop's /jmx document (JMXJsonServlet): {"beans": [{"name": ..., attributes}]}. `query` is the
/// value of its parameter `qry`: a bean name in which `*` stands for any text; empty = all.
/// Histograms appear as NumOps and AvgTime (milliseconds) after the attribute, as Hadoop's rates
/// do.
std::string JmxJson(const MetricRegistry& registry, std::string_view query = {});

/// `text` as a JSON string, quotes included; bytes that are no UTF-8 become U+FFFD.
std::string JsonQuote(std::string_view text);
/// `text` with each byte that is no UTF-8 as U+FFFD.
std::string ReplaceNonUtf8(std::string_view text);

/// The metrics page: one line per metric name with unit and sentence.
std::string WriteMetricsMarkdown(const MetricRegistry& registry);

}  // namespace tusk

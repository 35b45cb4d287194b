#include "common/metrics/text_exposition.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/core.h>

namespace tusk {

namespace {

using Kind = MetricRegistry::Kind;
using Metric = MetricRegistry::Metric;

/// A number without needless digits; whole numbers of up to 2^53 in full.
std::string Number(double value) {
  if (!std::isfinite(value)) return std::isnan(value) ? "NaN" : (value > 0 ? "+Inf" : "-Inf");
  if (value == std::floor(value) && std::fabs(value) < 9.1e15) return fmt::format("{:.0f}", value);
  return fmt::format("{}", value);
}

void AppendEscaped(std::string_view text, bool quotes, std::string& out) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quotes) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

/// `{a="b",quantile="0.5"}`, or nothing without labels.
std::string Labels(const MetricInfo& info, std::string_view quantile = {}) {
  std::string out;
  for (const auto& [name, value] : info.labels) {
    out += out.empty() ? '{' : ',';
    out += name;
    out += "=\"";
    AppendEscaped(value, true, out);
    out += '"';
  }
  if (!quantile.empty()) {
    out += out.empty() ? "{" : ",";
    fmt::format_to(std::back_inserter(out), "quantile=\"{}\"", quantile);
  }
  if (!out.empty()) out += '}';
  return out;
}

/// What a recorded number of a histogram is divided by to be shown.
double ScaleOf(const MetricInfo& info) { return info.unit == MetricUnit::kSeconds ? 1e9 : 1.0; }

void AppendHistogram(const Metric& metric, std::string& out) {
  const Histogram::Snapshot snapshot = metric.histogram->Take();
  const double scale = ScaleOf(metric.info);
  constexpr std::pair<double, std::string_view> kQuantiles[] = {
      {0.5, "0.5"}, {0.9, "0.9"}, {0.99, "0.99"}, {0.999, "0.999"}};
  for (const auto& [q, text] : kQuantiles) {
    fmt::format_to(std::back_inserter(out), "{}{} {}\n", metric.info.name,
                   Labels(metric.info, text),
                   Number(static_cast<double>(snapshot.Quantile(q)) / scale));
  }
  fmt::format_to(std::back_inserter(out), "{}_sum{} {}\n", metric.info.name, Labels(metric.info),
                 Number(static_cast<double>(snapshot.sum) / scale));
  fmt::format_to(std::back_inserter(out), "{}_count{} {}\n", metric.info.name, Labels(metric.info),
                 snapshot.count);
}

std::string_view PrometheusType(const Metric& metric) {
  switch (metric.kind) {
    case Kind::kCounter:
      return "counter";
    case Kind::kGauge:
      return "gauge";
    case Kind::kGaugeFunction:
      return metric.info.name.ends_with("_total") ? "counter" : "gauge";
    case Kind::kHistogram:
      return "summary";
  }
  return "untyped";
}

/// True when `text` matches `pattern`, in which `*` stands for any text.
bool Matches(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = std::string_view::npos, retry = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

/// Length of the UTF-8 sequence at the front, 0 when there is none (RFC 3629).
size_t Utf8Length(std::string_view text) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned first = byte(0);
  const auto follows = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F)) return 0;
    return follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F)) return 0;
    return follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

/// JSON has no infinities.
std::string JsonNumber(double value) { return std::isfinite(value) ? Number(value) : "null"; }

/// Attributes of one bean: name and JSON text.
using Bean = std::vector<std::pair<std::string, std::string>>;

void AddMetric(const Metric& metric, const std::string& attribute, Bean& bean) {
  if (metric.kind != Kind::kHistogram) {
    bean.emplace_back(attribute, JsonNumber(metric.Value()));
    return;
  }
  const Histogram::Snapshot snapshot = metric.histogram->Take();
  // Hadoop's rates are in milliseconds; sizes stay bytes.
  const double scale = metric.info.unit == MetricUnit::kSeconds ? 1e6 : 1.0;
  bean.emplace_back(attribute + "NumOps", fmt::format("{}", snapshot.count));
  bean.emplace_back(attribute + "AvgTime", JsonNumber(snapshot.Mean() / scale));
}

}  // namespace

std::string JsonQuote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const char c = text[0];
    const size_t length = Utf8Length(text);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (length == 1 && static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    } else if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  out += '"';
  return out;
}

std::string ReplaceNonUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    out += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

std::string PrometheusText(const MetricRegistry& registry) {
  std::string out;
  std::string_view last;
  for (const Metric* metric : registry.Metrics()) {
    const MetricInfo& info = metric->info;
    if (info.name != last) {
      last = info.name;
      fmt::format_to(std::back_inserter(out), "# HELP {} ", info.name);
      AppendEscaped(info.sentence, false, out);
      fmt::format_to(std::back_inserter(out), "\n# TYPE {} {}\n", info.name,
                     PrometheusType(*metric));
    }
    if (metric->kind == Kind::kHistogram) {
      AppendHistogram(*metric, out);
    } else {
      fmt::format_to(std::back_inserter(out), "{}{} {}\n", info.name, Labels(info),
                     Number(metric->Value()));
    }
  }
  return out;
}

std::string JmxJson(const MetricRegistry& registry, std::string_view query) {
  std::map<std::string, Bean> beans;
  const std::string own = fmt::format("Tusk:service={},name=Metrics", registry.service());
  const auto wanted = [query](std::string_view bean) {
    return query.empty() || Matches(query, bean);
  };
  for (const Metric* metric : registry.Metrics()) {
    const std::string& bean = metric->info.bean.empty() ? own : metric->info.bean;
    if (!wanted(bean)) continue;
    std::string attribute = metric->info.bean.empty() ? metric->info.name : metric->info.attribute;
    if (metric->info.bean.empty()) attribute += Labels(metric->info);
    AddMetric(*metric, attribute, beans[bean]);
  }
  for (const MetricRegistry::Text* text : registry.Texts()) {
    if (!wanted(text->bean)) continue;
    const std::string value = text->read();
    beans[text->bean].emplace_back(text->attribute, text->is_json ? value : JsonQuote(value));
  }
  std::string out = "{\n  \"beans\" : [";
  std::string_view separator = " ";
  for (const auto& [name, attributes] : beans) {
    fmt::format_to(std::back_inserter(out), "{}{{\n    \"name\" : {},\n    \"modelerType\" : {}",
                   separator, JsonQuote(name), JsonQuote(registry.service()));
    for (const auto& [attribute, value] : attributes) {
      fmt::format_to(std::back_inserter(out), ",\n    {} : {}", JsonQuote(attribute), value);
    }
    out += "\n  }";
    separator = ", ";
  }
  out += " ]\n}\n";
  return out;
}

std::string WriteMetricsMarkdown(const MetricRegistry& registry) {
  std::string out = fmt::format(
      "## {}\n\n| name | kind | unit | what it tells |\n|---|---|---|---|\n", registry.service());
  std::string_view last;
  for (const Metric* metric : registry.Metrics()) {
    if (metric->info.name == last) continue;
    last = metric->info.name;
    std::string labels;
    for (const auto& [name, value] : metric->info.labels)
      labels += fmt::format("{}{}", labels.empty() ? "" : ", ", name);
    fmt::format_to(std::back_inserter(out), "| `{}`{} | {} | {} | {} |\n", last,
                   labels.empty() ? std::string() : fmt::format(" by {}", labels),
                   PrometheusType(*metric), MetricUnitName(metric->info.unit),
                   metric->info.sentence);
  }
  return out;
}

}  // namespace tusk

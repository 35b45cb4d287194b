#pragma once

#include <functional>
#include <string>

namespace tusk {
class Config;
class MetricRegistry;
}  // namespace tusk

namespace tusk::http {

class HttpServer;
class PageFrame;

/// Health of a daemon in one sentence: what a person needs to know first.
struct Health {
  bool healthy = true;
  std::string sentence = "Serving";
};

/// What the built-in pages show. Everything must outlive the server; log_directory may be empty.
struct BuiltinPagesSpec {
  const PageFrame* frame = nullptr;
  const MetricRegistry* metrics = nullptr;
  const Config* config = nullptr;
  std::string log_directory;
  std::function<Health()> health;
};

/// Adds /metrics (Prometheus text), /jmx (Hadoop-style JSON), /conf (every option with value and
/// origin, secrets hidden), /logs/* (the last lines of this daemon's log files, nothing outside the
/// directory), /health (200 or 503, first line the sentence), /threads (name, state, CPU time).
void AddBuiltinPages(HttpServer& server, const BuiltinPagesSpec& spec);

}  // namespace tusk::http

#include "common/rpc/rpc_metrics.h"

#include <utility>

#include "common/metrics/metric_registry.h"

namespace tusk::rpc {

RpcMetrics AddRpcMetrics(MetricRegistry& metrics, const std::string& server) {
  auto counter = [&](std::string name, std::string sentence) {
    MetricInfo info;
    info.name = std::move(name);
    info.sentence = std::move(sentence);
    info.labels = {{"server", server}};
    return &metrics.AddCounter(std::move(info));
  };
  RpcMetrics added;
  added.calls = counter("tusk_rpc_calls_total", "Calls received.");
  added.errors = counter("tusk_rpc_errors_total", "Calls answered with an error.");
  added.broken_connections =
      counter("tusk_rpc_broken_connections_total",
              "Connections that ended by a malformed frame, a passed deadline or a lost peer.");
  return added;
}

}  // namespace tusk::rpc

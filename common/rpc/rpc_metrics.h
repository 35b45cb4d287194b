#pragma once

#include <string>

namespace tusk {
class Counter;
class MetricRegistry;
}  // namespace tusk

namespace tusk::rpc {

/// What a server counts; they live as long as the registry.
struct RpcMetrics {
  Counter* calls = nullptr;
  Counter* errors = nullptr;
  Counter* broken_connections = nullptr;
};

/// Registers the counters of the server called `server` ("namenode").
RpcMetrics AddRpcMetrics(MetricRegistry& metrics, const std::string& server);

}  // namespace tusk::rpc

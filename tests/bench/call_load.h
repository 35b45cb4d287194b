#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/net/io_runtime.h"
#include "common/net/task.h"
#include "common/rpc/rpc_client.h"

namespace tusk::bench {

/// Keeps a number of calls in flight on one connection.
///
/// Each of `in_flight` coroutines takes the next number, makes that call and waits for its answer,
/// until `count` calls are done. Blocking; ends the program when a call fails.
class CallLoad {
 public:
  /// One call: `index` says which.
  using MakeCall = std::function<Task<Status>(uint64_t index)>;

  CallLoad(IoRuntime& runtime, uint64_t in_flight) : runtime_(runtime), in_flight_(in_flight) {}

  /// Makes `count` calls; their rate by the second. When given, `latencies` gets the seconds of
  /// each.
  double Run(uint64_t count, const MakeCall& call, std::vector<double>* latencies = nullptr);

 private:
  Task<void> Work(const MakeCall* call, uint64_t count, std::vector<double>* latencies);

  IoRuntime& runtime_;
  const uint64_t in_flight_;
  std::atomic<uint64_t> next_ = 0;
};

}  // namespace tusk::bench

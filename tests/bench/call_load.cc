#include "tests/bench/call_load.h"

#include "common/net/task_group.h"
#include "tests/bench/report.h"

namespace tusk::bench {

Task<void> CallLoad::Work(const MakeCall* call, uint64_t count, std::vector<double>* latencies) {
  while (true) {
    const uint64_t index = next_.fetch_add(1);
    if (index >= count) co_return;
    const Stopwatch watch;
    const Status status = co_await (*call)(index);
    Require(status);
    if (latencies != nullptr) (*latencies)[index] = watch.Seconds();
  }
}

double CallLoad::Run(uint64_t count, const MakeCall& call, std::vector<double>* latencies) {
  next_ = 0;
  if (latencies != nullptr) latencies->assign(count, 0);
  TaskGroup group(runtime_.NewStrand());
  const Stopwatch watch;
  for (uint64_t i = 0; i < in_flight_; ++i) group.Spawn("caller", Work(&call, count, latencies));
  group.JoinBlocking();
  return static_cast<double>(count) / watch.Seconds();
}

}  // namespace tusk::bench

#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/result.h"
#include "common/net/endpoint.h"
#include "mapreduce/model/ids.h"
#include "mapreduce/task/reduce_task.h"

namespace tusk {
class Clock;
}

namespace tusk::mapreduce {

/// Where one map's slice for this reduce lies.
struct MapOutputPlace {
  AttemptId attempt;
  Endpoint server;
  std::string local_path;  ///< the slice is in a file of this machine; else empty
  uint64_t local_offset = 0;
  uint64_t local_length = 0;
};

/// A reduce's input from all maps of the job: slices on this machine are read as files, others are
/// fetched by a few threads, one connection a tracker, many maps a request. What arrives is kept in
/// memory up to a budget and in local files beyond it, after its checksums have been verified.
///
/// A slice that cannot be had is complained about and asked for again, at the place that an update
/// names. `Next` belongs to one thread; `Update` and `Cancel` may come from others.
class ShuffleSource : public MapOutputSource {
 public:
  /// What is fetched, and with what means.
  struct Options {
    JobId job;
    uint32_t reduce = 0;
    uint32_t total_maps = 0;
    std::string directory;  ///< for slices beyond the memory budget
    uint64_t memory_bytes = 64 << 20;
    size_t fetchers = 5;  ///< mapreduce.reduce.shuffle.parallelcopies
    std::chrono::milliseconds timeout{30'000};
  };
  /// Tells that a slice could not be had; `definite` when its tracker says that it has none.
  using Complain =
      std::function<void(const AttemptId& map, bool definite, const std::string& cause)>;

  ShuffleSource(Options options, const Clock& clock, Complain complain);
  /// Ends the fetching threads.
  ~ShuffleSource() override;

  /// A map's output lies there (from now on).
  void Update(const MapOutputPlace& place) EXCLUDES(mutex_);
  /// `Next` returns kCancelled from now on.
  void Cancel() EXCLUDES(mutex_);

  Result<FetchedSegment> Next() override EXCLUDES(mutex_);

  /// Slices that were fetched over the network, and times that one could not be.
  uint64_t fetched() const EXCLUDES(mutex_);
  uint64_t failed() const EXCLUDES(mutex_);

 private:
  using Server = std::pair<std::string, uint16_t>;

  void FetchLoop() EXCLUDES(mutex_);
  void FetchFrom(const Endpoint& server, const std::vector<MapOutputPlace>& places)
      EXCLUDES(mutex_);
  bool TakeWork(Endpoint* server, std::vector<MapOutputPlace>* places) EXCLUDES(mutex_);
  void Arrived(const MapOutputPlace& place, uint64_t bytes, std::unique_ptr<SegmentSource> source)
      EXCLUDES(mutex_);
  void Failed(const MapOutputPlace& place, const Status& status) EXCLUDES(mutex_);
  void AddLocal(const MapOutputPlace& place) EXCLUDES(mutex_);
  Result<std::unique_ptr<SegmentSource>> Receive(class ShuffleClient& client,
                                                 const MapOutputPlace& place, uint64_t bytes);

  const Options options_;
  const Clock& clock_;
  const Complain complain_;

  mutable Mutex mutex_;
  CondVar changed_;
  std::map<Server, std::deque<MapOutputPlace>> waiting_ GUARDED_BY(mutex_);
  std::set<Server> busy_ GUARDED_BY(mutex_);
  std::map<uint32_t, AttemptId> wanted_ GUARDED_BY(mutex_);  // newest place of each map
  std::set<uint32_t> arrived_ GUARDED_BY(mutex_);
  std::deque<FetchedSegment> ready_ GUARDED_BY(mutex_);
  uint32_t handed_out_ GUARDED_BY(mutex_) = 0;
  uint64_t memory_used_ GUARDED_BY(mutex_) = 0;
  uint64_t fetched_ GUARDED_BY(mutex_) = 0;
  uint64_t failed_ GUARDED_BY(mutex_) = 0;
  bool cancelled_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;  // started by the first Next
};

}  // namespace tusk::mapreduce

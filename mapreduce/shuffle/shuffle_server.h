#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "common/base/result.h"
#include "common/net/endpoint.h"
#include "common/net/task.h"

namespace tusk {
class Clock;
class IoRuntime;
class Stream;
class StreamListener;
class WorkPool;
}  // namespace tusk

namespace tusk::mapreduce {

class MapOutputStore;

namespace proto {
class FetchRequestProto;
}

/// Serves finished map outputs to reduces of other machines: protocol in docs/formats/shuffle.md.
/// A connection carries any number of requests. What is sent is the slice of the spill file as it
/// stands, blocks with their checksums: the reduce verifies, the server only copies.
///
/// Thread-safe. Disk reads run on `disk`, never on an I/O thread.
class ShuffleServer {
 public:
  /// Where it listens, and what it puts up with.
  struct Options {
    Endpoint endpoint{"127.0.0.1", 0};
    size_t max_connections = 4096;
    std::chrono::milliseconds idle_timeout{60'000};
    std::chrono::milliseconds write_timeout{60'000};
  };

  /// All must outlive the server.
  ShuffleServer(IoRuntime& runtime, WorkPool& disk, const MapOutputStore& outputs,
                const Clock& clock, Options options);
  ~ShuffleServer();

  Status Start();
  void Stop();
  int port() const;

  /// Serves one connection until it ends: for tests.
  Task<void> ServeStream(std::unique_ptr<Stream> stream);

 private:
  Task<Status> ServeRequest(Stream& stream, const proto::FetchRequestProto& request);
  Task<Status> SendOutput(Stream& stream, const proto::FetchRequestProto& request, int index);

  IoRuntime& runtime_;
  WorkPool& disk_;
  const MapOutputStore& outputs_;
  const Clock& clock_;
  const Options options_;
  std::unique_ptr<StreamListener> listener_;
};

}  // namespace tusk::mapreduce

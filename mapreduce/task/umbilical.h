#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "common/base/mutex.h"
#include "common/base/result.h"
#include "common/net/blocking_socket.h"
#include "mapreduce/proto/umbilical.pb.h"

namespace tusk::mapreduce {

/// A task process's connection to its tasktracker (umbilical.proto): a thread reads what the
/// tracker says, any thread may speak. Thread-safe.
class Umbilical {
 public:
  /// Takes over the descriptor and starts to read. `lost` is called, on the reading thread, when
  /// the tracker has closed its end or speaks nonsense.
  Umbilical(int descriptor, std::function<void()> lost);
  ~Umbilical();

  /// The next task; nothing when the tracker wants the process to end.
  std::optional<proto::RunTaskProto> NextTask() EXCLUDES(mutex_);
  /// Waits for the answer to the attempt's request to commit.
  bool WaitForCommit(const proto::AttemptIdProto& attempt) EXCLUDES(mutex_);
  /// Places of map outputs that come in while a reduce runs go to `receive`; null for none.
  void OnMapOutput(std::function<void(const proto::MapOutputProto&)> receive) EXCLUDES(mutex_);

  /// Says something to the tracker.
  Status Send(const proto::FromTaskProto& message) EXCLUDES(writing_);

 private:
  void ReadLoop() EXCLUDES(mutex_);
  Status ReadOne(proto::ToTaskProto* message);
  void Take(proto::ToTaskProto message) EXCLUDES(mutex_);

  BlockingSocket socket_;
  const std::function<void()> lost_;
  Mutex writing_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<proto::RunTaskProto> tasks_ GUARDED_BY(mutex_);
  std::optional<proto::CommitAnswerProto> commit_ GUARDED_BY(mutex_);
  std::function<void(const proto::MapOutputProto&)> on_map_output_ GUARDED_BY(mutex_);
  bool exit_ GUARDED_BY(mutex_) = false;
  std::thread reader_;
};

}  // namespace tusk::mapreduce

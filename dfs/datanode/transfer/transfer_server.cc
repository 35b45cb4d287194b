#include "dfs/datanode/transfer/transfer_server.h"

#include <set>
#include <utility>

#include <boost/asio/post.hpp>

#include "common/base/check.h"
#include "common/base/mutex.h"
#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "common/net/async_event.h"
#include "common/net/task_group.h"
#include "common/net/tcp.h"
#include "common/time/deadline.h"
#include "common/time/system_clock.h"
#include "dfs/datanode/transfer/copy_block.h"
#include "dfs/datanode/transfer/transfer_connection.h"
#include "dfs/datanode/transfer/transfer_context.h"

namespace tusk::dfs::datanode {

namespace {

/// What the copier leaves for whoever ordered the copy, if that still waits.
struct CopyOutcome {
  Mutex mutex;
  Status status GUARDED_BY(mutex);
  AsyncEvent done;
};

Task<void> RunCopy(TransferContext* context, CopyOrder order,
                   std::shared_ptr<CopyOutcome> outcome) {
  const OpenStream counted(*context);
  Status status = co_await SendCopy(*context, std::move(order));
  {
    MutexLock lock(outcome->mutex);
    outcome->status = std::move(status);
  }
  outcome->done.Set();
}

}  // namespace

struct TransferServer::State {
  State(IoRuntime& r, BlockStore& store, TransferOptions options)
      : runtime(r), context(r, store, std::move(options)), copies(r.NewStrand()) {}

  IoRuntime& runtime;
  TransferContext context;
  std::unique_ptr<TcpListener> listener;  // constant after Start
  mutable Mutex mutex;
  CondVar changed;
  bool stopping GUARDED_BY(mutex) = false;
  std::set<std::shared_ptr<TransferConnection>> connections GUARDED_BY(mutex);
  TaskGroup copies;  // that the namenode ordered

  bool Add(const std::shared_ptr<TransferConnection>& connection) {
    MutexLock lock(mutex);
    if (stopping) return false;
    connections.insert(connection);
    return true;
  }
  void Remove(const std::shared_ptr<TransferConnection>& connection) {
    MutexLock lock(mutex);
    connections.erase(connection);
    changed.NotifyAll();
  }
  static Task<void> Serve(State* state, std::unique_ptr<Stream> stream) {
    auto connection = std::make_shared<TransferConnection>(state->context, std::move(stream));
    if (!state->Add(connection)) co_return;
    co_await connection->Run();
    state->Remove(connection);
  }
};

TransferServer::TransferServer(IoRuntime& runtime, BlockStore& store, TransferOptions options)
    : state_(std::make_shared<State>(runtime, store, std::move(options))) {}

TransferServer::~TransferServer() {
  MutexLock lock(state_->mutex);
  CHECK(state_->listener == nullptr || state_->stopping);
}

Status TransferServer::Start() {
  ListenerOptions options;
  options.max_connections = state_->context.options.max_connections;
  ASSIGN_OR_RETURN(state_->listener,
                   TcpListener::Bind(state_->runtime, state_->context.options.endpoint, options));
  State* state = state_.get();
  state_->listener->Serve(
      [state](std::unique_ptr<Stream> stream) { return State::Serve(state, std::move(stream)); });
  return Status();
}

void TransferServer::Stop(std::chrono::milliseconds drain) {
  if (state_->listener != nullptr) state_->listener->StopAccepting();
  const Deadline end = Deadline::After(SystemClock::Get(), drain);
  {
    MutexLock lock(state_->mutex);
    if (std::exchange(state_->stopping, true)) return;
    for (const auto& connection : state_->connections) {
      boost::asio::post(connection->executor(), [connection] { connection->FinishSoon(); });
    }
    while (!state_->connections.empty() && !end.Expired(SystemClock::Get())) {
      state_->changed.WaitFor(state_->mutex, end.Remaining(SystemClock::Get()));
    }
    if (!state_->connections.empty()) {
      LOG_INFO("datanode", "block streams are cut streams={}", state_->connections.size());
    }
  }
  state_->copies.Stop();
  if (state_->listener != nullptr) state_->listener->Stop();
  state_->copies.JoinBlocking();
}

std::string TransferServer::address() const {
  return state_->listener == nullptr ? std::string() : state_->listener->address();
}

int TransferServer::port() const {
  return state_->listener == nullptr ? 0 : state_->listener->port();
}

void TransferServer::SetSelf(DatanodeId self) { state_->context.set_self(std::move(self)); }

uint32_t TransferServer::OpenStreams() const { return state_->context.open_streams.load(); }

Task<Status> TransferServer::Transfer(TransferOrder order) {
  if (order.targets.empty()) {
    co_return Status(StatusCode::kInvalidArgument, "a copy without targets");
  }
  // On a strand of its own: the caller's may have many copies to order.
  CopyOrder copy;
  copy.block = order.block;
  copy.targets = std::move(order.targets);
  auto outcome = std::make_shared<CopyOutcome>();
  const bool started = state_->copies.SpawnOn(state_->runtime.NewStrand(), "copy block",
                                              RunCopy(&state_->context, std::move(copy), outcome));
  if (!started) co_return Status(StatusCode::kCancelled, "the datanode stops");
  const bool done = co_await outcome->done.Wait(Deadline::Never());
  if (!done) co_return Status(StatusCode::kCancelled, "cancelled while a block is copied");
  MutexLock lock(outcome->mutex);
  co_return outcome->status;
}

}  // namespace tusk::dfs::datanode

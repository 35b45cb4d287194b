#include "common/rpc/rpc_server.h"

#include <set>
#include <utility>

#include <boost/asio/post.hpp>

#include "common/base/check.h"
#include "common/base/mutex.h"
#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "common/metrics/metric_registry.h"
#include "common/net/tcp.h"
#include "common/rpc/rpc_connection.h"
#include "common/rpc/rpc_metrics.h"
#include "common/time/deadline.h"
#include "common/time/system_clock.h"

namespace tusk::rpc {

struct RpcServer::State {
  State(IoRuntime& r, RpcServerOptions options, ErrorTable errors)
      : runtime(r), shared(r.NewStrand(), std::move(options), errors) {}

  IoRuntime& runtime;
  RpcServerShared shared;
  std::unique_ptr<TcpListener> listener;  // constant after Start
  mutable Mutex mutex;
  CondVar changed;
  bool stopping GUARDED_BY(mutex) = false;
  std::set<std::shared_ptr<RpcConnection>> connections GUARDED_BY(mutex);

  bool Add(const std::shared_ptr<RpcConnection>& connection) {
    MutexLock lock(mutex);
    if (stopping) return false;
    connections.insert(connection);
    return true;
  }
  void Remove(const std::shared_ptr<RpcConnection>& connection) {
    MutexLock lock(mutex);
    connections.erase(connection);
    changed.NotifyAll();
  }
  static Task<void> Serve(State* state, std::unique_ptr<Stream> stream) {
    auto connection = std::make_shared<RpcConnection>(state->shared, std::move(stream));
    if (!state->Add(connection)) co_return;
    co_await connection->Run();
    state->Remove(connection);
  }
};

RpcServer::RpcServer(IoRuntime& runtime, RpcServerOptions options, ErrorTable errors)
    : state_(std::make_shared<State>(runtime, std::move(options), errors)) {
  CHECK(errors.class_of != nullptr);
  const RpcServerOptions& kept = state_->shared.options;
  if (kept.metrics == nullptr) return;
  const RpcMetrics added = AddRpcMetrics(*kept.metrics, kept.name);
  state_->shared.calls_total = added.calls;
  state_->shared.errors_total = added.errors;
  state_->shared.broken_total = added.broken_connections;
}

RpcServer::~RpcServer() {
  MutexLock lock(state_->mutex);
  CHECK(state_->listener == nullptr || state_->stopping);
}

void RpcServer::AddService(RpcService* service) {
  CHECK(state_->shared.services.emplace(service->protocol_name(), service).second);
}

Status RpcServer::Start() {
  ListenerOptions options;
  options.max_connections = state_->shared.options.max_connections;
  ASSIGN_OR_RETURN(state_->listener,
                   TcpListener::Bind(state_->runtime, state_->shared.options.endpoint, options));
  State* state = state_.get();
  state_->listener->Serve(
      [state](std::unique_ptr<Stream> stream) { return State::Serve(state, std::move(stream)); });
  return Status();
}

void RpcServer::Stop(std::chrono::milliseconds drain) {
  if (state_->listener != nullptr) state_->listener->StopAccepting();
  const Deadline end = Deadline::After(SystemClock::Get(), drain);
  {
    MutexLock lock(state_->mutex);
    if (std::exchange(state_->stopping, true)) return;
    for (const auto& connection : state_->connections) {
      boost::asio::post(connection->executor(), [connection] { connection->StopReading(); });
    }
    while (!state_->connections.empty() && !end.Expired(SystemClock::Get())) {
      state_->changed.WaitFor(state_->mutex, end.Remaining(SystemClock::Get()));
    }
    if (!state_->connections.empty()) {
      LOG_WARN("rpc", "stopping with calls unanswered server={} connections={}",
               state_->shared.options.name, state_->connections.size());
    }
  }
  if (state_->listener != nullptr) state_->listener->Stop();
  state_->shared.calls.Stop();
  state_->shared.calls.JoinBlocking();
}

int RpcServer::port() const { return state_->listener == nullptr ? 0 : state_->listener->port(); }

std::string RpcServer::address() const {
  return state_->listener == nullptr ? std::string() : state_->listener->address();
}

size_t RpcServer::open_connections() const {
  MutexLock lock(state_->mutex);
  return state_->connections.size();
}

size_t RpcServer::open_calls() const { return state_->shared.open_calls.load(); }

Task<void> RpcServer::ServeStream(std::unique_ptr<Stream> stream) {
  return State::Serve(state_.get(), std::move(stream));
}

}  // namespace tusk::rpc

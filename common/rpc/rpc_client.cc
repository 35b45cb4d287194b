#include "common/rpc/rpc_client.h"

#include <sys/random.h>

#include <atomic>
#include <map>
#include <utility>

#include <google/protobuf/message_lite.h>

#include "common/base/check.h"
#include "common/base/mutex.h"
#include "common/rpc/client_connection.h"
#include "common/rpc/proto/ProtobufRpcEngine.pb.h"
#include "common/rpc/proto/RpcHeader.pb.h"
#include "common/rpc/rpc_framing.h"

namespace tusk::rpc {
namespace {

std::string NewClientId() {
  std::string id(16, '\0');
  CHECK_EQ(getrandom(id.data(), id.size(), 0), static_cast<ssize_t>(id.size()));
  return id;
}

}  // namespace

struct RpcClient::State {
  State(IoRuntime& r, RpcClientOptions o, ErrorTable e)
      : runtime(r), options(o), errors(e), client_id(NewClientId()), tasks(r.NewStrand()) {}

  IoRuntime& runtime;
  const RpcClientOptions options;
  const ErrorTable errors;
  const std::string client_id;
  std::atomic<int32_t> next_call_id{0};
  TaskGroup tasks;
  mutable Mutex mutex;
  bool stopped GUARDED_BY(mutex) = false;
  std::map<ConnectionKey, std::shared_ptr<ClientConnection>> connections GUARDED_BY(mutex);

  // A living connection, or null after Stop.
  std::shared_ptr<ClientConnection> Connection(const ConnectionKey& key) {
    MutexLock lock(mutex);
    if (stopped) return nullptr;
    std::erase_if(connections, [](const auto& entry) { return entry.second->dead(); });
    std::shared_ptr<ClientConnection>& connection = connections[key];
    if (connection == nullptr) {
      connection = std::make_shared<ClientConnection>(runtime.NewStrand(), tasks, key, options,
                                                      errors, client_id);
    }
    return connection;
  }

  std::shared_ptr<ClientCall> Start(std::string_view protocol, std::string_view method,
                                    const google::protobuf::MessageLite& request,
                                    google::protobuf::MessageLite* response, CallOptions& call,
                                    std::shared_ptr<ClientConnection>* connection);
};

std::shared_ptr<ClientCall> RpcClient::State::Start(std::string_view protocol,
                                                    std::string_view method,
                                                    const google::protobuf::MessageLite& request,
                                                    google::protobuf::MessageLite* response,
                                                    CallOptions& call,
                                                    std::shared_ptr<ClientConnection>* connection) {
  if (call.call_id < 0) call.call_id = next_call_id.fetch_add(1) & 0x7FFFFFFF;
  proto::RpcRequestHeaderProto header;
  header.set_rpckind(proto::RPC_PROTOCOL_BUFFER);
  header.set_rpcop(proto::RpcRequestHeaderProto::RPC_FINAL_PACKET);
  header.set_callid(call.call_id);
  header.set_clientid(client_id);
  header.set_retrycount(call.retry_count);
  proto::RequestHeaderProto call_header;
  call_header.set_methodname(std::string(method));
  call_header.set_declaringclassprotocolname(std::string(protocol));
  call_header.set_clientprotocolversion(1);
  auto started = std::make_shared<ClientCall>(
      call.call_id, EncodeRequest(header, &call_header, &request), response);
  const ConnectionKey key{call.server, call.user, call.real_user, std::string(protocol)};
  for (;;) {
    *connection = Connection(key);
    if (*connection == nullptr) {
      started->Fail(Status(StatusCode::kUnavailable, "the RPC client is stopped"));
      return started;
    }
    if ((*connection)->Submit(started)) return started;
  }
}

RpcClient::RpcClient(IoRuntime& runtime, RpcClientOptions options, ErrorTable errors)
    : state_(std::make_shared<State>(runtime, options, errors)) {
  CHECK(errors.status_of != nullptr);
}

RpcClient::~RpcClient() { Stop(); }

Task<Status> RpcClient::Call(std::string_view protocol, std::string_view method,
                             const google::protobuf::MessageLite& request,
                             google::protobuf::MessageLite* response, CallOptions options) {
  std::shared_ptr<ClientConnection> connection;
  const auto call = state_->Start(protocol, method, request, response, options, &connection);
  Status status = co_await call->Wait(options.deadline);
  if (connection != nullptr && !status.ok()) connection->Forget(call);
  co_return status;
}

Status RpcClient::CallBlocking(std::string_view protocol, std::string_view method,
                               const google::protobuf::MessageLite& request,
                               google::protobuf::MessageLite* response, CallOptions options) {
  CHECK(!tusk::internal::OnIoThread());
  std::shared_ptr<ClientConnection> connection;
  const auto call = state_->Start(protocol, method, request, response, options, &connection);
  Status status = call->WaitBlocking(options.deadline);
  if (connection != nullptr && !status.ok()) connection->Forget(call);
  return status;
}

int32_t RpcClient::NewCallId() { return state_->next_call_id.fetch_add(1) & 0x7FFFFFFF; }
const std::string& RpcClient::client_id() const { return state_->client_id; }

size_t RpcClient::connections() const {
  MutexLock lock(state_->mutex);
  size_t living = 0;
  for (const auto& [key, connection] : state_->connections) living += connection->dead() ? 0 : 1;
  return living;
}

void RpcClient::Stop() {
  std::map<ConnectionKey, std::shared_ptr<ClientConnection>> connections;
  {
    MutexLock lock(state_->mutex);
    state_->stopped = true;
    connections.swap(state_->connections);
  }
  state_->tasks.Stop();
  state_->tasks.JoinBlocking();
  const Status stopped(StatusCode::kNotResponding, "the RPC client is stopped");
  for (const auto& [key, connection] : connections) connection->Die(stopped);
}

}  // namespace tusk::rpc

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/net/task.h"
#include "common/net/work_pool.h"
#include "common/rpc/rpc_service.h"
#include "dfs/namenode/namespace/user_groups.h"
#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// ClientProtocol as clients call it: messages into calls of operations and their answers back,
/// nothing else. What every call has in common is here: who asks, the wait while the store cannot
/// keep up, and the wait until a change is durable before its answer leaves.
///
/// Methods that are not built are answered with UnsupportedOperationException.
class ClientProtocolService {
 public:
  /// All must outlive the service. `pool` asks the operating system for groups.
  ClientProtocolService(const OpContext& context, UserGroups& groups, WorkPool& pool);

  rpc::RpcService& rpc() { return rpc_; }

 private:
  /// An operation between messages that answers at once.
  template <class Request, class Response>
  using Operation = Result<Outcome<Response>> (*)(const OpContext&, const Caller&, const Request&);
  /// One that waits for datanodes.
  template <class Request, class Response>
  using WaitingOperation = Task<Result<Outcome<Response>>> (*)(const OpContext&, const Caller&,
                                                               const Request&, Deadline);

  void AddReads();
  void AddWrites();
  void AddAdministration();
  void AddUnsupported();

  template <class Request, class Response>
  void Add(std::string method, Operation<Request, Response> operation,
           rpc::MethodKind kind = rpc::MethodKind::kIdempotent) {
    rpc_.Add<Request, Response>(
        std::move(method),
        [this, operation](const rpc::CallContext& call, const Request& request) {
          return Run<Request, Response>(operation, &call, &request);
        },
        kind);
  }
  /// For operations that walk far or wait for a disk: in a thread of the pool.
  template <class Request, class Response>
  void AddBlocking(std::string method, Operation<Request, Response> operation) {
    rpc_.Add<Request, Response>(
        std::move(method), [this, operation](const rpc::CallContext& call, const Request& request) {
          return RunInPool<Request, Response>(operation, &call, &request);
        });
  }
  template <class Request, class Response>
  void AddWaiting(std::string method, WaitingOperation<Request, Response> operation) {
    rpc_.Add<Request, Response>(
        std::move(method), [this, operation](const rpc::CallContext& call, const Request& request) {
          return RunWaiting<Request, Response>(operation, &call, &request);
        });
  }

  template <class Request, class Response>
  Task<Result<Response>> Run(Operation<Request, Response> operation, const rpc::CallContext* call,
                             const Request* request) {
    std::shared_ptr<const Identity> who = groups_.Cached(call->user);
    if (!who || context_.ns.overloaded()) {
      Result<std::shared_ptr<const Identity>> admitted = co_await Admit(call);
      if (!admitted.ok()) co_return std::move(admitted).status();
      who = std::move(*admitted);
    }
    const Caller caller{std::move(who), call->remote_address, call->client_id, call->call_id};
    Result<Outcome<Response>> outcome = operation(context_, caller, *request);
    if (!outcome.ok()) co_return std::move(outcome).status();
    if (outcome->txid != 0) {
      Status durable = co_await context_.ns.WaitDurable(outcome->txid);
      if (!durable.ok()) co_return durable;
    }
    co_return std::move(outcome->value);
  }

  template <class Request, class Response>
  Task<Result<Response>> RunInPool(Operation<Request, Response> operation,
                                   const rpc::CallContext* call, const Request* request) {
    Result<std::shared_ptr<const Identity>> who = co_await Admit(call);
    if (!who.ok()) co_return std::move(who).status();
    const Caller caller{std::move(*who), call->remote_address, call->client_id, call->call_id};
    const auto work = [this, operation, &caller, request] {
      return operation(context_, caller, *request);
    };
    Result<Outcome<Response>> outcome = co_await pool_.Run(work);
    if (!outcome.ok()) co_return std::move(outcome).status();
    co_return std::move(outcome->value);
  }

  template <class Request, class Response>
  Task<Result<Response>> RunWaiting(WaitingOperation<Request, Response> operation,
                                    const rpc::CallContext* call, const Request* request) {
    Result<std::shared_ptr<const Identity>> who = co_await Admit(call);
    if (!who.ok()) co_return std::move(who).status();
    const Caller caller{std::move(*who), call->remote_address, call->client_id, call->call_id};
    Result<Outcome<Response>> outcome =
        co_await operation(context_, caller, *request, call->deadline);
    if (!outcome.ok()) co_return std::move(outcome).status();
    if (outcome->txid != 0) {
      Status durable = co_await context_.ns.WaitDurable(outcome->txid);
      if (!durable.ok()) co_return durable;
    }
    co_return std::move(outcome->value);
  }

  /// Who calls, once the namespace takes further changes.
  Task<Result<std::shared_ptr<const Identity>>> Admit(const rpc::CallContext* call);

  const OpContext context_;
  UserGroups& groups_;
  WorkPool& pool_;
  rpc::RpcService rpc_;
};

}  // namespace tusk::dfs::namenode

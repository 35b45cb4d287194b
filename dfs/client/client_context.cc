#include "dfs/client/client_context.h"

#include <unistd.h>

#include "common/base/random.h"
#include "common/net/io_runtime.h"
#include "common/rpc/rpc_client.h"
#include "common/time/system_clock.h"
#include "dfs/wire/remote_exception.h"

namespace tusk::dfs {
namespace {

rpc::RpcClientOptions RpcOptions(const ClientOptions& options) {
  rpc::RpcClientOptions rpc;
  rpc.connect_timeout = options.connect_timeout;
  return rpc;
}

}  // namespace

ClientContext::ClientContext(Endpoint server, ClientOptions given)
    : options(std::move(given)),
      client_name(fmt::format("DFSClient_NONMAPREDUCE_{:016x}_{}", RandomSeed(), ::getpid())),
      runtime_(std::make_unique<IoRuntime>(1)),
      rpc_(std::make_unique<rpc::RpcClient>(*runtime_, RpcOptions(options), HdfsErrorTable())),
      namenode(*rpc_, std::move(server), options),
      sockets(options),
      selector(SystemClock::Get()),
      renewer(namenode, client_name) {}

ClientContext::~ClientContext() {
  namenode.Stop();
  renewer.Stop();
  rpc_->Stop();
}

}  // namespace tusk::dfs

// Calls by the second through Hadoop RPC over loopback; server and client share this process.
//
//   rpc_bench [--calls N] [--runs N]

#include "common/base/random.h"
#include "common/rpc/proto/ProtobufRpcEngine.pb.h"
#include "common/rpc/rpc_client.h"
#include "common/rpc/rpc_server.h"
#include "common/rpc/rpc_service.h"
#include "tests/bench/call_load.h"
#include "tests/bench/report.h"

namespace tusk::bench {
namespace {

using Echo = rpc::proto::RequestHeaderProto;

constexpr std::string_view kProtocol = "org.example.Bench";

Task<Status> CallEcho(rpc::RpcClient* client, const rpc::CallOptions* options,
                      const Echo* request) {
  Echo response;
  co_return co_await client->Call(kProtocol, "echo", *request, &response, *options);
}

int Run(int argc, char** argv) {
  const uint64_t calls = NumberOf(argc, argv, "--calls", 100'000);
  const int runs = static_cast<int>(NumberOf(argc, argv, "--runs", 5));
  IoRuntime runtime(2);
  rpc::RpcService service(std::string(kProtocol), 1);
  service.AddSync<Echo, Echo>(
      "echo", [](const rpc::CallContext&, const Echo& request) -> Result<Echo> { return request; });
  rpc::RpcServer server(runtime, {}, rpc::BasicErrorTable());
  server.AddService(&service);
  Require(server.Start());
  {
    rpc::RpcClient client(runtime, {}, rpc::BasicErrorTable());
    rpc::CallOptions options;
    options.server = {"127.0.0.1", static_cast<uint16_t>(server.port())};
    options.user = "bench";
    Echo request;
    request.set_methodname(std::string(100, 'x'));
    request.set_declaringclassprotocolname("bench");
    request.set_clientprotocolversion(1);
    const auto call = [&](uint64_t) { return CallEcho(&client, &options, &request); };
    for (const uint64_t depth : {1, 8, 64, 512}) {
      CallLoad load(runtime, depth);
      const uint64_t count = depth == 1 ? calls / 10 : calls;
      std::vector<double> rates;
      load.Run(count / 10 + 1, call);
      for (int run = 0; run < runs; ++run) rates.push_back(load.Run(count, call));
      Print(fmt::format("echo calls, {} in flight", depth), rates, "calls/s");
    }
    client.Stop();
  }
  server.Stop();
  return 0;
}

}  // namespace
}  // namespace tusk::bench

int main(int argc, char** argv) { return tusk::bench::Run(argc, argv); }

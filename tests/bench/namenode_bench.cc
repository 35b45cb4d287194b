// Calls by the second that a running namenode answers, over one connection.
//
//   namenode_bench HOST:PORT [--operation create|mkdirs|stat|all] [--files N] [--in-flight N]
//                  [--runs N] [--user NAME]
//
// create makes an empty file (Hadoop's NNThroughputBenchmark counts the same call): its answer
// means that the journal holds it durably. Files go below /bench-PID, which is deleted at the end.

#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "common/net/run_blocking.h"
#include "common/rpc/rpc_client.h"
#include "common/time/system_clock.h"
#include "dfs/proto/client_namenode.pb.h"
#include "tests/bench/call_load.h"
#include "tests/bench/report.h"

namespace tusk::bench {
namespace {

constexpr std::string_view kProtocol = "org.apache.hadoop.hdfs.protocol.ClientProtocol";
constexpr uint64_t kFilesPerDirectory = 1000;
constexpr uint32_t kCreateFlag = 1;

class NamenodeLoad {
 public:
  NamenodeLoad(IoRuntime& runtime, const Endpoint& server, std::string user)
      : runtime_(runtime),
        client_(runtime, {}, rpc::BasicErrorTable()),
        base_("/bench-" + std::to_string(::getpid())) {
    options_.server = server;
    options_.user = std::move(user);
  }
  ~NamenodeLoad() { client_.Stop(); }

  void Measure(const std::string& operation, uint64_t files, uint64_t in_flight, int runs) {
    std::vector<double> rates, latencies, middle, high;
    for (int run = 0; run < runs; ++run) {
      CallLoad load(runtime_, in_flight);
      prefix_ = fmt::format("{}/{}{}", base_, operation == "mkdirs" ? "dirs" : "files", run);
      rates.push_back(load.Run(files, CallFor(operation), &latencies));
      std::sort(latencies.begin(), latencies.end());
      middle.push_back(latencies[latencies.size() / 2] * 1e3);
      high.push_back(latencies[latencies.size() * 99 / 100] * 1e3);
    }
    const std::string name = fmt::format("{} calls, {} in flight", operation, in_flight);
    Print(name, rates, "calls/s");
    Print(name + ", median latency", middle, "ms");
    Print(name + ", 99th percentile", high, "ms");
  }

  void DeleteAll() {
    dfs::proto::DeleteRequestProto request;
    dfs::proto::DeleteResponseProto response;
    request.set_src(base_);
    request.set_recursive(true);
    Require(client_.CallBlocking(kProtocol, "delete", request, &response, Options()));
  }

 private:
  rpc::CallOptions Options() const {
    rpc::CallOptions options = options_;
    options.deadline = Deadline::After(SystemClock::Get(), std::chrono::minutes(1));
    return options;
  }
  std::string PathOf(uint64_t index) const {
    return fmt::format("{}/d{}/f{}", prefix_, index / kFilesPerDirectory, index);
  }
  CallLoad::MakeCall CallFor(const std::string& operation) {
    if (operation == "create") return [this](uint64_t index) { return Create(index); };
    if (operation == "mkdirs") return [this](uint64_t index) { return MakeDirectory(index); };
    if (operation == "stat") return [this](uint64_t index) { return Stat(index); };
    Require(Status::Error(StatusCode::kInvalidArgument, "no such operation: {}", operation));
    return {};
  }

  Task<Status> Create(uint64_t index) {
    dfs::proto::CreateRequestProto request;
    dfs::proto::CreateResponseProto response;
    request.set_src(PathOf(index));
    request.mutable_masked()->set_perm(0644);
    request.set_clientname("bench");
    request.set_createflag(kCreateFlag);
    request.set_createparent(true);
    request.set_replication(1);
    request.set_blocksize(uint64_t{128} << 20);
    const rpc::CallOptions options = Options();
    co_return co_await client_.Call(kProtocol, "create", request, &response, options);
  }

  Task<Status> MakeDirectory(uint64_t index) {
    dfs::proto::MkdirsRequestProto request;
    dfs::proto::MkdirsResponseProto response;
    request.set_src(PathOf(index));
    request.mutable_masked()->set_perm(0755);
    request.set_createparent(true);
    const rpc::CallOptions options = Options();
    co_return co_await client_.Call(kProtocol, "mkdirs", request, &response, options);
  }

  Task<Status> Stat(uint64_t index) {
    dfs::proto::GetFileInfoRequestProto request;
    dfs::proto::GetFileInfoResponseProto response;
    request.set_src(PathOf(index));
    const rpc::CallOptions options = Options();
    co_return co_await client_.Call(kProtocol, "getFileInfo", request, &response, options);
  }

  IoRuntime& runtime_;
  rpc::RpcClient client_;
  rpc::CallOptions options_;
  const std::string base_;
  std::string prefix_;
};

int Run(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("Usage: namenode_bench HOST:PORT [--operation create|mkdirs|stat|all] [--files N]\n",
               stderr);
    return 2;
  }
  const Result<Endpoint> server = Endpoint::Parse(argv[1]);
  Require(server.status());
  const std::string operation = OptionOf(argc, argv, "--operation", "all");
  const uint64_t files = std::max<uint64_t>(1, NumberOf(argc, argv, "--files", 60'000));
  const uint64_t in_flight = std::max<uint64_t>(1, NumberOf(argc, argv, "--in-flight", 64));
  const int runs = std::max(1, static_cast<int>(NumberOf(argc, argv, "--runs", 3)));
  const char* const user = std::getenv("USER");
  IoRuntime runtime(2);
  NamenodeLoad load(runtime, *server,
                    OptionOf(argc, argv, "--user", user != nullptr ? user : "root"));
  if (operation == "all") {
    for (const char* each : {"create", "stat", "mkdirs"}) {
      load.Measure(each, files, in_flight, runs);
    }
  } else {
    load.Measure(operation, files, in_flight, runs);
  }
  load.DeleteAll();
  return 0;
}

}  // namespace
}  // namespace tusk::bench

int main(int argc, char** argv) { return tusk::bench::Run(argc, argv); }

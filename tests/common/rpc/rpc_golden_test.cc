// Recorded conversations of real clients (tests/golden/hdfs): every request frame must parse, every
// answer frame must encode again to the same bytes, and the server must survive each stream.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "common/net/task_group.h"
#include "common/rpc/proto/ProtobufRpcEngine.pb.h"
#include "common/rpc/proto/RpcHeader.pb.h"
#include "common/rpc/rpc_framing.h"
#include "common/rpc/rpc_server.h"
#include "tests/support/memory_stream.h"
#include "tests/support/run_task.h"
#include "tests/support/source_tree.h"

namespace tusk::rpc {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::filesystem::path> Recordings(const std::string& ending) {
  const std::filesystem::path root = SourceDir();
  std::vector<std::filesystem::path> out;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(root / "tests/golden/hdfs")) {
    if (entry.path().string().ends_with("-namenode" + ending)) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

// Cuts whole frames; a recording may end within one.
std::vector<std::string> Frames(std::string_view bytes) {
  std::vector<std::string> out;
  while (bytes.size() >= 4) {
    const Result<size_t> length = ParseFrameLength(AsBytes(bytes), 1 << 27);
    if (!length.ok() || bytes.size() - 4 < *length) break;
    out.emplace_back(bytes.substr(4, *length));
    bytes.remove_prefix(4 + *length);
  }
  return out;
}

Task<void> Send(Stream* stream, std::string bytes) {
  const Status sent = co_await stream->WriteAll(AsBytes(bytes));
  const Status ended = sent.ok() ? stream->ShutdownWrite() : sent;
  EXPECT_TRUE(ended.ok()) << ended.ToString();
}

Task<std::string> ReadAll(Stream* stream) {
  std::string out;
  std::vector<uint8_t> buffer(65536);
  for (;;) {
    const Result<size_t> count = co_await stream->ReadSome(buffer);
    if (!count.ok() || *count == 0) co_return out;
    out += AsText(ByteView(buffer).first(*count));
  }
}

std::string Serve(IoRuntime& runtime, std::string bytes) {
  RpcServer server(runtime, RpcServerOptions(), BasicErrorTable());
  const Executor strand = runtime.NewStrand();
  auto [client, end] = MakeMemoryStreams(strand, strand);
  TaskGroup group(strand);
  group.Spawn("serve", server.ServeStream(std::move(end)));
  group.Spawn("send", Send(client.get(), std::move(bytes)));
  std::string answer = RunBlocking(strand, ReadAll(client.get()));
  group.JoinBlocking();
  server.Stop();
  return answer;
}

TEST(RpcGoldenTest, EveryRecordedCallIsUnderstoodAndAnsweredOnce) {
  TaskRunner runner;
  const auto recordings = Recordings(".c2s");
  ASSERT_GE(recordings.size(), 20u);
  for (const auto& path : recordings) {
    const std::string bytes = ReadFile(path);
    ASSERT_GE(bytes.size(), kPreambleSize);
    std::vector<uint32_t> called;
    for (const std::string& frame : Frames(std::string_view(bytes).substr(kPreambleSize))) {
      ByteView rest = AsBytes(frame);
      proto::RpcRequestHeaderProto header;
      ASSERT_TRUE(TakeMessage(&rest, &header)) << path;
      if (header.callid() >= 0) called.push_back(static_cast<uint32_t>(header.callid()));
    }
    std::vector<uint32_t> answered;
    for (const std::string& frame : Frames(Serve(runner.runtime(), bytes))) {
      ByteView rest = AsBytes(frame);
      proto::RpcResponseHeaderProto header;
      ASSERT_TRUE(TakeMessage(&rest, &header)) << path;
      if (static_cast<int32_t>(header.callid()) < 0) continue;
      EXPECT_EQ(header.exceptionclassname(), kNoSuchProtocolException) << path;
      EXPECT_TRUE(rest.empty());
      answered.push_back(header.callid());
    }
    EXPECT_EQ(answered, called) << path;
  }
}

TEST(RpcGoldenTest, HeadersOfRecordedAnswersEncodeToTheSameBytes) {
  for (const auto& path : Recordings(".s2c")) {
    for (const std::string& frame : Frames(ReadFile(path))) {
      ByteView rest = AsBytes(frame);
      proto::RpcResponseHeaderProto header;
      ASSERT_TRUE(TakeMessage(&rest, &header)) << path;
      std::string again;
      AppendEncodedResponse(header, AsText(rest), &again);
      EXPECT_EQ(again.substr(4), frame) << path;
    }
  }
}

TEST(RpcGoldenTest, EveryPrefixOfARecordingIsSurvived) {
  TaskRunner runner;
  const auto recordings = Recordings(".c2s");
  ASSERT_FALSE(recordings.empty());
  const std::string bytes = ReadFile(recordings.front());
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::string answer = Serve(runner.runtime(), bytes.substr(0, size));
    EXPECT_LT(answer.size(), 100000u);
  }
}

}  // namespace
}  // namespace tusk::rpc

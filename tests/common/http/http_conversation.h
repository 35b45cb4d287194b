#pragma once

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "common/base/status_macros.h"
#include "common/http/http_server.h"
#include "common/net/task_group.h"
#include "common/net/tcp.h"
#include "common/time/deadline.h"
#include "tests/support/memory_stream.h"
#include "tests/support/run_task.h"

namespace tusk::http {

/// An answer as it came over the wire.
struct RawAnswer {
  int status = 0;
  std::string head;
  std::string body;
};

inline Task<void> SendBytes(Stream* stream, std::string bytes, bool end) {
  const Status sent = co_await stream->WriteAll(AsBytes(bytes));
  if (sent.ok() && end) {
    const Status ended = stream->ShutdownWrite();
    EXPECT_TRUE(ended.ok());
  }
}

inline Task<std::string> ReceiveAll(Stream* stream) {
  std::string out;
  std::vector<uint8_t> buffer(4096);
  for (;;) {
    const Result<size_t> count = co_await stream->ReadSome(buffer);
    if (!count.ok() || *count == 0) co_return out;
    out += AsText(ByteView(buffer).first(*count));
  }
}

/// What `server` answers to `bytes` over one connection in memory, until it closes. Without `end`
/// the client keeps its side open: the server's deadlines end it.
inline std::string Converse(TaskRunner& runner, HttpServer& server, std::string bytes,
                            size_t max_read = SIZE_MAX, bool end = true) {
  const Executor strand = runner.runtime().NewStrand();
  MemoryStreamOptions slow;
  slow.max_read = max_read;
  auto [client, served] = MakeMemoryStreams(strand, strand, {}, slow);
  TaskGroup group(strand);
  group.Spawn("serve", server.ServeStream(std::move(served)));
  group.Spawn("send", SendBytes(client.get(), std::move(bytes), end));
  std::string answer = RunBlocking(strand, ReceiveAll(client.get()));
  group.JoinBlocking();
  return answer;
}

/// Splits answers that have a Content-Length; `head_only` for those to HEAD.
inline std::vector<RawAnswer> SplitAnswers(std::string_view bytes, bool head_only = false) {
  std::vector<RawAnswer> answers;
  while (!bytes.empty()) {
    const size_t end = bytes.find("\r\n\r\n");
    EXPECT_NE(end, std::string_view::npos) << bytes;
    if (end == std::string_view::npos) break;
    RawAnswer answer;
    answer.head = bytes.substr(0, end + 2);
    answer.status = std::stoi(answer.head.substr(9, 3));
    bytes.remove_prefix(end + 4);
    constexpr std::string_view kLength = "Content-Length: ";
    const size_t length = answer.head.find(kLength);
    if (length != std::string::npos && !head_only) {
      const size_t size = std::stoul(answer.head.substr(length + kLength.size()));
      EXPECT_LE(size, bytes.size());
      answer.body = bytes.substr(0, size);
      bytes.remove_prefix(std::min(size, bytes.size()));
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

/// A request without body.
inline std::string PlainRequest(std::string_view method, std::string_view target,
                                std::string_view headers = "") {
  return std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" +
         std::string(headers) + "\r\n";
}

/// The one answer to a GET.
inline RawAnswer Get(TaskRunner& runner, HttpServer& server, std::string_view target,
                     std::string_view headers = "") {
  const auto answers = SplitAnswers(Converse(runner, server, PlainRequest("GET", target, headers)));
  EXPECT_EQ(answers.size(), 1u);
  return answers.empty() ? RawAnswer{} : answers.front();
}

/// Connects to a server, sends `bytes` and gives all that comes until the server closes.
inline Task<Result<std::string>> AskOverTcp(Executor strand, Endpoint endpoint, std::string bytes) {
  const Deadline deadline = Deadline::Never();
  CO_ASSIGN_OR_RETURN(const std::unique_ptr<Stream> stream,
                      co_await ConnectTcp(strand, endpoint, deadline));
  CO_RETURN_IF_ERROR(co_await stream->WriteAll(AsBytes(bytes)));
  co_return co_await ReceiveAll(stream.get());
}

/// The answer of a server that listens on a port of the loopback.
inline RawAnswer GetOverTcp(IoRuntime& runtime, int port, std::string_view target,
                            std::string_view headers = "") {
  const Executor strand = runtime.NewStrand();
  const Endpoint endpoint{"127.0.0.1", static_cast<uint16_t>(port)};
  const std::string request =
      PlainRequest("GET", target, "Connection: close\r\n" + std::string(headers));
  const Result<std::string> bytes = RunBlocking(strand, AskOverTcp(strand, endpoint, request));
  EXPECT_TRUE(bytes.ok()) << bytes.status().ToString();
  const auto answers = SplitAnswers(bytes.value_or(""));
  EXPECT_EQ(answers.size(), 1u);
  return answers.empty() ? RawAnswer{} : answers.front();
}

}  // namespace tusk::http

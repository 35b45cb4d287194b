#include "common/rpc/rpc_connection.h"

#include <gtest/gtest.h>

#include "common/rpc/proto/IpcConnectionContext.pb.h"
#include "tests/common/rpc/test_service.h"
#include "tests/support/memory_stream.h"
#include "tests/support/run_task.h"

namespace tusk::rpc {
namespace {

struct Answer {
  proto::RpcResponseHeaderProto header;
  std::string body;
};

std::string Hello(uint8_t auth = kAuthNone) {
  proto::RpcRequestHeaderProto header;
  header.set_rpckind(proto::RPC_PROTOCOL_BUFFER);
  header.set_rpcop(proto::RpcRequestHeaderProto::RPC_FINAL_PACKET);
  header.set_callid(kCallIdContext);
  header.set_clientid("c");
  proto::IpcConnectionContextProto context;
  context.mutable_userinfo()->set_effectiveuser("alice@REALM");
  return EncodePreamble(auth) + EncodeRequest(header, &context, nullptr);
}

Task<void> SendAndEnd(Stream* stream, std::string bytes) {
  const Status sent = co_await stream->WriteAll(AsBytes(bytes));
  if (sent.ok()) {
    const Status ended = stream->ShutdownWrite();
    EXPECT_TRUE(ended.ok());
  }
}

Task<std::string> ReadAll(Stream* stream) {
  std::string out;
  std::vector<uint8_t> buffer(4096);
  for (;;) {
    const Result<size_t> count = co_await stream->ReadSome(buffer);
    if (!count.ok() || *count == 0) co_return out;
    out += AsText(ByteView(buffer).first(*count));
  }
}

class RpcConnectionTest : public testing::Test {
 protected:
  // What the server answers to `bytes` before it closes.
  std::string Talk(std::string bytes, size_t max_read = SIZE_MAX) {
    RpcServerOptions options;
    options.max_frame_bytes = 1 << 20;
    RpcServer server(runner_.runtime(), options, BasicErrorTable());
    server.AddService(&test_.service);
    const Executor strand = runner_.runtime().NewStrand();
    MemoryStreamOptions slow;
    slow.max_read = max_read;
    auto [client, end] = MakeMemoryStreams(strand, strand, {}, slow);
    TaskGroup group(strand);
    group.Spawn("serve", server.ServeStream(std::move(end)));
    group.Spawn("send", SendAndEnd(client.get(), std::move(bytes)));
    std::string answer = RunBlocking(strand, ReadAll(client.get()));
    group.JoinBlocking();
    server.Stop();
    return answer;
  }

  std::vector<Answer> Answers(const std::string& bytes) {
    std::vector<Answer> out;
    ByteView rest = AsBytes(bytes);
    while (rest.size() >= 4) {
      const size_t length = *ParseFrameLength(rest, 1 << 27);
      ByteView frame = rest.subspan(4, length);
      rest = rest.subspan(4 + length);
      Answer answer;
      EXPECT_TRUE(TakeMessage(&frame, &answer.header));
      answer.body = AsText(frame);
      out.push_back(answer);
    }
    EXPECT_TRUE(rest.empty());
    return out;
  }

  TaskRunner runner_;
  TestService test_;
};

TEST_F(RpcConnectionTest, PipelinedCallsInOneBurstOrByteByByte) {
  std::string bytes = Hello();
  for (int i = 0; i < 50; ++i) bytes += TestFrame(i, "echo", std::to_string(i), "c");
  for (const size_t max_read : {SIZE_MAX, size_t{1}, size_t{13}}) {
    const auto answers = Answers(Talk(bytes, max_read));
    ASSERT_EQ(answers.size(), 50u);
    for (int i = 0; i < 50; ++i) {
      EXPECT_EQ(answers[i].header.callid(), static_cast<uint32_t>(i));
      EXPECT_EQ(answers[i].header.status(), proto::RpcResponseHeaderProto::SUCCESS);
      EXPECT_EQ(answers[i].header.clientid(), "c");
      EXPECT_NE(answers[i].body.find("alice:" + std::to_string(i)), std::string::npos);
    }
  }
}

TEST_F(RpcConnectionTest, EveryPrefixIsSurvived) {
  const std::string bytes =
      Hello() + TestFrame(1, "echo", "x", "c") + TestFrame(2, "fail", "y", "c");
  for (size_t size = 0; size <= bytes.size(); ++size) {
    EXPECT_LE(Answers(Talk(bytes.substr(0, size))).size(), 2u);
  }
}

TEST_F(RpcConnectionTest, ErrorsKeepTheConnectionAndHaveNoBody) {
  std::string bytes = Hello() + TestFrame(1, "fail", "why", "c") + TestFrame(2, "nope", "", "c");
  std::string other = TestFrame(3, "echo", "", "c");
  const size_t at = other.find("Test");
  other.replace(at, 4, "Tesy");
  bytes += other + TestFrame(4, "echo", "", "c");
  const auto answers = Answers(Talk(bytes));
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(answers[0].header.errormsg(), "why");
  EXPECT_EQ(answers[0].header.errordetail(), proto::RpcResponseHeaderProto::ERROR_APPLICATION);
  EXPECT_EQ(answers[1].header.exceptionclassname(), kNoSuchMethodException);
  EXPECT_EQ(answers[2].header.exceptionclassname(), kNoSuchProtocolException);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(answers[i].header.status(), proto::RpcResponseHeaderProto::ERROR);
    EXPECT_TRUE(answers[i].body.empty());
  }
  EXPECT_EQ(answers[3].header.status(), proto::RpcResponseHeaderProto::SUCCESS);
}

TEST_F(RpcConnectionTest, BrokenRulesAreFatal) {
  const std::string call = TestFrame(1, "echo", "", "c");
  const std::string context = Hello().substr(kPreambleSize);
  const std::string preamble = EncodePreamble(kAuthNone);
  const std::string junk_header("\0\0\0\x03\x02\xff\xff", 7);
  for (const std::string& bytes :
       {preamble + call, preamble + context + context, Hello() + TestFrame(-7, "echo", "", "c"),
        preamble + junk_header, Hello(kAuthSasl)}) {
    const auto answers = Answers(Talk(bytes + call));
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0].header.status(), proto::RpcResponseHeaderProto::FATAL);
    EXPECT_EQ(answers[0].header.exceptionclassname(), kRpcServerException);
  }
}

TEST_F(RpcConnectionTest, ForeignPreambles) {
  std::string old = EncodePreamble(0);
  old[4] = 8;
  auto answers = Answers(Talk(old));
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].header.exceptionclassname(), kVersionMismatch);
  EXPECT_EQ(answers[0].header.callid(), 0xFFFFFFFFu);
  answers = Answers(Talk(EncodePreamble(5)));
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].header.exceptionclassname(), kIpcException);
  EXPECT_TRUE(Talk("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(Talk("SSH-2.0-OpenSSH").empty());
}

TEST_F(RpcConnectionTest, OversizedFramesAreClosedUnread) {
  std::string bytes = Hello() + std::string("\x08\x10\0\0", 4);
  EXPECT_TRUE(Talk(bytes).empty());
  bytes = Hello() + std::string("\xff\xff\xff\xff", 4);
  EXPECT_TRUE(Talk(bytes).empty());
}

TEST_F(RpcConnectionTest, NegotiateIsAnsweredWithSimple) {
  proto::RpcRequestHeaderProto header;
  header.set_rpckind(proto::RPC_PROTOCOL_BUFFER);
  header.set_rpcop(proto::RpcRequestHeaderProto::RPC_FINAL_PACKET);
  header.set_callid(kCallIdSasl);
  header.set_clientid("");
  proto::RpcSaslProto negotiate;
  negotiate.set_state(proto::RpcSaslProto::NEGOTIATE);
  const std::string bytes = EncodePreamble(kAuthSasl) + EncodeRequest(header, &negotiate, nullptr) +
                            Hello().substr(kPreambleSize) + TestFrame(5, "echo", "z", "c");
  const auto answers = Answers(Talk(bytes));
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].header.callid(), 4294967263u);
  EXPECT_EQ(answers[0].body, std::string("\x02\x10\x00", 3));
  EXPECT_EQ(answers[1].header.callid(), 5u);
}

TEST_F(RpcConnectionTest, AsynchronousCallsAreAnsweredAfterTheEndOfInput) {
  test_.gate.Set();
  std::string bytes = Hello();
  for (int i = 0; i < 20; ++i) bytes += TestFrame(i, "echoLater", "x", "c");
  EXPECT_EQ(Answers(Talk(bytes)).size(), 20u);
}

}  // namespace
}  // namespace tusk::rpc

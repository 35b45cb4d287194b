#include "common/net/stream_io.h"

#include <string>

#include <gtest/gtest.h>

#include "common/base/status_macros.h"
#include "tests/support/memory_stream.h"
#include "tests/support/run_task.h"

namespace tusk {
namespace {

std::string Numbers(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += std::to_string(i) + ",";
  return out;
}

Task<Status> Send(Stream* stream, std::string text) {
  CO_RETURN_IF_ERROR(co_await stream->WriteAll(AsBytes(text)));
  co_return stream->ShutdownWrite();
}

Task<Result<std::string>> ReadInPieces(Stream* stream, size_t piece) {
  BufferedStreamReader reader(*stream, 1000, 64);
  std::string out;
  for (;;) {
    const Status filled = co_await reader.Fill(piece);
    if (!filled.ok()) {
      if (filled.code() != StatusCode::kNotResponding) co_return filled;
      out += AsText(reader.Peek());
      co_return out;
    }
    out += AsText(reader.Peek().first(piece));
    reader.Consume(piece);
  }
}

TEST(BufferedStreamReaderTest, ShortReadsChangeNothing) {
  TaskRunner runner;
  const std::string text = Numbers(300);
  for (const size_t max_read : {1u, 3u, 64u, 5000u}) {
    for (const size_t piece : {1u, 7u, 64u, 999u}) {
      const Executor strand = runner.runtime().NewStrand();
      MemoryStreamOptions options;
      options.max_read = max_read;
      auto [a, b] = MakeMemoryStreams(strand, strand, {}, options);
      ASSERT_TRUE(RunBlocking(strand, Send(a.get(), text)).ok());
      const Result<std::string> got = RunBlocking(strand, ReadInPieces(b.get(), piece));
      ASSERT_TRUE(got.ok()) << got.status().ToString();
      EXPECT_EQ(*got, text);
    }
  }
}

TEST(BufferedStreamReaderTest, EveryFailedReadIsReported) {
  TaskRunner runner;
  for (int fail = 0; fail < 8; ++fail) {
    const Executor strand = runner.runtime().NewStrand();
    MemoryStreamOptions options;
    options.max_read = 10;
    options.fail_operation = fail;
    auto [a, b] = MakeMemoryStreams(strand, strand, {}, options);
    ASSERT_TRUE(RunBlocking(strand, Send(a.get(), Numbers(40))).ok());
    EXPECT_EQ(RunBlocking(strand, ReadInPieces(b.get(), 4)).status().code(), StatusCode::kIoError);
  }
}

TEST(BufferedStreamReaderTest, RefusesMoreThanItsBound) {
  TaskRunner runner;
  const Executor strand = runner.runtime().NewStrand();
  auto [a, b] = MakeMemoryStreams(strand, strand);
  BufferedStreamReader reader(*b, 1000, 64);
  EXPECT_EQ(RunBlocking(strand, reader.Fill(1001)).code(), StatusCode::kTooLarge);
}

}  // namespace
}  // namespace tusk

// Runs every fuzz target over the recorded conversations and over seeded damage of them, so that
// the targets stay alive in presets that cannot fuzz.

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "common/base/byte_span.h"
#include "tests/dfs/wire/golden_stream.h"

namespace tusk {

void FuzzBlockFrame(ByteView bytes);
void FuzzDataTransferOp(ByteView bytes);
void FuzzDfsPath(ByteView bytes);
void FuzzHttpRequest(ByteView bytes);
void FuzzJournalFrame(ByteView bytes);
void FuzzNamespaceCodec(ByteView bytes);
void FuzzPacketHeader(ByteView bytes);
void FuzzPipelineAck(ByteView bytes);
void FuzzRecordLog(ByteView bytes);
void FuzzRpcFrame(ByteView bytes);
void FuzzShuffleFrame(ByteView bytes);
void FuzzSiteXml(ByteView bytes);

namespace {

/// Starting points in a stream that are tried; the rest of a large stream is like its beginning.
constexpr size_t kStarts = 2048;

void ExpectSurvives(void (*target)(ByteView), bool whole_only) {
  size_t runs = 0;
  std::mt19937 random(20261126);
  for (const dfs::GoldenConnection& connection : dfs::ReadGoldenConnections("-")) {
    for (const std::string* stream : {&connection.to_server, &connection.to_client}) {
      const size_t starts = whole_only ? 1 : std::min(stream->size(), kStarts);
      for (size_t start = 0; start < starts; ++start) {
        std::string bytes = stream->substr(start, 4096);
        target(AsBytes(bytes));
        if (!bytes.empty()) bytes[random() % bytes.size()] = static_cast<char>(random());
        target(AsBytes(bytes));
        runs += 2;
      }
    }
  }
  EXPECT_GT(runs, 100U);
}

TEST(FuzzReplay, DataTransferOp) { ExpectSurvives(&FuzzDataTransferOp, false); }
TEST(FuzzReplay, PacketHeader) { ExpectSurvives(&FuzzPacketHeader, false); }
TEST(FuzzReplay, PipelineAck) { ExpectSurvives(&FuzzPipelineAck, false); }

TEST(FuzzReplay, BlockFrame) { ExpectSurvives(&FuzzBlockFrame, false); }
TEST(FuzzReplay, HttpRequest) { ExpectSurvives(&FuzzHttpRequest, true); }
TEST(FuzzReplay, JournalFrame) { ExpectSurvives(&FuzzJournalFrame, false); }
TEST(FuzzReplay, NamespaceCodec) { ExpectSurvives(&FuzzNamespaceCodec, true); }
TEST(FuzzReplay, RpcFrame) { ExpectSurvives(&FuzzRpcFrame, false); }
TEST(FuzzReplay, ShuffleFrame) { ExpectSurvives(&FuzzShuffleFrame, false); }
TEST(FuzzReplay, SiteXml) { ExpectSurvives(&FuzzSiteXml, true); }

TEST(FuzzReplay, RecordLog) {
  std::mt19937 random(20261128);
  size_t runs = 0;
  for (; runs < 2'000; ++runs) {
    std::string script(1, static_cast<char>(random() % 12));
    for (size_t i = random() % 60; i > 0; --i)
      script += static_cast<char>(random() % 3 == 0 ? 0 : random());
    FuzzRecordLog(AsBytes(script));
  }
  EXPECT_EQ(runs, 2'000U);
}

TEST(FuzzReplay, DfsPath) {
  ExpectSurvives(&FuzzDfsPath, true);
  std::mt19937 random(20261127);
  const std::vector<std::string> pieces = {"/",
                                           "..",
                                           ".",
                                           "a",
                                           "\xE2\x82\xAC",
                                           "\xFF",
                                           "//",
                                           std::string(300, 'b'),
                                           std::string(1, '\0')};
  size_t runs = 0;
  for (; runs < 20'000; ++runs) {
    std::string path = random() % 8 == 0 ? "" : "/";
    for (size_t i = random() % 10; i > 0; --i) path += pieces[random() % pieces.size()] + "/";
    FuzzDfsPath(AsBytes(path));
  }
  EXPECT_EQ(runs, 20'000U);
}

}  // namespace
}  // namespace tusk

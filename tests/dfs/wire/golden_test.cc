// Every frame of every recorded conversation is decoded and encoded again to the same bytes, and
// no prefix of a conversation does harm.

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <set>
#include <string>

#include "tests/dfs/wire/golden_stream.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

/// All prefixes up to here are tried, of longer streams a sample.
constexpr size_t kEveryPrefix = 4096;
constexpr size_t kSampledPrefixes = 40;

using Decode = std::function<Result<GoldenItems>(ByteView)>;

/// Decodes all of `stream`; each piece must encode to the bytes it came from, without gaps.
void ExpectSameBytes(const std::string& name, const std::string& stream, const Decode& decode,
                     std::set<std::string>* seen) {
  SCOPED_TRACE(name);
  ASSERT_OK_AND_ASSIGN(const GoldenItems items, decode(AsBytes(stream)));
  size_t position = 0;
  for (const GoldenItem& item : items) {
    ASSERT_EQ(item.begin, position) << item.what;
    // Not ASSERT_EQ on the strings: a packet would be printed whole.
    ASSERT_TRUE(stream.compare(item.begin, item.end - item.begin, item.encoded) == 0)
        << item.what << " at byte " << item.begin << " encodes to other bytes";
    position = item.end;
    seen->insert(item.what);
  }
  EXPECT_EQ(position, stream.size()) << "bytes left at the end";
}

/// Decodes prefixes of `stream`: each gives the pieces that are whole in it and no others.
void ExpectPrefixesSurvived(const std::string& name, const std::string& stream,
                            const Decode& decode) {
  SCOPED_TRACE(name);
  ASSERT_OK_AND_ASSIGN(const GoldenItems all, decode(AsBytes(stream)));
  const auto check = [&](size_t length) {
    ASSERT_OK_AND_ASSIGN(const GoldenItems items, decode(AsBytes(stream).first(length)));
    size_t whole = 0;
    while (whole < all.size() && all[whole].end <= length) ++whole;
    ASSERT_EQ(items.size(), whole) << "of a prefix of " << length << " bytes";
  };
  for (size_t length = 0; length < std::min(stream.size(), kEveryPrefix); ++length) check(length);
  std::mt19937 random(20261124);
  for (size_t i = 0; stream.size() > kEveryPrefix && i < kSampledPrefixes; ++i) {
    check(random() % stream.size());
  }
}

/// Decodes `stream` with one byte changed, many times: any answer will do but a crash.
void ExpectDamageSurvived(const std::string& stream, const Decode& decode) {
  std::mt19937 random(20261125);
  const size_t reach = std::min<size_t>(stream.size(), kEveryPrefix);
  for (size_t i = 0; i < 300 && reach > 0; ++i) {
    std::string damaged = stream.substr(0, reach);
    damaged[random() % reach] = static_cast<char>(random());
    const Result<GoldenItems> items = decode(AsBytes(damaged));
    EXPECT_TRUE(items.ok() || !items.status().message().empty());
  }
}

Decode Requests() {
  return [](ByteView bytes) {
    CallMethods calls;
    return DecodeRpcRequests(bytes, &calls);
  };
}

Decode Responses(const std::string& to_server) {
  CallMethods calls;
  EXPECT_OK(DecodeRpcRequests(AsBytes(to_server), &calls));
  return [calls](ByteView bytes) { return DecodeRpcResponses(bytes, calls); };
}

Decode TransferRequests() {
  return [](ByteView bytes) {
    TransferScript script;
    return DecodeTransferRequests(bytes, &script);
  };
}

Decode TransferResponses(const std::string& to_server) {
  TransferScript script;
  EXPECT_OK(DecodeTransferRequests(AsBytes(to_server), &script));
  return [script](ByteView bytes) { return DecodeTransferResponses(bytes, script); };
}

std::vector<GoldenConnection> RpcConnections() {
  std::vector<GoldenConnection> connections = ReadGoldenConnections("-namenode");
  for (GoldenConnection& connection : ReadGoldenConnections("-datanode-ipc")) {
    connections.push_back(std::move(connection));
  }
  return connections;
}

std::vector<GoldenConnection> TransferConnections() {
  std::vector<GoldenConnection> connections = ReadGoldenConnections("-datanode");
  std::erase_if(connections, [](const GoldenConnection& c) { return c.name.ends_with("-ipc"); });
  return connections;
}

TEST(Golden, RpcFramesEncodeToTheSameBytes) {
  std::set<std::string> seen;
  const auto connections = RpcConnections();
  EXPECT_GE(connections.size(), 40U);
  for (const GoldenConnection& connection : connections) {
    ExpectSameBytes(connection.name + ".c2s", connection.to_server, Requests(), &seen);
    ExpectSameBytes(connection.name + ".s2c", connection.to_client, Responses(connection.to_server),
                    &seen);
  }
  for (const char* what :
       {"preamble", "connection context", "create", "addBlock", "complete", "getFileInfo",
        "getListing", "getBlockLocations", "blockReport", "sendHeartbeat", "registerDatanode",
        "versionRequest", "mkdirs failed", "initReplicaRecovery"}) {
    EXPECT_TRUE(seen.contains(what)) << what;
  }
}

TEST(Golden, TransferFramesEncodeToTheSameBytes) {
  std::set<std::string> seen;
  const auto connections = TransferConnections();
  EXPECT_GE(connections.size(), 30U);
  for (const GoldenConnection& connection : connections) {
    ExpectSameBytes(connection.name + ".c2s", connection.to_server, TransferRequests(), &seen);
    ExpectSameBytes(connection.name + ".s2c", connection.to_client,
                    TransferResponses(connection.to_server), &seen);
  }
  EXPECT_EQ(seen, (std::set<std::string>{"BLOCK_CHECKSUM", "READ_BLOCK", "WRITE_BLOCK", "ack",
                                         "packet", "read status", "response"}));
}

TEST(Golden, EveryPrefixOfRpcIsSurvived) {
  for (const GoldenConnection& connection : RpcConnections()) {
    ExpectPrefixesSurvived(connection.name + ".c2s", connection.to_server, Requests());
    ExpectPrefixesSurvived(connection.name + ".s2c", connection.to_client,
                           Responses(connection.to_server));
  }
}

TEST(Golden, EveryPrefixOfTransferIsSurvived) {
  for (const GoldenConnection& connection : TransferConnections()) {
    ExpectPrefixesSurvived(connection.name + ".c2s", connection.to_server, TransferRequests());
    ExpectPrefixesSurvived(connection.name + ".s2c", connection.to_client,
                           TransferResponses(connection.to_server));
  }
}

TEST(Golden, DamagedBytesAreSurvived) {
  for (const GoldenConnection& connection : RpcConnections()) {
    ExpectDamageSurvived(connection.to_server, Requests());
    ExpectDamageSurvived(connection.to_client, Responses(connection.to_server));
  }
  for (const GoldenConnection& connection : TransferConnections()) {
    ExpectDamageSurvived(connection.to_server, TransferRequests());
    ExpectDamageSurvived(connection.to_client, TransferResponses(connection.to_server));
  }
}

}  // namespace
}  // namespace tusk::dfs

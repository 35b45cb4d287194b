#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/byte_span.h"
#include "common/base/result.h"

namespace google::protobuf {
class MessageLite;
}

namespace tusk::dfs {

/// One direction of a recorded connection, or both: path without ".c2s" and ".s2c".
struct GoldenConnection {
  std::string name;
  std::string to_server;
  std::string to_client;
};

/// The recorded connections below tests/golden/hdfs whose file name contains `role`, in order.
std::vector<GoldenConnection> ReadGoldenConnections(std::string_view role);

/// A decoded piece of a stream, and what it encodes to.
struct GoldenItem {
  size_t begin = 0;
  size_t end = 0;
  std::string what;
  std::string encoded;
};
using GoldenItems = std::vector<GoldenItem>;

/// Empty messages of a method.
struct MethodMessages {
  std::unique_ptr<google::protobuf::MessageLite> request;
  std::unique_ptr<google::protobuf::MessageLite> response;
};
/// Nothing in it for a method that is not in the table.
MethodMessages MakeMethodMessages(std::string_view method);

/// Methods of the calls of a connection, by call id.
using CallMethods = std::map<int64_t, std::string>;

/// Decode as many whole pieces as `stream` has and encode each again; an error for a piece that
/// cannot be. Requests fill `calls`, responses need it.
Result<GoldenItems> DecodeRpcRequests(ByteView stream, CallMethods* calls);
Result<GoldenItems> DecodeRpcResponses(ByteView stream, const CallMethods& calls);

/// What the two ends of a data transfer connection must agree on.
struct TransferScript {
  struct Step {
    uint8_t op = 0;
    size_t packets = 0;  ///< from the client
  };
  std::vector<Step> steps;
};
Result<GoldenItems> DecodeTransferRequests(ByteView stream, TransferScript* script);
Result<GoldenItems> DecodeTransferResponses(ByteView stream, const TransferScript& script);

}  // namespace tusk::dfs

#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "common/base/status.h"

namespace google::protobuf {
class MessageLite;
}

namespace tusk::dfs {

/// A message as it stands in a stream: its size as a varint, then its bytes.
struct DelimitedFrame {
  ByteView message;  ///< the message's own bytes, a view into what was parsed
  size_t size = 0;   ///< bytes of size and message together
};

/// The frame at the front of `bytes`; nothing if `bytes` ends before it does, in which case more
/// bytes may complete it. kTooLarge, before the rest need be there, if the message is longer than
/// `limit`; kInvalidArgument if the size is no varint of 32 bits.
Result<std::optional<DelimitedFrame>> ParseDelimited(ByteView bytes, size_t limit);

/// Fills `message` from all of `bytes`. kInvalidArgument if they are no such message or lack a
/// required field; `message` is then in an undefined but valid state.
Status ParseMessage(ByteView bytes, google::protobuf::MessageLite* message);

/// Appends size and bytes of `message`, whose required fields must be set, to `out`.
void AppendDelimited(const google::protobuf::MessageLite& message, std::string* out);

}  // namespace tusk::dfs

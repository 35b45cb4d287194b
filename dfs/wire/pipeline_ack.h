#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "dfs/wire/transfer_status.h"

namespace tusk::dfs {

/// Sequence number of an acknowledgement out of band, about no packet.
inline constexpr int64_t kUnknownSeqno = -2;

/// Bytes that the message of an acknowledgement may have.
inline constexpr size_t kMaxAckBytes = 16U << 10;

/// Acknowledges one packet, upstream along a pipeline: one reply of each datanode from the sender
/// of this message to the tail, the sender's own first.
struct PipelineAck {
  int64_t seqno = 0;  ///< of the packet; kHeartbeatSeqno; kUnknownSeqno
  std::vector<TransferStatus> replies;
  /// Nanoseconds from passing the packet on to its acknowledgement by the next datanode.
  std::optional<uint64_t> downstream_nanos;
  /// Empty, or a word for each reply: see MakeAckFlag. Passed on as received.
  std::vector<uint32_t> flags;

  bool AllSucceeded() const { return !FirstFailure().has_value(); }
  /// Position of the first reply, from the sender's side, that is no success.
  std::optional<size_t> FirstFailure() const;
  /// True for the announcement of a restart.
  bool IsRestart() const;

  friend bool operator==(const PipelineAck&, const PipelineAck&) = default;
};

/// Explicit congestion notification, bits 5 and 6 of a flag word.
enum class AckEcn : uint8_t {
  kDisabled = 0,
  kSupported = 1,
  kSupportedAlternate = 2,
  kCongested = 3
};
/// Whether the datanode finds itself slow, bits 7 and 8 of a flag word.
enum class AckSlow : uint8_t { kDisabled = 0, kNormal = 1, kSlow = 2, kReserved = 3 };

/// A flag word: the status in bits 0-3, then the two above.
constexpr uint32_t MakeAckFlag(TransferStatus status, AckEcn ecn, AckSlow slow) {
  return static_cast<uint32_t>(status) | static_cast<uint32_t>(ecn) << 5 |
         static_cast<uint32_t>(slow) << 7;
}
constexpr AckEcn AckFlagEcn(uint32_t flag) { return static_cast<AckEcn>(flag >> 5 & 3); }
constexpr AckSlow AckFlagSlow(uint32_t flag) { return static_cast<AckSlow>(flag >> 7 & 3); }

/// The acknowledgement in the bytes of one message (without its size). kInvalidArgument if it is
/// none, names more than kMaxPipelineNodes datanodes or none, or has flags for some replies only.
Result<PipelineAck> ParsePipelineAck(ByteView message);

/// An acknowledgement as it stands in a stream.
struct PipelineAckFrame {
  PipelineAck ack;
  size_t size = 0;  ///< bytes of it with its size
};

/// The delimited acknowledgement at the front of `bytes`; nothing if `bytes` ends before it does.
Result<std::optional<PipelineAckFrame>> ParsePipelineAckFrame(ByteView bytes);

/// Appends the delimited acknowledgement to `out`.
void AppendPipelineAck(const PipelineAck& ack, std::string* out);

}  // namespace tusk::dfs

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/base/byte_span.h"
#include "common/base/status.h"
#include "common/net/stream.h"
#include "common/net/task.h"
#include "dfs/datanode/transfer/buffer_pool.h"
#include "dfs/wire/packet_codec.h"

namespace tusk::dfs::datanode {

/// A packet as it came: parsed, and its bytes as they go to the next datanode.
struct ReceivedPacket {
  PacketView view;
  ByteView raw;
  uint32_t buffer = 0;  ///< the receiver's own
};

/// Receives packets into a few large buffers: one system call takes as much as has arrived, and
/// nothing is copied but the packet that the end of a buffer cuts.
///
/// Packets hold their buffer until they are released; with all of them held nothing more is read,
/// which is the window towards the peer. Owned by the stream's strand.
class PacketReceiver {
 public:
  /// `early` was read from the stream already. Both others must outlive it.
  PacketReceiver(Stream& stream, BufferPool& pool, ByteView early);
  ~PacketReceiver();
  PacketReceiver(const PacketReceiver&) = delete;
  PacketReceiver& operator=(const PacketReceiver&) = delete;

  /// Makes room for reading; false when packets must be released before.
  bool MakeRoom();
  /// Reads once (not at all if whole packets are here already) and appends the packets that are
  /// whole now, perhaps none, up to the last one of the block. MakeRoom must have said true. Errors
  /// of the stream, of ParsePacket, and kNotResponding at its end.
  Task<Status> Receive(std::vector<ReceivedPacket>* out);
  /// The packet's bytes are not needed any more.
  void Release(const ReceivedPacket& packet);

 private:
  static constexpr size_t kBuffers = 4;

  struct Slab {
    Buffer buffer;
    size_t parsed = 0;
    size_t end = 0;
    uint32_t held = 0;  // packets
  };

  Status Parse(std::vector<ReceivedPacket>* out);
  /// Bytes that the packet at the front of `bytes` will have, as far as can be told.
  static size_t BytesWanted(ByteView bytes);
  /// Puts what is not parsed at the front of slab `to`, which holds no packets.
  void MoveRest(size_t to, size_t wanted);

  Stream& stream_;
  BufferPool& pool_;
  std::array<Slab, kBuffers> slabs_;
  size_t current_ = 0;
};

}  // namespace tusk::dfs::datanode

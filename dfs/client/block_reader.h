#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "common/net/blocking_socket.h"
#include "dfs/client/client_options.h"
#include "dfs/client/datanode_connection.h"
#include "dfs/model/located_block.h"
#include "dfs/wire/checksum_spec.h"
#include "dfs/wire/packet_header.h"

namespace tusk::dfs {

/// What to read from which replica.
struct BlockReadRequest {
  ExtendedBlock block;
  AccessToken token;
  DatanodeId datanode;
  std::string client_name;
  uint64_t offset = 0;  ///< in the block
  uint64_t length = 0;
  bool verify = true;  ///< false: do not ask for checksums
};

/// Reads one range of one replica (READ_BLOCK) in the caller's thread.
///
/// Bytes go from the socket straight into the caller's buffer when a whole packet fits there, and
/// are verified in place; one system call fetches a packet's data and the head of the next one.
/// Nothing of a chunk is handed out before its checksum has been looked at. After any error the
/// reader is dead: open another one at `position()`.
///
/// One thread at a time.
class BlockReader {
 public:
  /// Connects (or takes an idle connection) and asks. kNotFound or kIoError with the datanode's
  /// message when it refuses.
  static Result<std::unique_ptr<BlockReader>> Open(const ClientOptions& options,
                                                   SocketCache& sockets, BlockReadRequest request);
  ~BlockReader();
  BlockReader(const BlockReader&) = delete;
  BlockReader& operator=(const BlockReader&) = delete;

  /// Reads up to `out.size()` bytes, at least one; 0 at the end of the range. kCorruption names
  /// the block, the place and the datanode.
  Result<size_t> Read(MutableByteView out);

  /// Of the next byte, in the block.
  uint64_t position() const { return position_; }
  uint64_t end() const { return end_; }
  const DatanodeId& datanode() const { return request_.datanode; }
  const ExtendedBlock& block() const { return request_.block; }

 private:
  BlockReader(const ClientOptions& options, SocketCache& sockets, BlockReadRequest request);

  Status Ask(BlockingSocket socket);
  Status NextHeader();
  Status FillAhead(size_t bytes);
  Status ReceiveData(MutableByteView data);
  Status ReceivePacket(MutableByteView data);
  Status Finish();
  Status Blame(const Status& status) const;

  const ClientOptions& options_;
  SocketCache& sockets_;
  const BlockReadRequest request_;
  const uint64_t end_;  // of the range, in the block
  // Owned by the reading thread.
  BlockingSocket socket_;
  ChecksumSpec spec_;
  uint64_t position_;
  uint64_t expected_offset_ = 0;  // of the next packet's first byte
  PacketHeader header_;           // of the packet whose data comes next
  bool header_read_ = false;
  bool finished_ = false;
  std::vector<uint8_t> checksums_;
  std::vector<uint8_t> ahead_;  // bytes received before they were asked for
  size_t ahead_begin_ = 0;
  size_t ahead_end_ = 0;
  size_t usual_head_ = 0;        // bytes of the last packet's head and checksums
  std::vector<uint8_t> packet_;  // data of a packet that does not fit the caller's buffer
  size_t packet_begin_ = 0;
  size_t packet_end_ = 0;
};

}  // namespace tusk::dfs

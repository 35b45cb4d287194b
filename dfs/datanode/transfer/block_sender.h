#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "common/net/stream.h"
#include "common/net/suspension.h"
#include "common/net/task.h"
#include "dfs/datanode/storage/replica_reader.h"
#include "dfs/datanode/transfer/transfer_context.h"
#include "dfs/model/block.h"
#include "dfs/wire/checksum_spec.h"
#include "dfs/wire/packet_header.h"

namespace tusk::dfs::datanode {

/// What to send of a replica.
struct SendRequest {
  Block block;
  uint64_t offset = 0;
  uint64_t length = 0;
  bool checksums = true;
  /// Send whole chunks, which may be more than was asked for on either side, as readers get them.
  /// Otherwise `offset` must begin a chunk, and not a byte behind the end is sent.
  bool whole_chunks = true;
  /// Check the data before it is sent.
  bool verify = false;
};

/// Sends a range of a replica as packets (Hadoop's BlockSender).
///
/// Reads a piece of up to a mebibyte, in the volume's pool, while the piece before it is being
/// sent. read() and writev() instead of sendfile(): over loopback, where most readers of a cluster
/// with data locality are, they move about twice as much, and checksums stand between the data of
/// packets anyway.
///
/// Owned by the stream's strand after Open.
class BlockSender {
 public:
  /// Opens the replica and reads the first piece. kNotFound, kFailedPrecondition for an older stamp
  /// or a range that is not there, kCorruption (told as such). Blocks.
  static Result<std::unique_ptr<BlockSender>> Open(TransferContext& context,
                                                   const SendRequest& request);
  ~BlockSender();
  BlockSender(const BlockSender&) = delete;
  BlockSender& operator=(const BlockSender&) = delete;

  /// Sends `prefix`, the packets, and the empty packet that ends them. Of the disk: kCorruption
  /// (told), kIoError; and errors of the stream. Once only.
  Task<Status> Send(Stream& stream, std::string prefix);

  /// Position of the first byte that is sent, and how the packets are checksummed.
  uint64_t begin() const { return begin_; }
  const ChecksumSpec& spec() const { return spec_; }
  const Block& block() const { return reader_->block(); }

 private:
  /// A stretch of the replica in memory: checksums, then data.
  struct Piece {
    Buffer buffer;
    uint64_t offset = 0;
    size_t data_bytes = 0;
    size_t checksum_bytes = 0;
    Status status;
    Suspension read;

    ByteView Checksums() const { return {buffer.bytes.get(), checksum_bytes}; }
    uint8_t* DataStart() const { return buffer.bytes.get() + checksum_bytes; }
    ByteView Data() const { return {DataStart(), data_bytes}; }
  };

  BlockSender(TransferContext& context, std::unique_ptr<ReplicaReader> reader,
              const SendRequest& request);
  Status SetRange(const SendRequest& request);
  /// Fills the next piece. Blocks.
  Status ReadPiece(Piece* piece, uint64_t offset, size_t limit);
  Status CheckPiece(const Piece& piece, MutableByteView data, MutableByteView checksums);
  void StartRead(Piece* piece, uint64_t offset);
  Task<Status> SendPiece(Stream& stream, const Piece& piece, std::string_view prefix);
  void AddPacket(const PacketHeader& header, ByteView checksums, ByteView data);

  TransferContext& context_;
  const std::unique_ptr<ReplicaReader> reader_;
  const bool checksums_;
  const bool verify_;
  ChecksumSpec spec_;   // as told to the peer
  uint64_t begin_ = 0;  // both in the block
  uint64_t end_ = 0;
  uint32_t packet_data_ = 0;  // data bytes of a full packet
  size_t piece_data_ = 0;     // data bytes of a full piece
  Piece pieces_[2];
  int64_t seqno_ = 0;
  std::vector<PacketHead> heads_;
  std::vector<ByteView> parts_;
};

}  // namespace tusk::dfs::datanode

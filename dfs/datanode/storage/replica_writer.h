#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "common/base/result.h"
#include "common/base/status.h"
#include "common/env/env.h"
#include "dfs/datanode/storage/live_replica.h"
#include "dfs/datanode/storage/volume.h"
#include "dfs/wire/checksum_spec.h"
#include "dfs/wire/packet_codec.h"

namespace tusk::dfs::datanode {

/// Writes packets to the data file and the checksum file of one replica that is not final.
///
/// Fail-stop: after any failed write or sync the replica is dead, every later call returns that
/// first error, and the files are never trusted again. All methods block and run on the volume's
/// pool, one at a time.
class ReplicaWriter {
 public:
  /// Creates both files, empty, in `directory`.
  static Result<std::unique_ptr<ReplicaWriter>> Create(Volume& volume, std::string directory,
                                                       const Block& block,
                                                       const ChecksumSpec& spec);
  /// Opens existing files and cuts them to `length`. The checksum of a last chunk that is not full
  /// is verified first: kCorruption.
  static Result<std::unique_ptr<ReplicaWriter>> Reopen(Volume& volume, std::string directory,
                                                       const Block& block, uint64_t length);

  /// Writes consecutive packets and tells `live`. A packet may begin before the end of what is here
  /// (that part is skipped) and in the middle of a chunk (whose checksum is then computed anew from
  /// what it is built of); not behind the end. With `verify` all data is checked against its
  /// checksums: kCorruption names the place, and nothing of that packet is written; the replica
  /// stays good. `incoming` tells how the packets are checksummed.
  Status Write(std::span<const PacketView> packets, const ChecksumSpec& incoming, bool verify);
  /// Makes both files durable. Their names are not, until directory() was synced after Create.
  Status Sync();
  /// Closes both files. The last step before they are moved.
  Status Close();

  const Block& block() const { return block_; }
  uint64_t length() const { return length_; }
  const ChecksumSpec& spec() const { return spec_; }
  Volume& volume() const { return volume_; }
  const std::string& directory() const { return directory_; }
  std::string data_path() const;
  std::string meta_path() const;
  bool dead() const { return !dead_.ok(); }
  uint32_t last_checksum() const { return last_checksum_; }
  const std::shared_ptr<LiveReplica>& live() const { return live_; }
  void set_live(std::shared_ptr<LiveReplica> live) { live_ = std::move(live); }

 private:
  ReplicaWriter(Volume& volume, std::string directory, const Block& block);

  Status WriteOne(const PacketView& packet, const ChecksumSpec& incoming, bool verify);
  /// Checksums of `fresh`, which continues the file, into pending_.
  void AddChecksums(const PacketView& packet, const ChecksumSpec& incoming, ByteView fresh);
  void PutChecksum(uint64_t chunk, ByteView checksum);
  Status FlushChecksums();
  Status CutTo(uint64_t length);
  /// `size`: of the data now; `last_checksum`: of what is kept of a last chunk that is not full.
  Status CutFiles(uint64_t size, uint64_t length, ByteView last_checksum);
  Status Die(Status cause);

  Volume& volume_;
  const std::string directory_;
  Block block_;
  ChecksumSpec spec_;
  std::unique_ptr<File> data_;
  std::unique_ptr<File> meta_;
  std::shared_ptr<LiveReplica> live_;
  uint64_t length_ = 0;
  uint64_t durable_ = 0;         // bytes that are to be found again after a power cut
  uint64_t writeback_from_ = 0;  // data before this has been handed to the disk
  uint32_t last_checksum_ = 0;   // of the last chunk while it is not full
  std::string pending_;          // checksums not yet in the file
  uint64_t pending_chunk_ = 0;   // the chunk of the first of them
  Status dead_;
};

}  // namespace tusk::dfs::datanode

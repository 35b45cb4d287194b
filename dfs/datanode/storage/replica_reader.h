#pragma once

#include <cstdint>
#include <memory>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "common/env/env.h"
#include "dfs/datanode/storage/volume.h"
#include "dfs/wire/checksum_spec.h"

namespace tusk::dfs::datanode {

/// Both files of a replica, open for reading, with what was readable when they were opened. Works
/// on while the replica is appended to, finalized, moved or deleted.
///
/// Read blocks and runs on the volume's pool, one call at a time.
class ReplicaReader {
 public:
  struct Source {
    Block block;
    std::string data_path;
    std::string meta_path;
    uint64_t length = 0;  ///< bytes that have checksums
    bool growing = false;
    uint32_t last_checksum = 0;  ///< while `growing`: of the last chunk if it is not full
  };

  /// kCorruption when the files do not fit each other or `source.length`. Blocks.
  static Result<std::unique_ptr<ReplicaReader>> Open(Volume& volume, const Source& source);

  /// Reads data [offset, offset + data.size()), which begins at a chunk and ends at one or at
  /// length(), and its checksums (spec().ChecksumBytes of them; none wanted when empty).
  /// kCorruption when the files end before.
  Status Read(uint64_t offset, MutableByteView data, MutableByteView checksums) const;
  /// Tells the kernel that [offset, offset + length) will be read soon.
  void ReadAhead(uint64_t offset, uint64_t length) const;

  const Block& block() const { return block_; }
  uint64_t length() const { return length_; }
  const ChecksumSpec& spec() const { return spec_; }
  Volume& volume() const { return volume_; }

 private:
  ReplicaReader(Volume& volume, const Source& source);

  Volume& volume_;
  const Block block_;
  const uint64_t length_;
  const bool growing_;
  const uint32_t last_checksum_;
  ChecksumSpec spec_;
  std::unique_ptr<File> data_;
  std::unique_ptr<File> meta_;
};

}  // namespace tusk::dfs::datanode

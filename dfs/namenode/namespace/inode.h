#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dfs/model/block.h"
#include "dfs/model/file_status.h"

namespace tusk::dfs::namenode {

/// Parent of the root and of the other trees that no path reaches.
inline constexpr FileId kNoParent{0};
/// Parent of what was deleted and not yet taken apart (see BlockReclaimer).
inline constexpr FileId kDeletedFileId{16384};

/// Who has a file open for writing.
struct Writer {
  std::string client_name;     ///< lease holder
  std::string client_address;  ///< IP address: where the first replica should go
};

/// Number of an interned user or group name (NameTable). Never written to disk.
using NameId = uint32_t;

/// A file or directory. Values are immutable once shared: a change makes a new value and puts it
/// in the overlay, so readers keep what they hold without a lock.
struct Inode {
  FileId id;
  FileId parent = kNoParent;
  std::string name;  ///< UTF-8 bytes of the last component; empty for the root
  FileType type = FileType::kFile;
  uint16_t permission = 0;  ///< at most 01777
  NameId owner = 0;
  NameId group = 0;
  int64_t modification_ms = 0;
  int64_t access_ms = 0;

  uint64_t children = 0;  ///< directories: number of entries

  uint16_t replication = 0;  ///< files: wanted copies
  uint64_t block_size = 0;   ///< files: bytes of each block but the last
  std::vector<Block> blocks;
  std::shared_ptr<const Writer> writer;  ///< files: set while open for writing

  bool IsDirectory() const { return type == FileType::kDirectory; }
  bool IsFile() const { return type == FileType::kFile; }
  bool IsOpen() const { return writer != nullptr; }

  /// Sum of the lengths of the blocks, as far as the namenode was told.
  uint64_t Length() const;
  /// What this value costs in memory, roughly; used for bounds.
  size_t MemoryBytes() const;
};

using InodePtr = std::shared_ptr<const Inode>;

}  // namespace tusk::dfs::namenode

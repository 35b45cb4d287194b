#pragma once

#include <cstdint>
#include <string>

namespace tusk::dfs {

enum class FileType : uint8_t { kDirectory = 1, kFile = 2, kSymlink = 3 };

/// What is known of one file or directory: Hadoop's HdfsFileStatus, and stat() of a local file.
struct FileStatus {
  std::string path;  ///< full path from a stat, below the asked directory from a listing of the
                     ///< namenode; always the full path when it comes out of a `FileSystem`
  FileType type = FileType::kFile;
  uint64_t length = 0;          ///< bytes; 0 for a directory
  uint16_t replication = 0;     ///< wanted copies; 0 for a directory
  uint64_t block_size = 0;      ///< bytes; 0 for a directory
  int64_t modification_ms = 0;  ///< milliseconds since 1970
  int64_t access_ms = 0;
  uint16_t permission = 0;  ///< mode bits, at most 01777
  std::string owner;
  std::string group;
  std::string symlink_target;  ///< set for symbolic links only
  uint64_t file_id = 0;        ///< inode number; 0 when the file system has none
  uint32_t children = 0;       ///< of a directory, where the server says so
  bool has_acl = false;        ///< further access rules exist ("+" in listings)

  bool IsDirectory() const { return type == FileType::kDirectory; }
  bool IsFile() const { return type == FileType::kFile; }
  bool IsSymlink() const { return type == FileType::kSymlink; }

  friend bool operator==(const FileStatus&, const FileStatus&) = default;
};

}  // namespace tusk::dfs

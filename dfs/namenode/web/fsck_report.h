#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dfs/namenode/blocks/block_reports.h"

namespace tusk::dfs::namenode {

/// What `hdfs fsck` was asked to print (its flags).
struct FsckFlags {
  bool files = false;
  bool blocks = false;
  bool locations = false;
  bool racks = false;
  bool replica_details = false;
  bool open_for_write = false;
  bool list_corrupt = false;
};

/// One file as fsck sees it.
struct FsckFile {
  std::string path;
  uint64_t length = 0;
  uint16_t replication = 0;
  bool open = false;
  std::vector<BlockHealth> blocks;
};

/// Builds fsck's text as Hadoop's NamenodeFsck prints it: clients derive their exit status from the
/// last line, and scripts look for the labels. Not thread-safe.
class FsckReport {
 public:
  FsckReport(FsckFlags flags, std::string block_pool_id, uint16_t default_replication)
      : flags_(flags),
        block_pool_id_(std::move(block_pool_id)),
        default_replication_(default_replication) {}

  void AddDirectory(std::string_view path);
  void AddFile(const FsckFile& file);
  /// The sums; `stats` of the whole cluster.
  void Summarize(const BlockStats& stats);
  /// The closing line of list-corrupt mode, after its list.
  void ListCorrupt(std::string_view path);

  bool healthy() const { return corrupt_files_ == 0; }
  std::string& text() { return text_; }
  uint64_t files() const { return files_; }

 private:
  void AddBlock(const FsckFile& file, size_t index, std::string* lines);
  std::string Locations(const BlockHealth& block) const;

  const FsckFlags flags_;
  const std::string block_pool_id_;
  const uint16_t default_replication_;
  std::string text_;
  std::string corrupt_list_;
  uint64_t files_ = 0;
  uint64_t directories_ = 0;
  uint64_t bytes_ = 0;
  uint64_t blocks_ = 0;
  uint64_t minimal_ = 0;
  uint64_t over_ = 0;
  uint64_t under_ = 0;
  uint64_t misplaced_ = 0;
  uint64_t live_replicas_ = 0;
  uint64_t wanted_replicas_ = 0;
  uint64_t missing_replicas_ = 0;
  uint64_t missing_blocks_ = 0;
  uint64_t corrupt_blocks_ = 0;
  uint64_t corrupt_files_ = 0;
};

}  // namespace tusk::dfs::namenode

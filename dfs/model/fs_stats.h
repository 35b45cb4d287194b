#pragma once

#include <cstdint>

namespace tusk::dfs {

/// Sums below one path, Hadoop's ContentSummary.
struct ContentSummary {
  uint64_t length = 0;  ///< bytes of all files, one copy each
  uint64_t file_count = 0;
  uint64_t directory_count = 0;  ///< the path itself included
  uint64_t space_consumed = 0;   ///< bytes with all replicas
  int64_t name_quota = -1;       ///< -1: none
  int64_t space_quota = -1;

  friend bool operator==(const ContentSummary&, const ContentSummary&) = default;
};

/// Room of the whole file system, in bytes.
struct FsStats {
  uint64_t capacity = 0;
  uint64_t used = 0;
  uint64_t remaining = 0;
  uint64_t under_replicated = 0;  ///< blocks; 0 on a local file system, as are the next ones
  uint64_t corrupt_blocks = 0;
  uint64_t missing_blocks = 0;

  friend bool operator==(const FsStats&, const FsStats&) = default;
};

/// What a file gets when its creator asks for nothing.
struct ServerDefaults {
  uint64_t block_size = 0;
  uint32_t bytes_per_checksum = 0;
  uint32_t write_packet_size = 0;  ///< bytes; 0 where there are no packets
  uint16_t replication = 0;
  uint64_t trash_interval_minutes = 0;  ///< 0: deleted files are gone
  bool encrypt_data_transfer = false;   ///< data connections start with a handshake

  friend bool operator==(const ServerDefaults&, const ServerDefaults&) = default;
};

}  // namespace tusk::dfs

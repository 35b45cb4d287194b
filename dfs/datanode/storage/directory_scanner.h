#pragma once

#include <cstdint>
#include <vector>

#include "common/base/result.h"
#include "dfs/datanode/storage/replica_map.h"
#include "dfs/datanode/storage/volume.h"

namespace tusk::dfs::datanode {

/// What a scan found.
struct ScanResult {
  std::vector<Replica> replicas;
  uint64_t used_bytes = 0;  ///< of their data and checksums
  uint64_t dropped = 0;     ///< files without partner, unreadable ones, older twins
  uint64_t bytes_verified = 0;
};

/// Finds the replicas of an attached volume after a start. Final ones are taken by name and size.
/// One in rbw was being written: it is read, cut to the length up to which its checksums verify,
/// and waits for recovery. Moves between the two directories that a crash cut in half are completed
/// towards where the data file is. A file whose partner is nowhere is left alone and not reported,
/// in rbw removed. Blocks; each volume in a thread of its own.
Result<ScanResult> ScanVolume(Volume& volume);

/// Bytes from the front of a replica's data whose checksums verify, reading both files. Of a last
/// chunk that has grown past what its checksum is of, that part counts.
Result<uint64_t> VerifiedLength(Env& env, const std::string& data_path,
                                const std::string& meta_path);

}  // namespace tusk::dfs::datanode

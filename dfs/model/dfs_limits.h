#pragma once

#include <cstddef>
#include <cstdint>

namespace tusk::dfs {

// Bounds and defaults that peers rely on. Where an option can change one, this is its default and
// the option's description names it. Values are Hadoop's.

/// Bytes of one path component (`dfs.namenode.fs-limits.max-component-length`).
inline constexpr size_t kMaxComponentBytes = 255;
/// Characters (not bytes) of a path, and its components.
inline constexpr size_t kMaxPathCharacters = 8000;
inline constexpr size_t kMaxPathDepth = 1000;
/// Entries of one directory (`dfs.namenode.fs-limits.max-directory-items`).
inline constexpr uint32_t kMaxDirectoryEntries = 1048576;
/// Entries in one page of a listing (`dfs.ls.limit`).
inline constexpr uint32_t kListingPage = 1000;

/// Bytes of a block (`dfs.blocksize`) and the least allowed (`...fs-limits.min-block-size`).
inline constexpr uint64_t kDefaultBlockSize = 128ULL << 20;
inline constexpr uint64_t kMinBlockSize = 1ULL << 20;
/// Blocks of one file (`dfs.namenode.fs-limits.max-blocks-per-file`).
inline constexpr uint32_t kMaxBlocksPerFile = 10000;

/// Copies of a block (`dfs.replication`, `.min`, `.max`).
inline constexpr uint16_t kDefaultReplication = 3;
inline constexpr uint16_t kMinReplication = 1;
inline constexpr uint16_t kMaxReplication = 512;

/// Bytes that one checksum covers (`dfs.bytes-per-checksum`), and what is accepted from peers.
inline constexpr uint32_t kDefaultBytesPerChecksum = 512;
inline constexpr uint32_t kMinBytesPerChecksum = 16;
inline constexpr uint32_t kMaxBytesPerChecksum = 1U << 20;
/// Bytes of a checksum, of whatever kind but none.
inline constexpr uint32_t kChecksumBytes = 4;

/// Bytes of a packet with its checksums (`dfs.data.transfer.max.packet.size`), and of one that a
/// client fills (`dfs.client-write-packet-size`).
inline constexpr uint32_t kMaxPacketBytes = 16U << 20;
inline constexpr uint32_t kDefaultPacketBytes = 64U << 10;

/// Datanodes in one pipeline or list of locations.
inline constexpr uint32_t kMaxPipelineNodes = kMaxReplication;

/// Quotas: "leave as it is" and "none".
inline constexpr int64_t kQuotaUnchanged = INT64_MAX;
inline constexpr int64_t kNoQuota = -1;

/// How long a writer keeps its files without renewing: then another client may take them, and then
/// the namenode does (`dfs.namenode.lease-hard-limit-sec`). Milliseconds.
inline constexpr int64_t kLeaseSoftLimitMs = 60'000;
inline constexpr int64_t kLeaseHardLimitMs = 1'200'000;

}  // namespace tusk::dfs

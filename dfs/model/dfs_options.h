#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/config/config.h"
#include "common/config/option.h"
#include "common/net/endpoint.h"

namespace tusk::dfs {

// Options that more than one of client, namenode and datanode read, so that each is written once.
// Options of one part alone are in that part (client/client_options.h, ...).

/// Where clients find the file system, and where the namenode listens.
inline constexpr Option<std::string> kDefaultFs{
    {.name = "fs.defaultFS",
     .default_text = "file:///",
     .unit = "",
     .doc = "The file system that paths without a scheme are in: hdfs://host:port for a cluster, "
            "file:/// for this machine's files.",
     .deprecated_names = "fs.default.name"}};

/// Where the namenode is, if not where fs.defaultFS says.
inline constexpr Option<std::string> kNamenodeAddress{
    {.name = "dfs.namenode.rpc-address",
     .default_text = "",
     .unit = "",
     .doc = "host:port of the namenode's RPC server; empty takes them from fs.defaultFS."}};

/// Below it lie the directories of daemons that have none of their own set.
inline constexpr Option<std::string> kTempDirectory{
    {.name = "hadoop.tmp.dir",
     .default_text = "/tmp/hadoop-${user.name}",
     .unit = "",
     .doc = "Directory below which daemons put what has no directory of its own; ${user.name} is "
            "the user of the process."}};

inline constexpr Option<int64_t> kReplication{
    {.name = "dfs.replication",
     .default_text = "3",
     .unit = "copies",
     .doc = "Copies of each block of new files, unless their creator asks for another number.",
     .min = 1,
     .max = 512}};

inline constexpr Option<ByteSize> kBlockSize{
    {.name = "dfs.blocksize",
     .default_text = "128m",
     .unit = "bytes",
     .doc = "Size of the blocks of new files; a multiple of dfs.bytes-per-checksum.",
     .min = 512,
     .deprecated_names = "dfs.block.size"}};

inline constexpr Option<int64_t> kBytesPerChecksum{
    {.name = "dfs.bytes-per-checksum",
     .default_text = "512",
     .unit = "bytes",
     .doc = "Bytes of a block that one checksum covers.",
     .min = 16,
     .max = 1 << 20,
     .deprecated_names = "io.bytes.per.checksum"}};

inline constexpr Option<std::string> kChecksumType{
    {.name = "dfs.checksum.type",
     .default_text = "CRC32C",
     .unit = "",
     .doc = "Kind of checksum of new files: CRC32C, CRC32 or NULL (none)."}};

inline constexpr Option<ByteSize> kWritePacketSize{
    {.name = "dfs.client-write-packet-size",
     .default_text = "64k",
     .unit = "bytes",
     .doc = "Size of the packets in which a client sends a block, checksums included.",
     .min = 1024,
     .max = 16 << 20}};

inline constexpr Option<int64_t> kTrashInterval{
    {.name = "fs.trash.interval",
     .default_text = "0",
     .unit = "min",
     .doc = "Minutes that deleted files stay in the trash of their user; 0 keeps no trash.",
     .min = 0}};

/// Told by both sides: datanodes keep it, the namenode judges them by it.
inline constexpr Option<std::chrono::nanoseconds> kHeartbeatInterval{
    {.name = "dfs.heartbeat.interval",
     .default_text = "3",
     .unit = "s",
     .doc = "How often datanodes say that they live.",
     .min = 1'000'000}};

/// The options above, for the registry of a program.
std::span<const OptionBase* const> DfsSharedOptions();

/// Where clients and datanodes find the namenode: dfs.namenode.rpc-address, else fs.defaultFS, else
/// 127.0.0.1:8020. kInvalidArgument names the option.
Result<Endpoint> NamenodeRpcAddress(const Config& config);

/// The directory that "/x", "file:/x" and "file:///x" name, with ${user.name} replaced by the user
/// of this process. kInvalidArgument for anything that is no absolute path.
Result<std::string> LocalDirectoryOf(std::string_view text);

/// The user of this process: its account's name, else its number.
std::string UserOfProcess();

}  // namespace tusk::dfs

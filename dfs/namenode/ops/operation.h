#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dfs/model/file_status.h"
#include "dfs/namenode/namespace/namespace.h"
#include "dfs/namenode/namespace/path_resolver.h"
#include "dfs/namenode/namespace/permission_checker.h"

namespace tusk::dfs::namenode {

class BlockManager;
class BlockReclaimer;
class SafeMode;

/// Bounds and defaults of the operations; Hadoop's names in namenode_options.
struct OpsOptions {
  uint64_t block_size = 128u << 20;
  uint64_t min_block_size = 1u << 20;
  uint32_t bytes_per_checksum = 512;
  uint32_t write_packet_size = 65536;
  uint32_t file_buffer_size = 4096;
  uint16_t replication = 3;
  uint16_t min_replication = 1;
  uint16_t max_replication = 512;
  uint32_t max_blocks_per_file = 10000;
  uint64_t max_directory_items = 1048576;
  uint32_t list_limit = 1000;
  std::chrono::milliseconds access_time_precision{3'600'000};  ///< 0: access times are not kept
  uint64_t trash_interval_minutes = 0;
  /// How long addBlock and complete wait for datanodes before they answer "not yet".
  std::chrono::milliseconds replication_wait{2000};
};

/// What every operation works on. All of it outlives the call.
struct OpContext {
  Namespace& ns;
  BlockManager& blocks;
  SafeMode& safe_mode;
  BlockReclaimer& reclaimer;
  const PermissionChecker& permissions;
  const OpsOptions& options;
};

/// Who asks, from where, and which call it is.
struct Caller {
  std::shared_ptr<const Identity> who;
  std::string_view address;    ///< IP address
  std::string_view client_id;  ///< of the RPC client; empty when the call may be repeated freely
  int32_t call_id = 0;
};

/// The answer of an operation that changed something: it may be told to the caller once `txid` is
/// durable. 0: nothing was changed.
template <class T>
struct Outcome {
  T value;
  TxId txid = 0;
};

// Law of the operations: each takes the namespace lock itself, checks in the order safe mode,
// path, permissions, state; builds one mutation; commits it; tells leases and blocks; lets go of
// the lock. None waits for the disk: the caller awaits Namespace::WaitDurable. Only AddBlock and
// CompleteFile wait, for datanodes. Errors carry Hadoop's exception class and wording where
// clients look at them. Operations know no protobuf.

/// A mutation that says whose call it is, at this time.
Mutation NewMutation(const OpContext& context, const Caller& caller, MutationKind kind);

/// What stat says of an inode; `path` as given (full, last component, or empty).
FileStatus StatusOf(const OpContext& context, const Inode& inode, std::string_view path);

/// "File does not exist: /x" with Hadoop's class.
Status NoSuchFile(std::string_view path);

/// The file that `client` writes: by id when that is known, else by path, with the lease checked
/// (kNotFound: it is gone; kLeaseExpired: not a file, not open, or held by another).
Result<InodePtr> FindOpenFile(const OpContext& context, std::string_view path, FileId id,
                              std::string_view client) REQUIRES_SHARED(context.ns.mutex());

/// Resolves `path` with the limits of the namespace.
Result<ResolvedPath> ResolveFor(const OpContext& context, std::string_view path)
    REQUIRES_SHARED(context.ns.mutex());

}  // namespace tusk::dfs::namenode

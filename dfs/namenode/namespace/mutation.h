#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dfs/namenode/namespace/inode.h"

namespace tusk::dfs::namenode {

/// The parts of a mutation. Each holds results (ids, times, block lists), never requests, so that
/// applying it needs no rule and gives the same namespace live and at replay.

/// A new file or directory. `inode.parent` gets one child more.
struct PutInode {
  Inode inode;
};

/// A file, or a directory without children, ceases to be.
struct RemoveInode {
  FileId id;
};

/// An inode gets another parent or name; what is below it goes along.
struct MoveInode {
  FileId id;
  FileId parent;
  std::string name;
};

/// Attributes that are set replace the old ones.
struct SetAttributes {
  FileId id;
  std::optional<uint16_t> permission;
  std::optional<NameId> owner;
  std::optional<NameId> group;
  std::optional<int64_t> modification_ms;
  std::optional<int64_t> access_ms;
  std::optional<uint16_t> replication;
};

/// The first `keep` blocks of a file stay, `tail` follows them.
struct SetBlocks {
  FileId id;
  uint32_t keep = 0;
  std::vector<Block> tail;
};

/// A file is open for writing by this client from now on.
struct SetWriter {
  FileId id;
  std::string client_name;
  std::string client_address;
};

/// A file is closed.
struct ClearWriter {
  FileId id;
};

/// A generation stamp was handed out that no block carries yet.
struct UseGenerationStamp {
  GenerationStamp stamp;
};

using Change = std::variant<PutInode, RemoveInode, MoveInode, SetAttributes, SetBlocks, SetWriter,
                            ClearWriter, UseGenerationStamp>;

/// What a change came from; for people who read a journal, and for counting.
/// Numbers are on disk: never reuse one.
enum class MutationKind : uint8_t {
  kCreate = 1,
  kMakeDirectories = 2,
  kAddBlock = 3,
  kAbandonBlock = 4,
  kComplete = 5,
  kAppend = 6,
  kDelete = 7,
  kRename = 8,
  kSetPermission = 9,
  kSetOwner = 10,
  kSetTimes = 11,
  kSetReplication = 12,
  kSyncFile = 13,
  kUpdatePipeline = 14,
  kUseGenerationStamp = 15,
  kRecoverLease = 16,
  kCommitBlockSynchronization = 17,
  kReclaim = 18,
};

/// One atomic change of the namespace: the unit of the journal.
struct Mutation {
  MutationKind kind = MutationKind::kCreate;
  int64_t time_ms = 0;
  /// Call that asked for it, so that a repeat after a restart is known; empty when there is none.
  std::string client_id;
  int32_t call_id = 0;
  std::vector<Change> changes;
};

}  // namespace tusk::dfs::namenode

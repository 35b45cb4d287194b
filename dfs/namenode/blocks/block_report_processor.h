#pragma once

#include <span>
#include <vector>

#include "common/base/status.h"
#include "dfs/namenode/blocks/block_ledger.h"
#include "dfs/namenode/blocks/replica_report.h"

namespace tusk::dfs::namenode {

/// Takes what datanodes say about their replicas into the ledger. A report adds knowledge about
/// the reporting storage, never about the block: stamp and length are fixed by commits only.
///
/// Full reports are walked 16 replicas at a time with the map's lines fetched ahead, so their cost
/// is memory bandwidth and not latency. Not thread-safe: guarded by BlockManager's mutex.
class BlockReportProcessor {
 public:
  explicit BlockReportProcessor(BlockLedger& ledger) : ledger_(ledger) {}

  /// Replaces what is known of the storage by `replicas`. An error in the middle leaves what was
  /// read, removes nothing, and does not make the storage fully reported.
  Status Full(StorageIndex storage, ReplicaReader& replicas);
  /// One change; a repeat or an old one does no harm.
  void Incremental(StorageIndex storage, const ReplicaChange& change);
  /// One reported replica.
  void Replica(StorageIndex storage, const Block& reported, ReplicaState state);
  /// A reader's or scanner's word that the bytes are bad.
  void Bad(StorageIndex storage, const Block& reported, std::string_view reason);

 private:
  void NoteExpected(BlockEntry& entry, StorageIndex storage, const Block& reported,
                    ReplicaState state);
  /// What the storage held and does not list is gone. `listed` is sorted.
  void RemoveUnlisted(StorageIndex storage, const std::vector<int64_t>& listed);
  void RemoveUnlistedBad(StorageIndex storage, const std::vector<int64_t>& listed);

  BlockLedger& ledger_;
};

}  // namespace tusk::dfs::namenode

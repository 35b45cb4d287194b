#include "dfs/namenode/blocks/block_report_processor.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/status_macros.h"

namespace tusk::dfs::namenode {

namespace {
constexpr size_t kWidth = 16;
constexpr std::string_view kDamaged = "CORRUPTION_REPORTED";
}  // namespace

void BlockReportProcessor::NoteExpected(BlockEntry& entry, StorageIndex storage,
                                        const Block& reported, ReplicaState state) {
  UnderConstruction& open_block = ledger_.open[entry.id];
  ExpectedReplica* expected = open_block.Find(storage);
  if (expected == nullptr) {
    // A location that the writer did not name (yet): a replacement, told by updatePipeline later.
    ExpectedReplica& made = open_block.replicas.emplace_back();
    made.storage = storage;
    expected = &made;
  }
  // Reports may overtake each other: a finalised replica is not written to with the same stamp.
  const bool older =
      expected->reported &&
      (reported.generation_stamp < expected->replica.generation_stamp ||
       (reported.generation_stamp == expected->replica.generation_stamp &&
        expected->state == ReplicaState::kFinalized && state != ReplicaState::kFinalized));
  if (older) return;
  expected->reported = true;
  expected->state = state;
  expected->replica = reported;
  if (state == ReplicaState::kFinalized) {
    ledger_.Release(storage, std::exchange(expected->reserved, 0));
  }
}

void BlockReportProcessor::Replica(StorageIndex storage, const Block& reported,
                                   ReplicaState state) {
  if (const InvalidationQueue::Deletion* deletion = ledger_.deletions.Find(storage, reported.id)) {
    // To be deleted: it counts for nothing, unless the block went on there with a newer stamp.
    if (reported.generation_stamp <= deletion->replica.generation_stamp) {
      ledger_.deletions.Find(storage, reported.id)->seen = true;
      return;
    }
    ledger_.deletions.Remove(storage, reported.id);
  }
  BlockEntry* entry = ledger_.map.Find(reported.id);
  if (entry == nullptr) {
    if (state == ReplicaState::kTemporary) return;
    if (reported.id.value() > ledger_.last_block_id) {
      ledger_.future[reported.id.value()] = reported.length;
      return;
    }
    ledger_.deletions.Add(storage, reported, DeletionCause::kNoOwner);
    return;
  }
  const ReplicaJudgement judgement = JudgeReplica(entry->state, entry->block(), reported, state);
  switch (judgement.verdict) {
    case ReplicaVerdict::kGood: {
      const CorruptReplicas::Replica* bad = ledger_.corrupt.Find(reported.id, storage);
      if (bad != nullptr && bad->damaged && bad->reported == reported) return;
      ledger_.AddGood(*entry, storage);
      return;
    }
    case ReplicaVerdict::kExpected:
      NoteExpected(*entry, storage, reported, state);
      return;
    case ReplicaVerdict::kCorrupt:
      ledger_.MarkCorrupt(*entry, storage, reported, judgement.reason, false);
      return;
    case ReplicaVerdict::kIgnore:
      return;
  }
}

Status BlockReportProcessor::Full(StorageIndex storage, ReplicaReader& replicas) {
  std::array<ReportedReplica, kWidth> batch;
  // Ids of all replicas that the report lists; the claim of its count is only a hint.
  std::vector<int64_t> listed;
  listed.reserve(std::min<uint64_t>(replicas.Count(), 1 << 20));
  std::vector<int64_t> surplus;
  ledger_.deletions.BeginReport(storage);
  while (true) {
    ASSIGN_OR_RETURN(const size_t got, replicas.Next(batch));
    if (got == 0) break;
    for (size_t i = 0; i < got; ++i) ledger_.map.Prefetch(batch[i].block.id);
    for (size_t i = 0; i < got; ++i) {
      const Block& reported = batch[i].block;
      if (reported.id.value() == 0) continue;
      listed.push_back(reported.id.value());
      const BlockEntry* entry = ledger_.map.Find(reported.id);
      // The usual case: known here, as reported.
      const bool usual =
          entry != nullptr && entry->is_fixed() && batch[i].state == ReplicaState::kFinalized &&
          entry->generation_stamp == reported.generation_stamp.value() &&
          entry->length == reported.length && ledger_.map.HasReplica(*entry, storage);
      if (!usual) {
        Replica(storage, reported, batch[i].state);
        entry = ledger_.map.Find(reported.id);
      }
      if (entry != nullptr && entry->replica_count > entry->wanted) {
        surplus.push_back(reported.id.value());
      }
    }
  }
  if (!std::is_sorted(listed.begin(), listed.end())) std::sort(listed.begin(), listed.end());
  RemoveUnlisted(storage, listed);
  RemoveUnlistedBad(storage, listed);
  ledger_.deletions.EndReport(storage);
  ledger_.registry.storage(storage).fully_reported = true;
  for (int64_t id : surplus) {
    if (BlockEntry* entry = ledger_.map.Find(BlockId(id))) ledger_.Reassess(*entry);
  }
  return Status();
}

void BlockReportProcessor::RemoveUnlisted(StorageIndex storage,
                                          const std::vector<int64_t>& listed) {
  std::vector<BlockId> gone;
  ledger_.Held(storage).ForEach([&](BlockId id) {
    if (!std::binary_search(listed.begin(), listed.end(), id.value())) gone.push_back(id);
  });
  for (BlockId id : gone) {
    if (BlockEntry* entry = ledger_.map.Find(id)) ledger_.RemoveGood(*entry, storage);
  }
}

void BlockReportProcessor::RemoveUnlistedBad(StorageIndex storage,
                                             const std::vector<int64_t>& listed) {
  for (BlockId id : ledger_.corrupt.OnStorage(storage)) {
    if (std::binary_search(listed.begin(), listed.end(), id.value())) continue;
    ledger_.corrupt.Remove(id, storage);
    if (BlockEntry* entry = ledger_.map.Find(id)) ledger_.Reassess(*entry);
  }
}

void BlockReportProcessor::Incremental(StorageIndex storage, const ReplicaChange& change) {
  switch (change.kind) {
    case ReplicaChange::Kind::kReceiving:
      Replica(storage, change.block, ReplicaState::kBeingWritten);
      return;
    case ReplicaChange::Kind::kReceived:
      Replica(storage, change.block, ReplicaState::kFinalized);
      return;
    case ReplicaChange::Kind::kDeleted: {
      // The order may name an older stamp than what the datanode has by now.
      const BlockEntry* entry = ledger_.map.Find(change.block.id);
      const InvalidationQueue::Deletion* deletion =
          ledger_.deletions.Find(storage, change.block.id);
      const bool stale = entry != nullptr && deletion == nullptr && entry->is_fixed() &&
                         change.block.generation_stamp.value() < entry->generation_stamp &&
                         ledger_.map.HasReplica(*entry, storage);
      if (!stale) ledger_.ForgetReplica(change.block.id, storage);
      return;
    }
  }
}

void BlockReportProcessor::Bad(StorageIndex storage, const Block& reported,
                               std::string_view reason) {
  BlockEntry* entry = ledger_.map.Find(reported.id);
  if (entry == nullptr || !entry->is_fixed()) return;
  // Of another stamp: what was read is not what is there now.
  if (reported.generation_stamp.value() != 0 &&
      reported.generation_stamp.value() != entry->generation_stamp) {
    return;
  }
  if (!ledger_.map.HasReplica(*entry, storage)) return;
  ledger_.MarkCorrupt(*entry, storage, entry->block(), reason.empty() ? kDamaged : reason, true);
}

}  // namespace tusk::dfs::namenode

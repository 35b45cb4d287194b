#pragma once

#include <span>

#include "common/base/result.h"
#include "dfs/namenode/blocks/block_ledger.h"
#include "dfs/namenode/blocks/block_reports.h"

namespace tusk::dfs::namenode {

// Recovery of the last block of a file whose writer is gone: one datanode, the primary, is ordered
// to make the others agree on a length under a new stamp, the recovery id, and to report it by
// commitBlockSynchronization. Only the newest id counts; a try that brings nothing within
// `recovery_retry` may be followed by one with a higher id and another primary.

/// Begins (again). kRecoveryInProgress while a try is fresh; kFailedPrecondition for a committed
/// or complete block or an id that is not newer.
Result<RecoveryStart> StartBlockRecovery(BlockLedger& ledger, BlockId block,
                                         GenerationStamp recovery_id);

/// Ok if `recovery_id` is the one under way. Changes nothing.
Status CheckBlockRecovery(const BlockLedger& ledger, BlockId block, GenerationStamp recovery_id);

/// The result: stamp, length, and who holds it finalised. With `close` the block is complete when
/// at least dfs.namenode.replication.min replicas are there.
Status FinishBlockRecovery(BlockLedger& ledger, BlockId block, GenerationStamp new_stamp,
                           uint64_t new_length, bool close, std::span<const StorageIndex> storages);

}  // namespace tusk::dfs::namenode

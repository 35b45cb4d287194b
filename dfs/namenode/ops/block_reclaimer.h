#pragma once

#include <deque>
#include <thread>
#include <vector>

#include "common/base/mutex.h"
#include "dfs/model/block.h"
#include "dfs/namenode/namespace/namespace.h"

namespace tusk::dfs::namenode {

class BlockManager;

/// Gives back what was deleted, behind the answers: blocks of files that are gone, and the inodes
/// and blocks of whole trees.
///
/// A deleted directory is only moved under kDeletedFileId, in one step. This thread takes such
/// trees apart in batches, so that no deletion holds the namespace lock for long, and goes on
/// after a restart. Blocks go to the block manager only after the change that freed them is
/// durable: no datanode deletes what a crash could bring back. Thread-safe.
class BlockReclaimer {
 public:
  /// Both must outlive this object.
  BlockReclaimer(Namespace& ns, BlockManager& blocks);
  /// `Stop` must have been called when `Start` was.
  ~BlockReclaimer();

  void Start();
  /// Ends the thread; what is left is found again at the next start. Idempotent.
  void Stop();

  /// The change `txid` freed these blocks.
  void Reclaim(TxId txid, std::vector<BlockId> blocks);
  /// The change `txid` moved a tree under kDeletedFileId.
  void TreeDeleted(TxId txid);

  /// Nothing is left to do.
  bool Idle() const;

 private:
  /// Blocks that go once their transaction is durable.
  struct Freed {
    TxId txid = 0;
    std::vector<BlockId> blocks;
  };

  void Run();
  Status ReclaimFreed(std::deque<Freed> freed);
  /// One batch of a deleted tree; false when there is none left.
  Result<bool> TakeApart();

  Namespace& ns_;
  BlockManager& blocks_;
  mutable Mutex mutex_;
  CondVar wake_;
  std::deque<Freed> freed_ GUARDED_BY(mutex_);
  bool trees_ GUARDED_BY(mutex_) = true;  // at start: look
  bool busy_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tusk::dfs::namenode

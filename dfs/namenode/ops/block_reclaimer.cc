#include "dfs/namenode/ops/block_reclaimer.h"

#include <utility>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "dfs/namenode/blocks/block_manager.h"

namespace tusk::dfs::namenode {

namespace {

// Inodes removed under one hold of the namespace lock: well below a millisecond of it.
constexpr size_t kBatch = 256;

}  // namespace

BlockReclaimer::BlockReclaimer(Namespace& ns, BlockManager& blocks) : ns_(ns), blocks_(blocks) {}

BlockReclaimer::~BlockReclaimer() { CHECK(!thread_.joinable()); }

void BlockReclaimer::Start() {
  thread_ = std::thread([this] { Run(); });
}

void BlockReclaimer::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    wake_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

void BlockReclaimer::Reclaim(TxId txid, std::vector<BlockId> blocks) {
  if (blocks.empty()) return;
  MutexLock lock(mutex_);
  freed_.push_back(Freed{txid, std::move(blocks)});
  wake_.NotifyAll();
}

void BlockReclaimer::TreeDeleted(TxId) {
  MutexLock lock(mutex_);
  trees_ = true;
  wake_.NotifyAll();
}

bool BlockReclaimer::Idle() const {
  MutexLock lock(mutex_);
  return freed_.empty() && !trees_ && !busy_;
}

void BlockReclaimer::Run() {
  while (true) {
    std::deque<Freed> freed;
    bool trees = false;
    {
      MutexLock lock(mutex_);
      busy_ = false;
      while (!stopping_ && freed_.empty() && !trees_) wake_.Wait(mutex_);
      if (stopping_) return;
      freed.swap(freed_);
      trees = std::exchange(trees_, false);
      busy_ = true;
    }
    Status status = ReclaimFreed(std::move(freed));
    if (status.ok() && trees) {
      Result<bool> more = TakeApart();
      status = more.status();
      if (more.ok() && *more) TreeDeleted(0);
    }
    if (!status.ok()) {
      // The journal or the store has failed: the process is about to end.
      LOG_ERROR("reclaimer", "stopped: {}", status.ToString());
      return;
    }
  }
}

Status BlockReclaimer::ReclaimFreed(std::deque<Freed> freed) {
  for (const Freed& entry : freed) {
    RETURN_IF_ERROR(ns_.WaitDurableBlocking(entry.txid));
    blocks_.RemoveBlocks(entry.blocks);
  }
  return Status::Ok();
}

Result<bool> BlockReclaimer::TakeApart() {
  Mutation mutation;
  mutation.kind = MutationKind::kReclaim;
  mutation.time_ms = ns_.clock().WallMillis();
  std::vector<BlockId> blocks;
  TxId txid = 0;
  {
    WriterLock lock(ns_.mutex());
    InodeTree& tree = ns_.tree();
    ASSIGN_OR_RETURN(InodePtr directory, tree.ById(kDeletedFileId));
    if (!directory) return false;
    // Down to a directory that has only files and empty directories left among its first entries.
    std::vector<InodePtr> children;
    while (true) {
      ASSIGN_OR_RETURN(children, tree.List(*directory, std::nullopt, kBatch));
      InodePtr deeper;
      for (const InodePtr& child : children) {
        if (child->children > 0) deeper = child;
      }
      if (!deeper) break;
      directory = std::move(deeper);
    }
    if (children.empty()) return false;
    for (const InodePtr& child : children) {
      mutation.changes.push_back(RemoveInode{child->id});
      for (const Block& block : child->blocks) blocks.push_back(block.id);
      if (child->IsOpen()) ns_.leases().Remove(child->writer->client_name, child->id);
    }
    ASSIGN_OR_RETURN(txid, ns_.Commit(mutation));
  }
  RETURN_IF_ERROR(ns_.WaitDurableBlocking(txid));
  blocks_.RemoveBlocks(blocks);
  return true;
}

}  // namespace tusk::dfs::namenode

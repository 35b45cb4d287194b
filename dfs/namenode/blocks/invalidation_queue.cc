#include "dfs/namenode/blocks/invalidation_queue.h"

namespace tusk::dfs::namenode {

InvalidationQueue::Line* InvalidationQueue::LineOf(StorageIndex storage) {
  const auto found = lines_.find(storage.value());
  return found == lines_.end() ? nullptr : &found->second;
}

void InvalidationQueue::Add(StorageIndex storage, const Block& replica, DeletionCause cause) {
  Line& line = lines_[storage.value()];
  const auto [found, made] = line.deletions.try_emplace(replica.id.value());
  Deletion& deletion = found->second;
  if (!made && deletion.replica == replica && deletion.cause == cause) {
    deletion.seen = true;
    return;
  }
  if (made) ++size_;
  if (made || deletion.ordered) line.waiting.push_back(replica.id.value());
  deletion = {.replica = replica, .cause = cause, .ordered = false, .seen = true};
}

bool InvalidationQueue::Remove(StorageIndex storage, BlockId block) {
  Line* line = LineOf(storage);
  if (line == nullptr || line->deletions.erase(block.value()) == 0) return false;
  --size_;
  if (line->deletions.empty()) lines_.erase(storage.value());
  return true;
}

InvalidationQueue::Deletion* InvalidationQueue::Find(StorageIndex storage, BlockId block) {
  Line* line = LineOf(storage);
  if (line == nullptr) return nullptr;
  const auto found = line->deletions.find(block.value());
  return found == line->deletions.end() ? nullptr : &found->second;
}

const InvalidationQueue::Deletion* InvalidationQueue::Find(StorageIndex storage,
                                                           BlockId block) const {
  return const_cast<InvalidationQueue*>(this)->Find(storage, block);
}

bool InvalidationQueue::HasAny(StorageIndex storage) const {
  return !lines_.empty() && lines_.contains(storage.value());
}

std::vector<Block> InvalidationQueue::Take(StorageIndex storage, size_t limit, SteadyTime now,
                                           const std::function<bool(const Deletion&)>& may,
                                           std::vector<Deletion>* refused) {
  std::vector<Block> taken;
  Line* line = LineOf(storage);
  if (line == nullptr) return taken;
  while (!line->ordered.empty() && now - line->ordered.front().first > retry_after_) {
    const auto found = line->deletions.find(line->ordered.front().second);
    line->ordered.pop_front();
    if (found == line->deletions.end() || !found->second.ordered) continue;
    found->second.ordered = false;
    line->waiting.push_back(found->first);
  }
  while (!line->waiting.empty() && taken.size() < limit) {
    const auto found = line->deletions.find(line->waiting.front());
    line->waiting.pop_front();
    if (found == line->deletions.end() || found->second.ordered) continue;
    if (!may(found->second)) {
      refused->push_back(found->second);
      line->deletions.erase(found);
      --size_;
      continue;
    }
    found->second.ordered = true;
    line->ordered.emplace_back(now, found->first);
    taken.push_back(found->second.replica);
  }
  if (line->deletions.empty()) lines_.erase(storage.value());
  return taken;
}

void InvalidationQueue::BeginReport(StorageIndex storage) {
  if (Line* line = LineOf(storage)) {
    for (auto& [block, deletion] : line->deletions) deletion.seen = false;
  }
}

void InvalidationQueue::EndReport(StorageIndex storage) {
  Line* line = LineOf(storage);
  if (line == nullptr) return;
  size_ -= std::erase_if(line->deletions, [](const auto& item) { return !item.second.seen; });
  for (auto& [block, deletion] : line->deletions) {
    if (!deletion.ordered) continue;
    deletion.ordered = false;
    line->waiting.push_back(block);
  }
  if (line->deletions.empty()) lines_.erase(storage.value());
}

void InvalidationQueue::Clear(StorageIndex storage) {
  if (Line* line = LineOf(storage)) {
    size_ -= line->deletions.size();
    lines_.erase(storage.value());
  }
}

size_t InvalidationQueue::size(StorageIndex storage) const {
  const auto found = lines_.find(storage.value());
  return found == lines_.end() ? 0 : found->second.deletions.size();
}

}  // namespace tusk::dfs::namenode

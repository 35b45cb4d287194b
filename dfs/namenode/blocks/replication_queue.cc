#include "dfs/namenode/blocks/replication_queue.h"

#include <algorithm>

namespace tusk::dfs::namenode {

std::optional<Urgency> JudgeUrgency(uint32_t live, uint32_t coming, uint32_t wanted, bool spread) {
  if (live == 0) return wanted == 0 ? std::nullopt : std::optional(Urgency::kMissing);
  if (live + coming >= wanted) {
    return spread || coming > 0 ? std::nullopt : std::optional(Urgency::kBadlyPlaced);
  }
  if (live == 1) return Urgency::kHighest;
  if (live * 3 < wanted) return Urgency::kVeryLow;
  return Urgency::kLow;
}

bool ReplicationQueue::IsCurrent(const Waiting& waiting, Urgency urgency) const {
  const auto found = where_.find(waiting.block);
  return found != where_.end() && found->second.urgency == urgency &&
         found->second.ticket == waiting.ticket;
}

void ReplicationQueue::Put(BlockId block, Urgency urgency) {
  const auto [found, made] = where_.try_emplace(block.value(), Place{urgency, next_ticket_});
  if (!made) {
    if (found->second.urgency == urgency) return;
    --counts_[static_cast<size_t>(found->second.urgency)];
    found->second = Place{urgency, next_ticket_};
  }
  ++counts_[static_cast<size_t>(urgency)];
  lines_[static_cast<size_t>(urgency)].push_back({block.value(), next_ticket_++});
  Sweep(urgency);
}

void ReplicationQueue::PutFirst(BlockId block) {
  Remove(block);
  where_[block.value()] = Place{Urgency::kHighest, next_ticket_};
  ++counts_[static_cast<size_t>(Urgency::kHighest)];
  lines_[static_cast<size_t>(Urgency::kHighest)].push_front({block.value(), next_ticket_++});
  Sweep(Urgency::kHighest);
}

void ReplicationQueue::Remove(BlockId block) {
  const auto found = where_.find(block.value());
  if (found == where_.end()) return;
  const Urgency urgency = found->second.urgency;
  --counts_[static_cast<size_t>(urgency)];
  where_.erase(found);
  Sweep(urgency);
}

void ReplicationQueue::Sweep(Urgency urgency) {
  constexpr size_t kSlack = 64;
  std::deque<Waiting>& line = lines_[static_cast<size_t>(urgency)];
  if (line.size() < 2 * counts_[static_cast<size_t>(urgency)] + kSlack) return;
  std::erase_if(line, [&](const Waiting& waiting) { return !IsCurrent(waiting, urgency); });
}

std::optional<Urgency> ReplicationQueue::Find(BlockId block) const {
  const auto found = where_.find(block.value());
  if (found == where_.end()) return std::nullopt;
  return found->second.urgency;
}

std::vector<BlockId> ReplicationQueue::Take(size_t limit) {
  std::vector<BlockId> taken;
  for (size_t level = 0; level < static_cast<size_t>(Urgency::kMissing); ++level) {
    std::deque<Waiting>& line = lines_[level];
    while (!line.empty() && taken.size() < limit) {
      const Waiting waiting = line.front();
      line.pop_front();
      if (!IsCurrent(waiting, static_cast<Urgency>(level))) continue;
      where_.erase(waiting.block);
      --counts_[level];
      taken.push_back(BlockId(waiting.block));
    }
  }
  return taken;
}

std::vector<BlockId> ReplicationQueue::Members(Urgency urgency, size_t limit) const {
  std::vector<BlockId> members;
  for (const Waiting& waiting : lines_[static_cast<size_t>(urgency)]) {
    if (members.size() >= limit) break;
    if (IsCurrent(waiting, urgency)) members.push_back(BlockId(waiting.block));
  }
  return members;
}

}  // namespace tusk::dfs::namenode

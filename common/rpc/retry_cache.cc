#include "common/rpc/retry_cache.h"

#include <utility>

#include "common/net/async_event.h"
#include "common/rpc/call_context.h"

namespace tusk::rpc {
namespace {

std::string KeyOf(const CallContext& call) {
  std::string key;
  key.reserve(call.user.size() + call.method.size() + call.client_id.size() + 8);
  key.append(call.user).push_back('\0');
  key.append(call.method).push_back('\0');
  key.append(call.client_id);
  key.append(reinterpret_cast<const char*>(&call.call_id), sizeof(call.call_id));
  return key;
}

}  // namespace

RetryCache::RetryCache(const Clock& clock, std::chrono::nanoseconds keep, size_t max_entries)
    : clock_(clock), keep_(keep), max_entries_(max_entries) {}
RetryCache::~RetryCache() = default;

RetryCache::Ticket RetryCache::Begin(const CallContext& call) {
  Ticket ticket;
  if (call.client_id.empty() || call.call_id < 0) return ticket;
  std::string key = KeyOf(call);
  MutexLock lock(mutex_);
  Evict(clock_.SteadyNow());
  if (const auto found = entries_.find(key); found != entries_.end()) {
    ticket.entry = found->second;
    ticket.role = ticket.entry->state == State::kDone ? Role::kAnswer : Role::kWait;
    return ticket;
  }
  if (entries_.size() >= max_entries_) return ticket;
  auto entry = std::make_shared<Entry>();
  entry->key = key;
  entry->ended = std::make_shared<AsyncEvent>();
  entries_.emplace(std::move(key), entry);
  ticket.role = Role::kExecute;
  ticket.entry = std::move(entry);
  return ticket;
}

void RetryCache::End(const std::shared_ptr<Entry>& entry, bool ok, std::string answer) {
  {
    MutexLock lock(mutex_);
    if (ok) {
      entry->answer = std::move(answer);
      entry->state = State::kDone;
      done_.push_back(Expiry{clock_.SteadyNow() + keep_, entry});
    } else {
      entry->state = State::kFailed;
      entries_.erase(entry->key);
    }
  }
  entry->ended->Set();
}

void RetryCache::Evict(Clock::SteadyTime now) {
  while (!done_.empty() && (done_.front().time <= now || entries_.size() >= max_entries_)) {
    if (const auto entry = done_.front().entry.lock()) entries_.erase(entry->key);
    done_.pop_front();
  }
}

size_t RetryCache::size() const {
  MutexLock lock(mutex_);
  return entries_.size();
}

}  // namespace tusk::rpc

#include "dfs/namenode/namespace/earlier_calls.h"

#include <utility>

namespace tusk::dfs::namenode {

namespace {

bool MustNotRunTwice(MutationKind kind) {
  switch (kind) {
    case MutationKind::kCreate:
    case MutationKind::kDelete:
    case MutationKind::kRename:
    case MutationKind::kUpdatePipeline:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string EarlierCalls::KeyOf(std::string_view client_id, int32_t call_id) {
  std::string key(client_id);
  key += '/';
  key += std::to_string(call_id);
  return key;
}

void EarlierCalls::Add(const Mutation& mutation) {
  if (mutation.client_id.empty() || !MustNotRunTwice(mutation.kind)) return;
  std::string key = KeyOf(mutation.client_id, mutation.call_id);
  if (!calls_.insert(key).second) return;
  by_age_.push_back(std::move(key));
  if (by_age_.size() <= kMost) return;
  calls_.erase(by_age_.front());
  by_age_.pop_front();
}

bool EarlierCalls::Contains(std::string_view client_id, int32_t call_id) const {
  return !client_id.empty() && calls_.contains(KeyOf(client_id, call_id));
}

}  // namespace tusk::dfs::namenode

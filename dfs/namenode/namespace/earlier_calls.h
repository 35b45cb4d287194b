#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>

#include "dfs/namenode/namespace/mutation.h"

namespace tusk::dfs::namenode {

/// Calls that changed the namespace before the last start. A client whose answer was lost in a
/// crash repeats its call, and the answers that the RPC server kept are gone with the process: the
/// journal still knows which calls were executed (Hadoop rebuilds its RetryCache from the edit
/// log's rpcIds).
///
/// Holds the newest kMost of those that must not be executed twice. Not thread-safe; constant once
/// the namespace is open.
class EarlierCalls {
 public:
  static constexpr size_t kMost = 20'000;

  /// Remembers the call that `mutation` came from, if a repeat of it would fail or do harm.
  void Add(const Mutation& mutation);
  bool Contains(std::string_view client_id, int32_t call_id) const;
  size_t size() const { return calls_.size(); }

 private:
  static std::string KeyOf(std::string_view client_id, int32_t call_id);

  std::unordered_set<std::string> calls_;
  std::deque<std::string> by_age_;
};

}  // namespace tusk::dfs::namenode

#pragma once

#include <functional>
#include <vector>

#include "dfs/namenode/blocks/block_manager.h"

namespace tusk::dfs::namenode {

/// Holds the manager's lock for one changing call. When it ends, the callbacks that the call
/// caused run without the lock.
class SCOPED_CAPABILITY BlockManager::Call {
 public:
  explicit Call(BlockManager& manager) ACQUIRE(manager.mutex_) : manager_(manager) {
    manager_.mutex_.Lock();
    manager_.ReadClock();
  }
  ~Call() RELEASE() {
    const std::vector<std::function<void()>> notifications = manager_.TakeNotifications();
    manager_.mutex_.Unlock();
    for (const std::function<void()>& notify : notifications) notify();
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

 private:
  BlockManager& manager_;
};

}  // namespace tusk::dfs::namenode

#include "dfs/datanode/transfer/buffer_pool.h"

#include <utility>

namespace tusk::dfs::datanode {

Buffer BufferPool::Take(size_t bytes) {
  if (bytes <= kBufferBytes) {
    bytes = kBufferBytes;
    MutexLock lock(mutex_);
    if (!idle_.empty()) {
      Buffer buffer = std::move(idle_.back());
      idle_.pop_back();
      return buffer;
    }
  }
  return Buffer{std::make_unique_for_overwrite<uint8_t[]>(bytes), bytes};
}

void BufferPool::Give(Buffer buffer) {
  if (buffer.capacity != kBufferBytes) return;
  MutexLock lock(mutex_);
  if (idle_.size() < max_idle_) idle_.push_back(std::move(buffer));
}

}  // namespace tusk::dfs::datanode

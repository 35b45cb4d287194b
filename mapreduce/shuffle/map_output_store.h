#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/result.h"
#include "mapreduce/model/ids.h"
#include "mapreduce/sort/spill_file.h"

namespace tusk::mapreduce {

/// Where one finished map left its output on this machine.
struct StoredMapOutput {
  std::string path;
  SpillIndex index;
};

/// The finished map outputs of a tracker, by attempt: what its shuffle server serves. Thread-safe.
class MapOutputStore {
 public:
  /// Adds the output at `path` after reading its index. Blocks on the disk.
  Status Add(const AttemptId& map, const std::string& path, uint32_t reduces);
  /// kNotFound when this tracker has no such output: a definite answer.
  Result<std::shared_ptr<const StoredMapOutput>> Find(const AttemptId& map) const;
  /// Forgets the outputs of a job; the files are the caller's.
  void Drop(const JobId& job);
  void Clear();
  size_t size() const;

 private:
  mutable Mutex mutex_;
  std::map<AttemptId, std::shared_ptr<const StoredMapOutput>> outputs_ GUARDED_BY(mutex_);
};

}  // namespace tusk::mapreduce

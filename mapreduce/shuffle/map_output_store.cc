#include "mapreduce/shuffle/map_output_store.h"

#include <utility>

#include "common/base/status_macros.h"
#include "mapreduce/sort/local_file.h"

namespace tusk::mapreduce {

Status MapOutputStore::Add(const AttemptId& map, const std::string& path, uint32_t reduces) {
  ASSIGN_OR_RETURN(std::shared_ptr<const LocalFile> file, LocalFile::Open(path));
  ASSIGN_OR_RETURN(SpillIndex index, ReadSpillIndex(*file, reduces));
  auto stored = std::make_shared<const StoredMapOutput>(StoredMapOutput{path, std::move(index)});
  MutexLock lock(mutex_);
  outputs_[map] = std::move(stored);
  return Status::Ok();
}

Result<std::shared_ptr<const StoredMapOutput>> MapOutputStore::Find(const AttemptId& map) const {
  MutexLock lock(mutex_);
  auto found = outputs_.find(map);
  if (found == outputs_.end()) {
    return Status::Error(StatusCode::kNotFound, "this tracker has no output of {}", map.ToString());
  }
  return found->second;
}

void MapOutputStore::Drop(const JobId& job) {
  MutexLock lock(mutex_);
  std::erase_if(outputs_, [&job](const auto& output) { return output.first.task.job == job; });
}

void MapOutputStore::Clear() {
  MutexLock lock(mutex_);
  outputs_.clear();
}

size_t MapOutputStore::size() const {
  MutexLock lock(mutex_);
  return outputs_.size();
}

}  // namespace tusk::mapreduce

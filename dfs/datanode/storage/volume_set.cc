#include "dfs/datanode/storage/volume_set.h"

#include <algorithm>
#include <utility>

namespace tusk::dfs::datanode {

VolumeSet::VolumeSet(std::vector<std::unique_ptr<Volume>> volumes) : volumes_(std::move(volumes)) {}

Result<Volume*> VolumeSet::Choose(std::string_view storage_id, StorageType type, uint64_t bytes) {
  uint64_t most = 0;
  bool has_type = false;
  for (const auto& volume : volumes_) {
    if (volume->remaining() < bytes || volume->failed()) continue;
    if (!storage_id.empty() && volume->storage_id() == storage_id) return volume.get();
    most = std::max(most, volume->remaining());
    has_type = has_type || volume->type() == type;
  }
  const size_t start = next_.fetch_add(1, std::memory_order_relaxed);
  Volume* second_choice = nullptr;
  for (size_t i = 0; i < volumes_.size(); ++i) {
    Volume& volume = *volumes_[(start + i) % volumes_.size()];
    if (volume.failed() || volume.remaining() < bytes) continue;
    if (has_type && volume.type() != type) continue;
    if (volume.remaining() >= most / 10) return &volume;
    if (second_choice == nullptr) second_choice = &volume;
  }
  if (second_choice != nullptr) return second_choice;
  std::string rooms;
  for (const auto& volume : volumes_) {
    rooms += fmt::format("{}{} has {}{}", rooms.empty() ? "" : ", ", volume->path(),
                         volume->remaining(), volume->failed() ? " and has failed" : "");
  }
  return Status::Error(StatusCode::kNoSpace, "no volume has room for {} bytes: {}", bytes, rooms);
}

size_t VolumeSet::failed() const {
  return static_cast<size_t>(
      std::count_if(volumes_.begin(), volumes_.end(), [](const auto& v) { return v->failed(); }));
}

}  // namespace tusk::dfs::datanode

#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dfs/datanode/storage/volume.h"

namespace tusk::dfs::datanode {

/// The volumes of a datanode. Constant after construction; thread-safe.
class VolumeSet {
 public:
  explicit VolumeSet(std::vector<std::unique_ptr<Volume>> volumes);

  /// Where a new replica goes: the volume with `storage_id` if it exists and has room, else the
  /// next in turn, of that type if any is, among those with room for `bytes`, skipping the ones
  /// that have far less room than the fullest of choice (less than a tenth of the most). kNoSpace
  /// names each volume's room.
  Result<Volume*> Choose(std::string_view storage_id, StorageType type, uint64_t bytes);

  const std::vector<std::unique_ptr<Volume>>& volumes() const { return volumes_; }
  Volume& at(uint32_t index) const { return *volumes_[index]; }
  size_t size() const { return volumes_.size(); }
  size_t failed() const;

 private:
  const std::vector<std::unique_ptr<Volume>> volumes_;
  std::atomic<size_t> next_{0};
};

}  // namespace tusk::dfs::datanode

#include "dfs/model/dfs_options.h"

namespace tusk::dfs {

std::span<const OptionBase* const> DfsSharedOptions() {
  static constexpr const OptionBase* kOptions[] = {
      &kDefaultFs,    &kReplication,     &kBlockSize,    &kBytesPerChecksum,
      &kChecksumType, &kWritePacketSize, &kTrashInterval};
  return kOptions;
}

}  // namespace tusk::dfs

#include "dfs/model/dfs_options.h"

namespace tusk::dfs {

std::span<const OptionBase* const> DfsSharedOptions() {
  static constexpr const OptionBase* kOptions[] = {
      &kDefaultFs,    &kTempDirectory,   &kReplication,   &kBlockSize,        &kBytesPerChecksum,
      &kChecksumType, &kWritePacketSize, &kTrashInterval, &kHeartbeatInterval};
  return kOptions;
}

}  // namespace tusk::dfs

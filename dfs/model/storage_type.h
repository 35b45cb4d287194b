#pragma once

#include <cstdint>
#include <string_view>

namespace tusk::dfs {

/// Kind of disk behind one storage of a datanode. Values are Hadoop's StorageTypeProto; some
/// clients know only the first two.
enum class StorageType : uint8_t {
  kDisk = 1,
  kSsd = 2,
  kArchive = 3,
  kRamDisk = 4,
  kProvided = 5,
  kNvdimm = 6,
};

/// Hadoop's name, e.g. "DISK"; "UNKNOWN" for a number not listed.
constexpr std::string_view StorageTypeName(StorageType type) {
  switch (type) {
    case StorageType::kDisk: return "DISK";
    case StorageType::kSsd: return "SSD";
    case StorageType::kArchive: return "ARCHIVE";
    case StorageType::kRamDisk: return "RAM_DISK";
    case StorageType::kProvided: return "PROVIDED";
    case StorageType::kNvdimm: return "NVDIMM";
  }
  return "UNKNOWN";
}

}  // namespace tusk::dfs

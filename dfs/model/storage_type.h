#pragma once

#include <cstdint>
#include <optional>
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
    case StorageType::kDisk:
      return "DISK";
    case StorageType::kSsd:
      return "SSD";
    case StorageType::kArchive:
      return "ARCHIVE";
    case StorageType::kRamDisk:
      return "RAM_DISK";
    case StorageType::kProvided:
      return "PROVIDED";
    case StorageType::kNvdimm:
      return "NVDIMM";
  }
  return "UNKNOWN";
}

/// True for the numbers listed above.
constexpr bool IsStorageType(int number) {
  return number >= static_cast<int>(StorageType::kDisk) &&
         number <= static_cast<int>(StorageType::kNvdimm);
}

/// Reverse of StorageTypeName; nothing for an unknown name.
constexpr std::optional<StorageType> ParseStorageType(std::string_view name) {
  for (int i = 1; i <= static_cast<int>(StorageType::kNvdimm); ++i) {
    if (StorageTypeName(static_cast<StorageType>(i)) == name) return static_cast<StorageType>(i);
  }
  return std::nullopt;
}

}  // namespace tusk::dfs

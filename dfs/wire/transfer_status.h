#pragma once

#include <cstdint>
#include <string_view>

namespace tusk::dfs {

/// Outcome of a data transfer operation or of one packet at one datanode. Values are those of the
/// wire (proto::Status).
enum class TransferStatus : uint8_t {
  kSuccess = 0,
  kError = 1,
  kErrorChecksum = 2,
  kErrorInvalid = 3,
  kErrorExists = 4,
  kErrorAccessToken = 5,
  kChecksumOk = 6,  // from a reader: read and verified
  kErrorUnsupported = 7,
  kOobRestart = 8,  // out of band: this datanode restarts, wait for it
  kOobReserved1 = 9,
  kOobReserved2 = 10,
  kOobReserved3 = 11,
  kInProgress = 12,
  kErrorBlockPinned = 13,
};

/// Hadoop's name: "SUCCESS", "ERROR_CHECKSUM", ...; "UNKNOWN" for a number not listed.
std::string_view TransferStatusName(TransferStatus status);

/// True for the numbers listed above.
constexpr bool IsTransferStatus(int64_t number) { return number >= 0 && number <= 13; }

}  // namespace tusk::dfs

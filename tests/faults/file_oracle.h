#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "common/base/byte_span.h"
#include "common/base/result.h"

namespace tusk::faults {

/// Fills `out` with the bytes that file `file` of run `seed` has from `offset` on: a function of
/// the three, so that any byte can be checked without a copy.
void FillContent(uint64_t seed, uint64_t file, uint64_t offset, MutableByteView out);

/// What is known of one file from the log of the workload that wrote it.
struct FileRecord {
  uint64_t length = 0;      ///< announced when it was begun
  uint64_t synced = 0;      ///< acknowledged by Sync
  bool closed = false;      ///< Close was acknowledged
  uint64_t generation = 0;  ///< of its name, as acknowledged
  bool renaming = false;    ///< a rename was begun and not acknowledged
  bool deleting = false;    ///< a delete was begun
  bool deleted = false;     ///< the delete was acknowledged
};

/// Reads a log: one line an event, "begin|ack create|sync|rename|delete FILE [NUMBER]", and
/// "error ..." lines, which change nothing. A last line without its end is dropped.
/// kInvalidArgument names a line that is none of these.
Result<std::map<uint64_t, FileRecord>> ReadLog(std::string_view text);

/// "DIR/f17.2": the name of file 17 after its second rename.
std::string FilePath(std::string_view directory, uint64_t file, uint64_t generation);

}  // namespace tusk::faults

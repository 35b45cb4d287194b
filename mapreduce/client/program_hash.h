#pragma once

#include <string>

#include "common/base/result.h"
#include "common/time/clock.h"

namespace tusk::mapreduce {

/// The SHA-256 of a job's program as HashOfFile gives it, without reading the file when that was
/// done before: submitting the same program again costs no time for its size.
///
/// The answer is kept in the extended attribute `user.tusk.sha256` of the file together with its
/// length and time of modification, and counts only while both are the same. A file modified in
/// the last two seconds is not remembered: another change could leave the same time. Where there
/// are no such attributes, or the file may not be written, the file is read each time. Blocking.
Result<std::string> HashOfProgram(const std::string& path, const Clock& clock);

}  // namespace tusk::mapreduce

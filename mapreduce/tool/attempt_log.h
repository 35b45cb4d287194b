#pragma once

#include <string>

#include "common/base/result.h"

namespace tusk::mapreduce {

/// What an attempt printed: the page `url` of its tracker ("http://host:port/attempts/ID", as task
/// reports name it), at most the last megabyte. kNotFound when the tracker has forgotten it,
/// kUnavailable and the like when the tracker does not answer.
Result<std::string> FetchAttemptLog(const std::string& url);

}  // namespace tusk::mapreduce

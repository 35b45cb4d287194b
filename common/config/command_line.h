#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/config/config_loader.h"

namespace tusk {

/// Takes Hadoop's generic options (GenericOptionsParser) off the front of `args`, up to the first
/// argument that is none, which stays for the verb:
///
///   --conf DIR, --config DIR   the conf directory
///   -conf FILE                 one more configuration file
///   -D name=value, -Dname=value
///   -fs URI                    fs.defaultFS; "local" means file:///
///   -jt HOST:PORT              the job tracker; "local" runs jobs in this process
///
/// What is found is appended to `sources`. kInvalidArgument for an option without its value or a
/// -D without a name; `args` is then unchanged. May be called again on what remains, so options
/// are accepted before and after the name of a verb.
Status TakeGenericOptions(std::vector<std::string>& args, ConfigSources& sources);

/// The lines that describe the generic options, for usage texts.
std::string GenericOptionsUsage();

}  // namespace tusk

#include "cli/program_options.h"

#include "dfs/client/open_file_system.h"
#include "mapreduce/model/mapreduce_options.h"

namespace tusk::cli {

OptionRegistry AllOptions() {
  OptionRegistry registry;
  registry.Add(dfs::FileSystemOptions());
  registry.Add(mapreduce::MapreduceOptions());
  return registry;
}

}  // namespace tusk::cli

#include "cli/program_options.h"

#include "dfs/client/open_file_system.h"
#include "dfs/datanode/datanode_options.h"
#include "dfs/namenode/namenode_options.h"
#include "mapreduce/client/job_options.h"
#include "mapreduce/model/mapreduce_options.h"

namespace tusk::cli {

OptionRegistry AllOptions() {
  OptionRegistry registry;
  registry.Add(dfs::FileSystemOptions());
  registry.Add(dfs::namenode::NamenodeOptions());
  registry.Add(dfs::datanode::DatanodeOptions());
  registry.Add(mapreduce::MapreduceOptions());
  registry.Add(mapreduce::JobOptions());
  return registry;
}

}  // namespace tusk::cli

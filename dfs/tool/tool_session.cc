#include "dfs/tool/tool_session.h"

#include <cstdlib>

#include "common/base/status_macros.h"
#include "common/config/command_line.h"
#include "common/config/config_loader.h"
#include "common/env/posix_env.h"
#include "common/log/logger.h"
#include "dfs/client/open_file_system.h"

namespace tusk::dfs {

Result<ToolSession> StartTool(int argc, char** argv) {
  LogOptions log;
  log.level = LogLevel::kWarn;
  if (const char* level = std::getenv("TUSK_LOG_LEVEL")) {
    ASSIGN_OR_RETURN(log.level, ParseLogLevel(level));
  }
  // The log starts itself at the first line; only the level is set here, which costs nothing.
  SetLogLevel(log.level);
  std::vector<std::string> arguments(argv + 1, argv + argc);
  ConfigSources sources;
  sources.environment = ProcessEnvironment();
  RETURN_IF_ERROR(TakeGenericOptions(arguments, sources));
  OptionRegistry registry;
  registry.Add(FileSystemOptions());
  ASSIGN_OR_RETURN(Config config, LoadConfig(PosixEnv::Get(), registry, sources));
  return ToolSession{std::move(config), std::move(arguments)};
}

Result<std::shared_ptr<DfsFileSystem>> OpenCluster(const Config& config) {
  ASSIGN_OR_RETURN(std::shared_ptr<FileSystem> fs, OpenFileSystem("", config));
  auto cluster = std::dynamic_pointer_cast<DfsFileSystem>(fs);
  if (cluster) return cluster;
  return Status::Error(StatusCode::kInvalidArgument,
                       "FileSystem {} is not an HDFS file system. Name one with --conf DIR, "
                       "HADOOP_CONF_DIR or -fs hdfs://host:port",
                       fs->Uri());
}

}  // namespace tusk::dfs

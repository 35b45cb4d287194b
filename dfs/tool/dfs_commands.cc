#include "dfs/tool/dfs_commands.h"

#include "dfs/client/open_file_system.h"
#include "dfs/tool/fs_main.h"
#include "dfs/tool/fs_shell.h"
#include "dfs/tool/interrupt.h"
#include "dfs/tool/tool_session.h"

namespace tusk::dfs {
namespace {

constexpr int kUsageExit = 255;

}  // namespace

std::span<const Command> DfsCommands() {
  static constexpr Command kCommands[] = {
      {"fs", "files: list, copy, show, move, delete (like hadoop fs)", &FsCommandMain},
      {"admin", "report on datanodes, safe mode (like hdfs dfsadmin)", &AdminCommandMain},
      {"fsck", "health of the files below a path (like hdfs fsck)", &FsckCommandMain},
  };
  return kCommands;
}

int FsCommandMain(int argc, char** argv) {
  Result<ToolSession> session = StartTool(argc, argv);
  if (!session.ok()) {
    std::fprintf(stderr, "fs: %s\n", std::string(session.status().message()).c_str());
    return kUsageExit;
  }
  CatchInterrupts();
  auto open = [&](const std::string& uri) { return OpenFileSystem(uri, session->config); };
  FsShell shell(open, {});
  return RunFsShell(shell, session->arguments);
}

}  // namespace tusk::dfs

#include <cstdio>

#include "common/base/status_macros.h"
#include "dfs/tool/admin_report.h"
#include "dfs/tool/admin_safemode.h"
#include "dfs/tool/dfs_commands.h"
#include "dfs/tool/tool_session.h"

namespace tusk::dfs {
namespace {

constexpr int kUsageExit = 255;
constexpr char kUsage[] =
    "Usage: tusk admin [generic options]\n"
    "\t[-report [-live] [-dead]]\n"
    "\t[-safemode <enter | leave | get | wait | forceExit>]\n"
    "\t[-help]\n";

}  // namespace

int AdminCommandMain(int argc, char** argv) {
  Result<ToolSession> session = StartTool(argc, argv);
  if (!session.ok()) {
    std::fprintf(stderr, "admin: %s\n", std::string(session.status().message()).c_str());
    return kUsageExit;
  }
  const std::vector<std::string>& arguments = session->arguments;
  if (arguments.empty() || arguments[0] == "-help" || arguments[0] == "--help") {
    std::fputs(kUsage, arguments.empty() ? stderr : stdout);
    return arguments.empty() ? kUsageExit : 0;
  }
  const std::string& command = arguments[0];
  const bool known = command == "-report" || command == "-safemode";
  if (!known) {
    std::fprintf(stderr, "%s: Unknown command\n%s", command.c_str() + (command[0] == '-' ? 1 : 0),
                 kUsage);
    return kUsageExit;
  }
  Result<std::shared_ptr<DfsFileSystem>> cluster = OpenCluster(session->config);
  Status status = cluster.status();
  if (status.ok()) {
    const std::span<const std::string> rest = std::span(arguments).subspan(1);
    status = command == "-report" ? AdminReport((*cluster)->namenode(), rest, stdout)
                                  : AdminSafeMode((*cluster)->namenode(), rest, stdout);
  }
  if (status.ok()) return 0;
  std::fflush(stdout);
  std::fprintf(stderr, "%s: %s\n", command.c_str() + 1, std::string(status.message()).c_str());
  if (status.code() == StatusCode::kInvalidArgument && cluster.ok()) std::fputs(kUsage, stderr);
  return kUsageExit;
}

}  // namespace tusk::dfs

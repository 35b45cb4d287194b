#include <cstdio>
#include <functional>

#include "common/base/status_macros.h"
#include "common/http/http_get.h"
#include "common/http/http_message.h"
#include "dfs/client/path_uri.h"
#include "dfs/tool/dfs_commands.h"
#include "dfs/tool/tool_session.h"

namespace tusk::dfs {
namespace {

constexpr int kUsageExit = 255;
constexpr int kDefaultHttpPort = 9870;
constexpr char kUsage[] =
    "Usage: tusk fsck [generic options] <path> [-files [-blocks [-locations | -racks]]]\n"
    "\t[-openforwrite] [-list-corruptfileblocks]\n\n"
    "\t<path>\tstart checking from this path\n"
    "\t-files\tprint out files being checked\n"
    "\t-blocks\tprint out block report\n"
    "\t-locations\tprint out locations for every block\n"
    "\t-racks\tprint out network topology for data-node locations\n"
    "\t-openforwrite\tinclude files that are open for writing\n"
    "\t-list-corruptfileblocks\tprint out the missing blocks and the files they belong to\n";

/// The query of GET /fsck for the command line; the path defaults to the root.
Result<std::string> FsckQuery(const std::vector<std::string>& arguments, const std::string& user,
                              const std::string& home) {
  std::string path = "/";
  std::string flags;
  for (const std::string& argument : arguments) {
    if (argument == "-list-corruptfileblocks") {
      flags += "&listcorruptfileblocks=1";
    } else if (argument == "-files" || argument == "-blocks" || argument == "-locations" ||
               argument == "-racks" || argument == "-openforwrite" ||
               argument == "-replicaDetails") {
      flags += "&";
      for (char c : argument.substr(1)) {
        flags += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      }
      flags += "=1";
    } else if (argument.starts_with('-')) {
      return Status::Error(StatusCode::kInvalidArgument, "fsck: Illegal option '{}'", argument);
    } else {
      ASSIGN_OR_RETURN(const PathUri uri, ParsePathUri(argument));
      path = NormalizePath(uri.path, home);
    }
  }
  return fmt::format("/fsck?ugi={}&path={}{}", http::EscapeUrl(user), http::EscapeUrl(path), flags);
}

/// Hadoop's exit status for the last line of the answer.
int ExitOf(std::string_view last_line) {
  if (last_line.ends_with("is HEALTHY") || last_line.ends_with("does not exist") ||
      last_line.ends_with("CORRUPT files")) {
    return 0;
  }
  return last_line.ends_with("is CORRUPT") ? 1 : kUsageExit;
}

Result<Endpoint> HttpAddress(const Config& config, const Endpoint& rpc) {
  const std::optional<std::string> text = config.GetText("dfs.namenode.http-address");
  ASSIGN_OR_RETURN(Endpoint address, Endpoint::Parse(text.value_or(":9870"), kDefaultHttpPort));
  // "All interfaces" is where it listens, not where it is.
  if (address.host.empty() || address.host == "0.0.0.0") address.host = rpc.host;
  return address;
}

Result<int> Fsck(const ToolSession& session) {
  ASSIGN_OR_RETURN(std::shared_ptr<DfsFileSystem> cluster, OpenCluster(session.config));
  ASSIGN_OR_RETURN(const std::string query,
                   FsckQuery(session.arguments, cluster->UserName(), cluster->HomeDirectory()));
  ASSIGN_OR_RETURN(const Endpoint web, HttpAddress(session.config, cluster->namenode().server()));
  std::fprintf(stderr, "Connecting to namenode via http://%s%s\n", web.ToString().c_str(),
               query.c_str());
  std::string last_line;
  RETURN_IF_ERROR(http::HttpGet(web, query, [&](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    last_line += text;
    while (last_line.ends_with('\n')) last_line.pop_back();
    if (const size_t line = last_line.rfind('\n'); line != std::string::npos) {
      last_line.erase(0, line + 1);
    }
    return Status::Ok();
  }));
  std::fputs("\n", stdout);
  return ExitOf(last_line);
}

}  // namespace

int FsckCommandMain(int argc, char** argv) {
  Result<ToolSession> session = StartTool(argc, argv);
  if (session.ok() && session->arguments.empty()) {
    std::fputs(kUsage, stderr);
    return kUsageExit;
  }
  if (session.ok() && (session->arguments[0] == "-help" || session->arguments[0] == "--help")) {
    std::fputs(kUsage, stdout);
    return 0;
  }
  Result<int> exit = session.ok() ? Fsck(*session) : Result<int>(session.status());
  if (exit.ok()) return *exit;
  std::fflush(stdout);
  std::fprintf(stderr, "fsck: %s\n", std::string(exit.status().message()).c_str());
  return kUsageExit;
}

}  // namespace tusk::dfs

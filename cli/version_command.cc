#include <cstdio>

#include <fmt/core.h>

#include "cli/cli_arguments.h"
#include "cli/cli_commands.h"

namespace tusk::cli {
namespace {

constexpr char kUsage[] =
    "Usage: tusk version [--json]\n"
    "The version of this program, what it was built with, and the protocols that it speaks.\n";

#ifdef __clang__
constexpr char kCompiler[] = "clang " __clang_version__;
#else
constexpr char kCompiler[] = "g++ " __VERSION__;
#endif
constexpr int kHadoopRpcVersion = 9;
constexpr int kDataTransferVersion = 28;

}  // namespace

int VersionCommandMain(int argc, char** argv) {
  const CliSyntax syntax{.flags = {"--json"}};
  const Result<CliArguments> arguments = ParseCliArguments(argc, argv, syntax);
  if (!arguments.ok()) return FailUsage("version", arguments.status());
  if (arguments->help) {
    std::fputs(kUsage, stdout);
  } else if (arguments->Has("--json")) {
    const std::string text = fmt::format(
        "{{\"version\": \"{}\", \"compiler\": \"{}\", \"build\": \"{}\", \"hadoop_rpc\": {}, "
        "\"data_transfer\": {}}}\n",
        TUSK_VERSION, kCompiler, TUSK_BUILD_TYPE, kHadoopRpcVersion, kDataTransferVersion);
    std::fputs(text.c_str(), stdout);
  } else {
    std::printf("tusk %s\n%s, %s; Hadoop RPC %d, data transfer %d\n", TUSK_VERSION, kCompiler,
                TUSK_BUILD_TYPE, kHadoopRpcVersion, kDataTransferVersion);
  }
  return 0;
}

}  // namespace tusk::cli

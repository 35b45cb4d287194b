#include "common/base/status_macros.h"
#include "dfs/client/glob_pattern.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"

namespace tusk::dfs {
namespace {

Status RunTest(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({"d", "e", "f", "s", "z", "w", "r"}, 1, 1);
  RETURN_IF_ERROR(flags.Parse(arguments));
  char wanted = '\0';
  for (char letter : std::string_view("defszwr")) {
    if (!flags.Has(std::string(1, letter))) continue;
    if (wanted != '\0') {
      return Status(StatusCode::kInvalidArgument, "Only one test flag is allowed");
    }
    wanted = letter;
  }
  if (wanted == '\0') return Status(StatusCode::kInvalidArgument, "No test flag given");
  auto existing = [&](ShellPath& path) -> Status {
    bool holds = true;
    if (wanted == 'd') holds = path.status->IsDirectory();
    if (wanted == 'f') holds = path.status->IsFile();
    if (wanted == 's') holds = path.status->length > 0;
    if (wanted == 'z') holds = path.status->length == 0;
    if (wanted == 'w' || wanted == 'r') {
      ASSIGN_OR_RETURN(holds, path.fs->CheckAccess(path.path, wanted == 'r', wanted == 'w', false));
    }
    if (!holds) shell.set_exit_code(1);
    return Status::Ok();
  };
  auto missing = [&](ShellPath& path) -> Status {
    if (HasGlobCharacters(path.text)) return NoSuchFile(path);
    shell.set_exit_code(1);
    return Status::Ok();
  };
  shell.ForEach(flags.arguments(), existing, missing);
  return Status::Ok();
}

}  // namespace

const FsCommand kFsTest = {"-test", "-[defswrz] <path>",
                           "Answer various questions about <path>, with result via exit status.\n\n"
                           "  -d  return 0 if <path> is a directory.\n"
                           "  -e  return 0 if <path> exists.\n"
                           "  -f  return 0 if <path> is a file.\n"
                           "  -s  return 0 if file <path> is greater than zero bytes in size.\n"
                           "  -w  return 0 if file <path> exists and write permission is granted.\n"
                           "  -r  return 0 if file <path> exists and read permission is granted.\n"
                           "  -z  return 0 if file <path> is zero bytes in size, else return 1.",
                           &RunTest};

}  // namespace tusk::dfs

#include <poll.h>

#include <charconv>

#include "common/base/status_macros.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"
#include "dfs/tool/interrupt.h"

namespace tusk::dfs {
namespace {

constexpr int kLookAgainMs = 1000;

struct Copies {
  bool right = true;      ///< every block has exactly the wanted number
  bool too_many = false;  ///< some block has more
};

Result<Copies> CountCopies(ShellPath& path, uint16_t wanted) {
  ASSIGN_OR_RETURN(const std::vector<BlockLocation> blocks,
                   path.fs->GetBlockLocations(path.path, 0, path.status->length));
  Copies copies;
  for (const BlockLocation& block : blocks) {
    copies.right = copies.right && block.hosts.size() == wanted;
    copies.too_many = copies.too_many || block.hosts.size() > wanted;
  }
  return copies;
}

Status WaitForCopies(FsShell& shell, ShellPath& path, uint16_t wanted) {
  shell.Print("Waiting for {} ...", path.text);
  std::fflush(shell.out());
  bool warned = false;
  while (!Interrupted()) {
    ASSIGN_OR_RETURN(const Copies copies, CountCopies(path, wanted));
    if (copies.right) {
      shell.Print(" done\n");
      return Status::Ok();
    }
    if (copies.too_many && !warned) {
      shell.Print(
          "\nWARNING: the waiting time may be long for DECREASING the number of replications.\n");
      warned = true;
    }
    shell.Print(".");
    std::fflush(shell.out());
    // Copies are made in the background and nobody is told; a signal ends the wait.
    ::poll(nullptr, 0, kLookAgainMs);
  }
  return Status(StatusCode::kCancelled, "Interrupted");
}

Status RunSetrep(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({"R", "w"}, 2, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  const std::string& text = flags.arguments()[0];
  uint16_t wanted = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), wanted);
  if (error != std::errc() || end != text.data() + text.size()) {
    shell.Report(
        Status(StatusCode::kInvalidArgument, "Illegal replication, a positive integer expected"));
    return Status::Error(StatusCode::kInvalidArgument, "For input string: \"{}\"", text);
  }
  if (wanted < 1) return Status(StatusCode::kInvalidArgument, "replication must be >= 1");
  std::vector<ShellPath> waiting;
  shell.ForEach(std::span(flags.arguments()).subspan(1), [&](ShellPath& top) {
    shell.Walk(top, [&](ShellPath& path) -> Status {
      if (!path.status->IsFile()) return Status::Ok();
      ASSIGN_OR_RETURN(const bool set, path.fs->SetReplication(path.path, wanted));
      if (!set) {
        return Status::Error(StatusCode::kIoError, "Could not set replication for: {}", path.text);
      }
      shell.Print("Replication {} set: {}\n", wanted, path.text);
      if (flags.Has("w")) waiting.push_back(path);
      return Status::Ok();
    });
    return Status::Ok();
  });
  for (ShellPath& path : waiting) {
    if (Status status = WaitForCopies(shell, path, wanted); !status.ok()) shell.Report(status);
  }
  return Status::Ok();
}

}  // namespace

const FsCommand kFsSetrep = {
    "-setrep", "[-R] [-w] <rep> <path> ...",
    "Set the replication level of a file. If <path> is a directory then the\n"
    "command recursively changes the replication factor of all files below.\n\n"
    "  -w  Wait for the replication to complete; this can take a long time.\n"
    "  -R  Accepted for backwards compatibility; it has no effect.",
    &RunSetrep};

}  // namespace tusk::dfs

#include <poll.h>

#include <charconv>

#include "common/base/status_macros.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"
#include "dfs/tool/interrupt.h"
#include "dfs/tool/stream_copy.h"

namespace tusk::dfs {
namespace {

constexpr uint64_t kTailBytes = 1024;
constexpr int kFollowMs = 5000;

/// Prints what lies behind `offset` now and returns the new end.
Result<uint64_t> PrintFrom(FsShell& shell, ShellPath& path, uint64_t offset) {
  ASSIGN_OR_RETURN(std::unique_ptr<InputStream> in, path.fs->Open(path.path));
  const uint64_t end = in->Length();
  if (offset < end) RETURN_IF_ERROR(PrintRange(*in, offset, end - offset, shell.out()));
  return std::max(offset, end);
}

Status RunTail(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({"f"}, 1, 1, {"s"});
  RETURN_IF_ERROR(flags.Parse(arguments));
  int interval_ms = kFollowMs;
  if (const std::string text = flags.Value("s"); !text.empty()) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), interval_ms);
    if (error != std::errc() || *end != '\0' || interval_ms <= 0) {
      return Status::Error(StatusCode::kInvalidArgument, "not a number of milliseconds: {}", text);
    }
  }
  shell.ForEach(flags.arguments(), [&](ShellPath& path) -> Status {
    if (path.IsDirectory()) return IsDirectoryError(path);
    const uint64_t length = path.status->length;
    uint64_t offset = length > kTailBytes ? length - kTailBytes : 0;
    ASSIGN_OR_RETURN(offset, PrintFrom(shell, path, offset));
    while (flags.Has("f") && !Interrupted()) {
      std::fflush(shell.out());
      // The file system tells nobody when a file grows, so it is asked at the interval that the
      // user chose; a signal ends the wait.
      ::poll(nullptr, 0, interval_ms);
      if (!Interrupted()) {
        ASSIGN_OR_RETURN(offset, PrintFrom(shell, path, offset));
      }
    }
    return Status::Ok();
  });
  return Status::Ok();
}

}  // namespace

const FsCommand kFsTail = {"-tail", "[-f] [-s <sleep interval>] <file>",
                           "Show the last 1KB of the file.\n\n"
                           "  -f  Shows appended data as the file grows.\n"
                           "  -s  With -f, the interval between looks at the file in milliseconds.",
                           &RunTail};

}  // namespace tusk::dfs

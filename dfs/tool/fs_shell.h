#pragma once

#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "common/base/mutex.h"
#include "common/base/result.h"
#include "common/base/status.h"
#include "dfs/client/file_system.h"
#include "dfs/tool/shell_path.h"

namespace tusk::dfs {

/// What a shell command works with: where it writes, how it finds file systems, and how many
/// things went wrong. One command runs in one session, in one thread; those that copy for it
/// may report.
///
/// Errors belong to one argument: they are printed as "command: reason" on the error output and
/// counted, and the command goes on with its next argument, as Hadoop's shell does.
class FsShell {
 public:
  /// Opens the file system of "scheme://authority"; of the default one for "".
  using Opener = std::function<Result<std::shared_ptr<FileSystem>>(const std::string& uri)>;

  /// Where the shell reads and prints.
  struct Streams {
    FILE* in = stdin;
    FILE* out = stdout;
    FILE* err = stderr;
  };

  FsShell(Opener open, Streams streams) : open_(std::move(open)), streams_(streams) {}
  FsShell(const FsShell&) = delete;
  FsShell& operator=(const FsShell&) = delete;

  /// The path that `text` names, looked up; a missing one is no error. "" is the default file
  /// system's home directory.
  Result<ShellPath> Resolve(std::string_view text);
  /// As Resolve on this machine's files, for the local side of -put and -get.
  Result<ShellPath> ResolveLocal(std::string_view text);
  /// The existing paths that the pattern `text` matches; a path that is no pattern, or a pattern
  /// that matches nothing, gives one entry that may not exist.
  Result<std::vector<ShellPath>> Expand(std::string_view text);

  /// Expands each argument and calls `visit` with each path that exists; a path that does not
  /// exist is an error ("No such file or directory"). Errors of `visit` are counted as errors of
  /// that path. Stops early only when the command was interrupted.
  void ForEach(std::span<const std::string> arguments,
               const std::function<Status(ShellPath& path)>& visit);
  /// The same, and `missing` decides about paths that do not exist.
  void ForEach(std::span<const std::string> arguments,
               const std::function<Status(ShellPath& path)>& visit,
               const std::function<Status(ShellPath& path)>& missing);

  /// Calls `visit` for `top` and, when it is a directory, for all below it, parents first, in name
  /// order. Errors are counted; the walk goes on beside the failing path.
  void Walk(ShellPath& top, const std::function<Status(ShellPath& path)>& visit);

  /// Counts an error and prints it: first line only, with the command's name in front. Any thread.
  void Report(const Status& status);

  template <typename... Args>
  void Print(fmt::format_string<Args...> format, Args&&... args) {
    const std::string text = fmt::vformat(format, fmt::make_format_args(args...));
    std::fwrite(text.data(), 1, text.size(), streams_.out);
  }
  void WriteBytes(ByteView bytes) { std::fwrite(bytes.data(), 1, bytes.size(), streams_.out); }

  FILE* in() const { return streams_.in; }
  FILE* out() const { return streams_.out; }
  FILE* err() const { return streams_.err; }

  /// The command's name without its dash, for messages.
  void set_command(std::string name) { command_ = std::move(name); }
  const std::string& command() const { return command_; }
  /// The status the command wants to end with when nothing went wrong.
  void set_exit_code(int code) { exit_code_ = code; }
  /// 130 when interrupted, 1 when an error was counted, else what the command asked for.
  int ExitCode() const;
  int errors() const {
    const MutexLock lock(mutex_);
    return errors_;
  }

 private:
  Result<std::shared_ptr<FileSystem>> FileSystemOf(const std::string& uri);

  const Opener open_;
  const Streams streams_;
  // Owned by the one thread of the session.
  std::map<std::string, std::shared_ptr<FileSystem>> file_systems_;
  std::string command_;
  mutable Mutex mutex_;
  int errors_ GUARDED_BY(mutex_) = 0;
  int exit_code_ = 0;
};

}  // namespace tusk::dfs

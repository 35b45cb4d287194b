#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/status.h"
#include "dfs/tool/copy_queue.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_shell.h"
#include "dfs/tool/stream_copy.h"

namespace tusk::dfs {

/// What a copying command was asked for.
struct CopySettings {
  bool overwrite = false;  ///< -f
  bool direct = false;     ///< -d: no "._COPYING_" name while the copy is under way
  bool recursive = true;   ///< directories are copied with all below
  bool verify_checksum = true;
  bool preserve_times = false;
  bool preserve_owner = false;
  bool preserve_permission = false;
  uint16_t replication = 0;  ///< 0: as the destination's defaults say
  size_t threads = 0;        ///< -t: files copied at the same time; 0: small ones are
  size_t waiting = 1024;     ///< -q: files that wait for a thread
  /// Replaces the copying of one file; for -mv. Called with the source and its target.
  std::function<Status(ShellPath& source, ShellPath& target)> move;
};

/// Takes -t and -q out of `flags`. kInvalidArgument when they are no numbers above 0.
Status TakeThreads(const FlagParser& flags, CopySettings* settings);

/// The rules by which Hadoop's -put, -get, -cp and -mv find the target of each source
/// (CommandWithDestination):
///
///  - several sources need a directory as destination;
///  - one source goes below an existing directory, else it becomes the destination itself;
///  - directories are merged into existing ones;
///  - a file is written as "NAME._COPYING_" and gets its name when it is complete, so that nobody
///    sees half a file; after an error or Ctrl-C the half is deleted.
///
/// A small file costs the time of some calls and of bringing it to disks, not of moving its bytes:
/// so several are under way at once.
class CopyDestination {
 public:
  CopyDestination(FsShell& shell, ShellPath destination, CopySettings settings);

  /// Copies all; errors are reported to the shell, each with its source.
  void CopyEach(std::vector<ShellPath>& sources);

  /// Copies standard input to the destination, which gets the name "-" in a directory.
  Status CopyStandardInput();

 private:
  Status CheckDestination(size_t sources);
  Status CopyOne(ShellPath& source);
  void CopyTree(ShellPath& source, const ShellPath& target);
  /// Now or by a thread, which reports the failure then.
  Status CopyOrQueue(const ShellPath& source, const ShellPath& target);
  Status CopyFile(const ShellPath& source, const ShellPath& target);
  Status WriteTarget(const ShellPath& target, const std::function<Status(OutputStream&)>& write);
  Status Preserve(const ShellPath& source, const ShellPath& target);
  Result<ShellPath> TargetOf(const ShellPath& source);

  FsShell& shell_;
  ShellPath destination_;
  const CopySettings settings_;
  CopyProgress progress_;
  CopyQueue queue_;
};

}  // namespace tusk::dfs

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/status.h"
#include "dfs/tool/fs_shell.h"

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
  /// Replaces the copying of one file; for -mv. Called with the source and its target.
  std::function<Status(ShellPath& source, ShellPath& target)> move;
};

/// The rules by which Hadoop's -put, -get, -cp and -mv find the target of each source
/// (CommandWithDestination):
///
///  - several sources need a directory as destination;
///  - one source goes below an existing directory, else it becomes the destination itself;
///  - directories are merged into existing ones;
///  - a file is written as "NAME._COPYING_" and gets its name when it is complete, so that nobody
///    sees half a file; after an error or Ctrl-C the half is deleted.
class CopyDestination {
 public:
  CopyDestination(FsShell& shell, ShellPath destination, CopySettings settings)
      : shell_(shell), destination_(std::move(destination)), settings_(std::move(settings)) {}

  /// Copies all; errors are reported to the shell, each with its source.
  void CopyEach(std::vector<ShellPath>& sources);

  /// Copies standard input to the destination, which gets the name "-" in a directory.
  Status CopyStandardInput();

 private:
  Status CheckDestination(size_t sources);
  Status CopyOne(ShellPath& source);
  void CopyTree(ShellPath& source, const ShellPath& target);
  Status CopyFile(ShellPath& source, ShellPath& target);
  Status WriteTarget(ShellPath& target, const std::function<Status(OutputStream&)>& write);
  Status Preserve(const ShellPath& source, const ShellPath& target);
  Result<ShellPath> TargetOf(const ShellPath& source);

  FsShell& shell_;
  ShellPath destination_;
  const CopySettings settings_;
};

}  // namespace tusk::dfs

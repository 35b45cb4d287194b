#include <algorithm>

#include "common/base/status_macros.h"
#include "dfs/model/permission.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"
#include "dfs/tool/interrupt.h"
#include "dfs/tool/text_format.h"

namespace tusk::dfs {
namespace {

/// One run of -ls: its flags, and column widths that grow as wider cells turn up.
class Listing {
 public:
  Listing(FsShell& shell, const FlagParser& flags)
      : shell_(shell),
        only_paths_(flags.Has("C")),
        recursive_(flags.Has("R")),
        human_(flags.Has("h")),
        mask_(flags.Has("q")),
        access_time_(flags.Has("u")),
        by_time_(flags.Has("t")),
        by_size_(flags.Has("S") && !flags.Has("t")),
        reverse_(flags.Has("r")) {}

  void PrintOne(const ShellPath& path) {
    Widen(path);
    PrintLine(path);
  }

  /// The children of `directory`, and with -R all below.
  Status PrintChildren(const ShellPath& directory) {
    ASSIGN_OR_RETURN(std::vector<ShellPath> children, ChildrenOf(directory));
    if (!recursive_ && !children.empty() && !only_paths_) {
      shell_.Print("Found {} items\n", children.size());
    }
    Sort(children);
    for (const ShellPath& child : children) Widen(child);
    for (const ShellPath& child : children) {
      if (Interrupted()) break;
      PrintLine(child);
      if (!recursive_ || !child.IsDirectory()) continue;
      if (Status status = PrintChildren(child); !status.ok()) shell_.Report(status);
    }
    return Status::Ok();
  }

 private:
  void Sort(std::vector<ShellPath>& paths) const {
    auto time = [this](const ShellPath& p) {
      return access_time_ ? p.status->access_ms : p.status->modification_ms;
    };
    auto before = [&](const ShellPath& a, const ShellPath& b) {
      if (by_time_) return time(a) > time(b);
      if (by_size_) return a.status->length > b.status->length;
      return a.path < b.path;
    };
    // Equals stay in the order of their names, whatever the direction.
    std::sort(paths.begin(), paths.end(), [&](const ShellPath& a, const ShellPath& b) {
      const bool less = before(a, b);
      if (less == before(b, a)) return a.path < b.path;
      return reverse_ ? !less : less;
    });
  }

  void Widen(const ShellPath& path) {
    const FileStatus& status = *path.status;
    replication_width_ = std::max(replication_width_, std::to_string(status.replication).size());
    length_width_ = std::max(length_width_, std::to_string(status.length).size());
    owner_width_ = std::max(owner_width_, status.owner.size());
    group_width_ = std::max(group_width_, status.group.size());
  }

  void PrintLine(const ShellPath& path) {
    std::string name = path.text;
    if (mask_) {
      for (char& c : name) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
      }
    }
    if (only_paths_) {
      shell_.Print("{}\n", name);
      return;
    }
    const FileStatus& status = *path.status;
    shell_.Print("{}{}{}{:>{}} {:<{}} {:<{}} {:>{}} {} {}\n", status.IsDirectory() ? 'd' : '-',
                 PermissionText(status.permission), status.has_acl ? '+' : ' ',
                 status.IsFile() ? std::to_string(status.replication) : "-", replication_width_,
                 status.owner, owner_width_, status.group, group_width_,
                 SizeText(status.length, human_), length_width_,
                 LocalMinute(access_time_ ? status.access_ms : status.modification_ms), name);
  }

  FsShell& shell_;
  const bool only_paths_, recursive_, human_, mask_, access_time_, by_time_, by_size_, reverse_;
  size_t replication_width_ = 3;
  size_t length_width_ = 10;
  size_t owner_width_ = 0;
  size_t group_width_ = 0;
};

Status RunLs(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({"C", "d", "h", "q", "R", "r", "S", "t", "u"}, 0, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  std::vector<std::string> paths = flags.arguments();
  if (paths.empty()) paths.push_back(".");
  Listing listing(shell, flags);
  shell.ForEach(paths, [&](ShellPath& path) {
    if (path.IsDirectory() && !flags.Has("d")) return listing.PrintChildren(path);
    listing.PrintOne(path);
    return Status::Ok();
  });
  return Status::Ok();
}

}  // namespace

const FsCommand kFsLs = {
    "-ls", "[-C] [-d] [-h] [-q] [-R] [-t] [-S] [-r] [-u] [<path> ...]",
    "List the contents that match the file pattern. Without a path, the home\n"
    "directory /user/<currentUser> is listed. Lines have the form\n"
    "  permissions - userId groupId sizeOfDirectory(in bytes) modificationDate\n"
    "  permissions numberOfReplicas userId groupId sizeOfFile modificationDate\n\n"
    "  -C  Display the paths of files and directories only.\n"
    "  -d  Directories are listed as plain files.\n"
    "  -h  Formats the sizes in a human-readable fashion.\n"
    "  -q  Print ? instead of non-printable characters.\n"
    "  -R  Recursively list the contents of directories.\n"
    "  -t  Sort by modification time (most recent first).\n"
    "  -S  Sort by size (largest first).\n"
    "  -r  Reverse the order of the sort.\n"
    "  -u  Use time of last access instead of modification.",
    &RunLs};

}  // namespace tusk::dfs

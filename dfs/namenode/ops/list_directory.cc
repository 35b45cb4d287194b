#include "dfs/namenode/ops/list_directory.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/namenode/ops/located_blocks.h"

namespace tusk::dfs::namenode {

namespace {

constexpr std::string_view kInodesPrefix = "/.reserved/.inodes/";

DirectoryPage::Entry EntryOf(const OpContext& context, const Caller& caller, const Inode& inode,
                             std::string_view name, bool with_locations) {
  DirectoryPage::Entry entry{StatusOf(context, inode, name), std::nullopt};
  if (with_locations && inode.IsFile()) {
    entry.locations = LocateRange(context, inode, 0, INT64_MAX, caller.address);
  }
  return entry;
}

/// The name that a page starts after; nothing for the first page.
Result<std::optional<std::string>> StartName(const OpContext& context, std::string_view start_after)
    REQUIRES_SHARED(context.ns.mutex()) {
  if (start_after.empty()) return std::optional<std::string>();
  if (!start_after.starts_with(kInodesPrefix)) {
    return std::optional<std::string>(std::string(start_after));
  }
  ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, start_after));
  if (!path.Exists()) {
    return Status::Error(StatusCode::kNotFound, "Can't find startAfter {}", start_after)
        .WithRemoteClass("org.apache.hadoop.fs.DirectoryListingStartAfterNotFoundException");
  }
  return std::optional<std::string>(path.target()->name);
}

}  // namespace

Result<std::optional<DirectoryPage>> ListDirectory(const OpContext& context, const Caller& caller,
                                                   std::string_view path_text,
                                                   std::string_view start_after,
                                                   bool with_locations) {
  DirectoryPage page;
  std::vector<InodePtr> children;
  {
    ReaderLock lock(context.ns.mutex());
    ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
    RETURN_IF_ERROR(context.permissions.CheckTraverse(*caller.who, path));
    const InodePtr& inode = path.target();
    if (!inode) return std::optional<DirectoryPage>();
    if (inode->IsFile()) {
      page.entries.push_back(EntryOf(context, caller, *inode, "", with_locations));
      return std::optional<DirectoryPage>(std::move(page));
    }
    RETURN_IF_ERROR(context.permissions.CheckTarget(*caller.who, path, Access::kReadExecute));
    ASSIGN_OR_RETURN(const std::optional<std::string> after, StartName(context, start_after));
    ASSIGN_OR_RETURN(children,
                     context.ns.tree().List(*inode, after, context.options.list_limit + 1));
    if (children.size() > context.options.list_limit) {
      children.pop_back();
      // Exact for the first page; clients only ask whether it is 0, and counting costs a walk.
      page.remaining = after ? 1 : inode->children - children.size();
    }
  }
  size_t places = 0;
  for (const InodePtr& child : children) {
    if (with_locations && places > context.options.list_limit) {
      page.remaining += children.size() - page.entries.size();
      break;
    }
    page.entries.push_back(EntryOf(context, caller, *child, child->name, with_locations));
    if (const auto& located = page.entries.back().locations) {
      for (const LocatedBlock& block : located->blocks) places += block.locations.size();
    }
  }
  return std::optional<DirectoryPage>(std::move(page));
}

}  // namespace tusk::dfs::namenode

#include "dfs/namenode/ops/content_summary.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/model/dfs_path.h"

namespace tusk::dfs::namenode {

namespace {

// Entries looked at under one hold of the lock.
constexpr size_t kListStep = 1000;

void AddFile(const Inode& file, ContentSummary* sum) {
  const uint64_t length = file.Length();
  sum->length += length;
  sum->space_consumed += length * file.replication;
  ++sum->file_count;
}

}  // namespace

Result<ContentSummary> GetContentSummary(const OpContext& context, const Caller& caller,
                                         std::string_view path_text) {
  ContentSummary sum;
  std::vector<std::pair<InodePtr, std::string>> open;
  {
    ReaderLock lock(context.ns.mutex());
    ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
    RETURN_IF_ERROR(context.permissions.CheckTraverse(*caller.who, path));
    if (!path.Exists()) return NoSuchFile(path_text);
    if (path.target()->IsFile()) {
      AddFile(*path.target(), &sum);
      return sum;
    }
    open.emplace_back(path.target(), std::string(path.path.text));
  }
  while (!open.empty()) {
    const auto [directory, text] = std::move(open.back());
    open.pop_back();
    ++sum.directory_count;
    RETURN_IF_ERROR(
        context.permissions.CheckInode(*caller.who, *directory, text, Access::kReadExecute));
    std::optional<std::string> after;
    while (true) {
      std::vector<InodePtr> step;
      {
        ReaderLock lock(context.ns.mutex());
        ASSIGN_OR_RETURN(step, context.ns.tree().List(*directory, after, kListStep));
      }
      for (const InodePtr& child : step) {
        if (child->IsFile()) {
          AddFile(*child, &sum);
        } else {
          open.emplace_back(child, ChildPath(text, child->name));
        }
      }
      if (step.size() < kListStep) break;
      after = step.back()->name;
    }
  }
  return sum;
}

}  // namespace tusk::dfs::namenode

#include "tests/dfs/namenode/namespace/namespace_oracle.h"

#include <fmt/format.h>

#include "common/base/status_macros.h"

namespace tusk::dfs::namenode {

namespace {

Status Describe(Namespace& ns, const Inode& inode, const std::string& path, std::string* text)
    REQUIRES_SHARED(ns.mutex()) {
  *text +=
      fmt::format("{} id={} type={} mode={:o} {}:{} m={} a={} children={} r={} bs={}", path,
                  inode.id, static_cast<int>(inode.type), inode.permission,
                  ns.names().Name(inode.owner), ns.names().Name(inode.group), inode.modification_ms,
                  inode.access_ms, inode.children, inode.replication, inode.block_size);
  for (const Block& block : inode.blocks) {
    *text += fmt::format(" {}/{}/{}", block.id, block.generation_stamp, block.length);
  }
  if (inode.writer) {
    *text += fmt::format(" w={}@{}", inode.writer->client_name, inode.writer->client_address);
  }
  text->push_back('\n');
  if (!inode.IsDirectory()) return Status::Ok();
  // Small pages, so that merging is exercised at their borders.
  std::optional<std::string> after;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<InodePtr> page, ns.tree().List(inode, after, 7));
    for (const InodePtr& child : page) {
      RETURN_IF_ERROR(Describe(ns, *child, path + "/" + child->name, text));
    }
    if (page.size() < 7) return Status::Ok();
    after = page.back()->name;
  }
}

Status CheckLaws(Namespace& ns, const Inode& inode) REQUIRES_SHARED(ns.mutex()) {
  const NamespaceCounters& counters = ns.tree().counters();
  const auto broken = [&](std::string_view what) {
    return Status::Error(StatusCode::kInternal, "{} inode={} name={}", what, inode.id, inode.name);
  };
  if (inode.id > counters.last_file_id) return broken("file id above the counter");
  for (const Block& block : inode.blocks) {
    if (block.id > counters.last_block_id) return broken("block id above the counter");
    if (block.generation_stamp > counters.last_generation_stamp) {
      return broken("stamp above the counter");
    }
  }
  ASSIGN_OR_RETURN(const InodePtr by_id, ns.tree().ById(inode.id));
  if (!by_id || by_id->parent != inode.parent || by_id->name != inode.name) {
    return broken("id does not lead back");
  }
  ASSIGN_OR_RETURN(const InodePtr by_name, ns.tree().Child(inode.parent, inode.name));
  if (!by_name || by_name->id != inode.id) return broken("name does not lead back");
  if (!inode.IsDirectory()) return Status::Ok();
  ASSIGN_OR_RETURN(const std::vector<InodePtr> children,
                   ns.tree().List(inode, std::nullopt, SIZE_MAX));
  if (children.size() != inode.children) return broken("count of children");
  std::string before;
  for (const InodePtr& child : children) {
    if (!before.empty() && child->name <= before) return broken("order of names");
    before = child->name;
    RETURN_IF_ERROR(CheckLaws(ns, *child));
  }
  return Status::Ok();
}

}  // namespace

Result<std::string> DescribeNamespace(Namespace& ns) {
  std::string text;
  ReaderLock lock(ns.mutex());
  RETURN_IF_ERROR(Describe(ns, *ns.tree().root(), "", &text));
  ASSIGN_OR_RETURN(const InodePtr deleted, ns.tree().ById(kDeletedFileId));
  if (!deleted) return Status(StatusCode::kInternal, "the parent of deleted trees is missing");
  RETURN_IF_ERROR(Describe(ns, *deleted, "(deleted)", &text));
  const NamespaceCounters& counters = ns.tree().counters();
  text += fmt::format("counters {} {} {} {}\n", counters.applied_txid, counters.last_file_id,
                      counters.last_block_id, counters.last_generation_stamp);
  return text;
}

Status CheckNamespaceLaws(Namespace& ns) {
  ReaderLock lock(ns.mutex());
  RETURN_IF_ERROR(CheckLaws(ns, *ns.tree().root()));
  ASSIGN_OR_RETURN(const InodePtr deleted, ns.tree().ById(kDeletedFileId));
  return CheckLaws(ns, *deleted);
}

}  // namespace tusk::dfs::namenode

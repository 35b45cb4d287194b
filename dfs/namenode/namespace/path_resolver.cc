#include "dfs/namenode/namespace/path_resolver.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/model/dfs_path.h"

namespace tusk::dfs::namenode {

namespace {

constexpr std::string_view kReservedPrefix = "/.reserved/";

/// The path that `/.reserved/.inodes/<id>[/rest]` stands for; null when there is no such inode.
Result<std::unique_ptr<const std::string>> TextOf(InodeTree& tree, const InodePath& by_id) {
  ASSIGN_OR_RETURN(InodePtr inode, tree.ById(by_id.file_id));
  std::string_view rest = by_id.rest;
  if (inode && rest == "/..") {
    if (inode->id != kRootFileId) {
      ASSIGN_OR_RETURN(inode, tree.ById(inode->parent));
    }
    rest = "";
  }
  if (!inode) return std::unique_ptr<const std::string>();
  ASSIGN_OR_RETURN(std::optional<std::string> text, tree.PathOf(*inode));
  if (!text) return std::unique_ptr<const std::string>();
  if (*text == "/" && !rest.empty()) text->clear();
  text->append(rest);
  RETURN_IF_ERROR(CheckPath(*text));
  return std::make_unique<const std::string>(*std::move(text));
}

ParsedPath Parse(std::string_view text) {
  ParsedPath parsed;
  parsed.text = text;
  for (const std::string_view name : PathComponents(text)) parsed.components.push_back(name);
  return parsed;
}

}  // namespace

std::string_view ParsedPath::Prefix(size_t count) const {
  if (count == 0) return "/";
  const std::string_view last = components[count - 1];
  return text.substr(0, static_cast<size_t>(last.data() - text.data()) + last.size());
}

const InodePtr& ResolvedPath::Nothing() {
  static const InodePtr nothing;
  return nothing;
}

Result<ResolvedPath> Resolve(InodeTree& tree, std::string_view path) {
  if (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  RETURN_IF_ERROR(CheckPath(path));
  ResolvedPath resolved;
  if (path.starts_with(kReservedPrefix)) {
    if (const std::optional<InodePath> by_id = ParseInodePath(path)) {
      ASSIGN_OR_RETURN(resolved.owned_text, TextOf(tree, *by_id));
      if (resolved.owned_text) path = *resolved.owned_text;
    }
  }
  resolved.path = Parse(path);
  resolved.inodes.reserve(resolved.path.components.size() + 1);
  resolved.inodes.push_back(tree.root());
  for (const std::string_view name : resolved.path.components) {
    const Inode& directory = *resolved.inodes.back();
    if (!directory.IsDirectory()) break;
    ASSIGN_OR_RETURN(InodePtr child, tree.Child(directory.id, name));
    if (!child) break;
    resolved.inodes.push_back(std::move(child));
  }
  return resolved;
}

}  // namespace tusk::dfs::namenode

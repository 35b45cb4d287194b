#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dfs/namenode/namespace/inode_tree.h"

namespace tusk::dfs::namenode {

/// A canonical path (dfs/model/dfs_path.h) cut into components: views into its text.
struct ParsedPath {
  std::string_view text;  ///< "/" or "/a/b"
  std::vector<std::string_view> components;

  bool IsRoot() const { return components.empty(); }
  std::string_view LastName() const { return components.empty() ? "" : components.back(); }
  /// Text of the first `count` components, as a path.
  std::string_view Prefix(size_t count) const;
};

/// A path and the inodes on it: `inodes[0]` is the root, `inodes[i]` belongs to
/// `path.components[i - 1]`. Ends early at the first component that does not exist.
struct ResolvedPath {
  ParsedPath path;
  std::vector<InodePtr> inodes;
  std::unique_ptr<const std::string> owned_text;  ///< of a path that was found by inode number

  /// All components exist.
  bool Exists() const { return inodes.size() == path.components.size() + 1; }
  /// The inode of the whole path; null when it does not exist.
  const InodePtr& target() const { return Exists() ? inodes.back() : Nothing(); }
  /// The inode of the parent directory; null when it does not exist or for the root.
  const InodePtr& parent() const {
    return !path.IsRoot() && inodes.size() >= path.components.size()
               ? inodes[path.components.size() - 1]
               : Nothing();
  }

 private:
  static const InodePtr& Nothing();
};

/// Checks `path` and walks it from the root, with the namespace lock shared or exclusive. Stops
/// before a component whose parent is a file; that is no error here. `/.reserved/.inodes/<id>` with
/// what follows is turned into the path of that inode; when there is none, the path stays and does
/// not exist. A single trailing slash is forgiven. `path` must outlive the answer. kInvalidPath.
Result<ResolvedPath> Resolve(InodeTree& tree, std::string_view path);

}  // namespace tusk::dfs::namenode

#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"

namespace tusk {

// Local paths as text; nothing here touches the disk.

/// `directory` and `name` with one "/" between; `name` alone when `directory` is empty.
std::string JoinPath(std::string_view directory, std::string_view name);
/// All but the last component: "/a" of "/a/b", "/" of "/a", "." of "a".
std::string ParentPath(std::string_view path);
/// The last component: "b" of "/a/b" and of "/a/b/"; empty for "/".
std::string_view BaseName(std::string_view path);
/// Ok when `name` can be one component of a path that a peer chose: not empty, not "." or "..",
/// no "/" and no NUL, at most 255 bytes. Otherwise kInvalidPath.
Status CheckPathComponent(std::string_view name);

}  // namespace tusk

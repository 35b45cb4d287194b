#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace tusk::dfs {

/// The parts of a path as users type it: `/a/b`, `a/b`, `hdfs://host:port/a/b`, `file:///a`,
/// `file:/a`. A colon makes a scheme only when letters, digits, '+', '-' or '.' stand before it
/// and a slash follows, so that local names with colons stay names.
struct PathUri {
  std::string scheme;     ///< lower case; empty when none was given
  std::string authority;  ///< "host:port" or a logical name; empty when none was given
  std::string path;       ///< as typed, not normalised; may be relative when there is no scheme

  /// "scheme://authority", or empty without a scheme.
  std::string FileSystemUri() const;
};

/// Splits `text`. kInvalidPath for an empty text or one with a NUL byte.
Result<PathUri> ParsePathUri(std::string_view text);

/// `path` from the root, with doubled slashes, "." and ".." resolved in the text and no slash at
/// the end ("/" stays). A relative `path` starts at `base`, which must be absolute. ".." above the
/// root stays at the root.
std::string NormalizePath(std::string_view path, std::string_view base = "/");

/// `name` below `directory`: one slash between them.
std::string JoinPath(std::string_view directory, std::string_view name);

}  // namespace tusk::dfs

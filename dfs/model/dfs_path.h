#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/status.h"
#include "dfs/model/block.h"

namespace tusk::dfs {

// Paths of the distributed file system.
//
// A path is canonical when it is "/" or a sequence of "/component" in which no component is empty,
// "." or "..", all of it is valid UTF-8 without NUL and within kMaxPathCharacters and
// kMaxPathDepth. Every path inside the namenode, the client and the pages is canonical; paths from
// outside become so by CanonicalPath (text of users) or are checked by CheckPath (the wire, where
// clients send canonical ones already). Names are bytes: they compare and sort as such, and case
// matters. A path never names a file of the local machine.
//
// All functions are pure. Errors are kInvalidPath if not said otherwise.

/// The canonical form of an absolute path: "//" becomes "/", a final "/" goes, "." and ".." are
/// resolved. A ".." above the root is refused, never clamped. CanonicalPath of its own result is
/// that result.
Result<std::string> CanonicalPath(std::string_view path);

/// Ok if `path` is canonical. A path below /.reserved/.inodes may hold ".." components, as
/// Hadoop's clients send them.
Status CheckPath(std::string_view path);

/// Ok if `path`, canonical, may be given to a new file, directory or link: each component
/// has at most `max_component_bytes` (else kTooLarge, with Hadoop's class), no ':', is not
/// ".snapshot", and it is neither the root nor inside /.reserved.
Status CheckNewPath(std::string_view path, size_t max_component_bytes);

/// Ok if `text` is UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, no number above
/// 0x10FFFF.
bool IsValidUtf8(std::string_view text);

/// "/a" + "b/c" = "/a/b/c"; a `relative` that starts with "/" stands for itself. The result is
/// canonical; `base` must be.
Result<std::string> ResolvePath(std::string_view base, std::string_view relative);

/// A child's path: canonical `parent` and one component, not checked.
std::string ChildPath(std::string_view parent, std::string_view name);

/// "/a/b" -> "/a", "/a" -> "/", "/" -> "/". Of a canonical path; a view into it.
std::string_view ParentPath(std::string_view path);

/// "/a/b" -> "b", "/" -> "". Of a canonical path; a view into it.
std::string_view PathName(std::string_view path);

/// True if canonical `path` is canonical `ancestor` or below it.
bool IsSameOrBelow(std::string_view path, std::string_view ancestor);

/// The components of a canonical path, front to back, as views into it, which must outlive this.
/// Allocates nothing: `for (std::string_view name : PathComponents(path))`.
class PathComponents {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using pointer = const std::string_view*;
    using reference = std::string_view;

    Iterator() = default;
    std::string_view operator*() const { return component_; }
    Iterator& operator++() {
      Take();
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      Take();
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.component_.data() == b.component_.data();
    }

   private:
    friend class PathComponents;
    explicit Iterator(std::string_view path) : rest_(path) { Take(); }
    void Take();

    std::string_view rest_;
    std::string_view component_;
  };

  explicit PathComponents(std::string_view path) : path_(path) {}

  Iterator begin() const { return Iterator(path_); }
  Iterator end() const { return Iterator(); }
  /// Number of components; 0 for the root.
  size_t size() const;
  bool empty() const { return size() == 0; }

 private:
  std::string_view path_;
};

/// What the names that Hadoop reserves make of a canonical path.
enum class ReservedPath {
  kNone,      // an ordinary path
  kRoot,      // /.reserved itself
  kInodes,    // /.reserved/.inodes and below
  kRaw,       // /.reserved/raw and below: the tree without transparent decryption
  kUnknown,   // below /.reserved, but none of these: nothing is there
  kSnapshot,  // has a component ".snapshot"
};
ReservedPath ClassifyReserved(std::string_view path);

/// A path by inode number: /.reserved/.inodes/ID[/rest].
struct InodePath {
  FileId file_id;
  std::string_view rest;  ///< "" or "/rest", a view into the parsed path; "/.." means the parent
};
/// Nothing if `path` is not of that form or ID is no decimal number of 64 bits.
std::optional<InodePath> ParseInodePath(std::string_view path);

}  // namespace tusk::dfs

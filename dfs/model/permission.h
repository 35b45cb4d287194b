#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace tusk::dfs {

// Mode bits of files and directories: nine rwx bits and the sticky bit, as in POSIX and Hadoop.
// There is no setuid and no setgid. All functions are pure.

inline constexpr uint16_t kPermissionMask = 01777;
inline constexpr uint16_t kStickyBit = 01000;
inline constexpr uint16_t kDefaultUmask = 022;
/// What `Create` and `MakeDirectories` start from before the umask.
inline constexpr uint16_t kDefaultFilePermission = 0666;
inline constexpr uint16_t kDefaultDirectoryPermission = 0777;

/// Rights as three bits; values are Hadoop's FsAction.
enum class Access : uint8_t {
  kNone = 0,
  kExecute = 1,
  kWrite = 2,
  kWriteExecute = 3,
  kRead = 4,
  kReadExecute = 5,
  kReadWrite = 6,
  kAll = 7,
};

/// Hadoop's name: "READ", "READ_EXECUTE", "ALL", ...
std::string_view AccessName(Access access);

/// Which of the three triples of the mode counts for a caller: the owner's if it is the owner (even
/// if others would have more), else the group's if it is a member, else the others'.
enum class Relation : uint8_t { kOwner, kGroup, kOther };

/// True if all of `wanted` is granted. The superuser is the caller's business.
constexpr bool Allows(uint16_t mode, Relation relation, Access wanted) {
  const int shift = relation == Relation::kOwner ? 6 : relation == Relation::kGroup ? 3 : 0;
  const int bits = static_cast<int>(wanted);
  return ((mode >> shift) & bits) == bits;
}

/// The mode with the bits of `umask` cleared; the sticky bit stays.
constexpr uint16_t ApplyUmask(uint16_t mode, uint16_t umask) {
  return static_cast<uint16_t>(mode & kPermissionMask & ~(umask & 0777));
}

/// "rwxr-xr-x"; the last letter is 't' (sticky and executable) or 'T' (sticky only).
std::string PermissionText(uint16_t mode);

/// Reverse of PermissionText: exactly nine letters. kInvalidArgument.
Result<uint16_t> ParsePermissionText(std::string_view text);

/// Octal digits as the shell, WebHDFS and job files write them: "644", "0644", "1777".
/// kInvalidArgument for anything else and for more than 01777.
Result<uint16_t> ParseOctalPermission(std::string_view text);

/// A umask as in `fs.permissions.umask-mode`: octal ("022") or symbolic, where the symbols name
/// what stays allowed ("u=rwx,g=rx,o=" is 027). kInvalidArgument.
Result<uint16_t> ParseUmask(std::string_view text);

/// What `chmod` was asked for: a new mode in octal, or changes relative to the old one.
class PermissionChange {
 public:
  /// Octal ("755", "1777": sets all bits), or clauses separated by commas, each of classes
  /// [ugoa]* (none: all), an operator [+-=] and letters [rwxXt]*, the last two repeatable
  /// ("u+x,g-w", "a=rX", "u+r-w"). 'X' is x for directories and for files that anyone may execute;
  /// 't' is the sticky bit and asks for no class, or for o or a. kInvalidArgument.
  static Result<PermissionChange> Parse(std::string_view text);

  /// The mode after the change.
  uint16_t Apply(uint16_t mode, bool is_directory) const;

 private:
  /// One operator with its classes and letters.
  struct Clause {
    char op = '=';             // + - =
    uint16_t classes = 0;      // mask of 0700, 0070, 0007
    uint16_t letters = 0;      // rwx as three bits
    bool conditional = false;  // X
    bool sticky = false;       // t
    bool on_sticky = false;    // the sticky bit is within reach of this clause
  };

  static void ApplyClause(const Clause& clause, bool is_directory, uint16_t* mode);

  bool octal_ = false;
  uint16_t mode_ = 0;
  std::vector<Clause> clauses_;
};

/// Hadoop's sentence for a denial, which people and scripts look for:
/// `Permission denied: user=U, access=WRITE, inode="/p":owner:group:drwxr-xr-x`.
std::string PermissionDeniedMessage(std::string_view user, Access access, std::string_view path,
                                    std::string_view owner, std::string_view group,
                                    bool is_directory, uint16_t mode);

}  // namespace tusk::dfs

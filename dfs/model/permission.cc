#include "dfs/model/permission.h"

#include <fmt/core.h>

#include "common/base/status_macros.h"

namespace tusk::dfs {
namespace {

constexpr uint16_t kUserBits = 0700;
constexpr uint16_t kGroupBits = 0070;
constexpr uint16_t kOtherBits = 0007;
constexpr uint16_t kAllBits = 0777;
constexpr uint16_t kExecuteBits = 0111;

/// More clauses than any person writes; bounds what a hostile request makes us keep.
constexpr size_t kMaxClauses = 64;

Status BadMode(std::string_view text) {
  return Status::Error(StatusCode::kInvalidArgument,
                       "mode '{}' does not match the expected pattern", text.substr(0, 64));
}

bool IsOctal(std::string_view text) {
  return !text.empty() && text.find_first_not_of("01234567") == std::string_view::npos;
}

uint16_t ClassBits(char c) {
  switch (c) {
    case 'u':
      return kUserBits;
    case 'g':
      return kGroupBits;
    case 'o':
      return kOtherBits;
    case 'a':
      return kAllBits;
    default:
      return 0;
  }
}

uint16_t LetterBits(char c) {
  switch (c) {
    case 'r':
      return 4;
    case 'w':
      return 2;
    case 'x':
      return 1;
    default:
      return 0;
  }
}

}  // namespace

std::string_view AccessName(Access access) {
  switch (access) {
    case Access::kNone:
      return "NONE";
    case Access::kExecute:
      return "EXECUTE";
    case Access::kWrite:
      return "WRITE";
    case Access::kWriteExecute:
      return "WRITE_EXECUTE";
    case Access::kRead:
      return "READ";
    case Access::kReadExecute:
      return "READ_EXECUTE";
    case Access::kReadWrite:
      return "READ_WRITE";
    case Access::kAll:
      return "ALL";
  }
  return "NONE";
}

std::string PermissionText(uint16_t mode) {
  std::string out = "rwxrwxrwx";
  for (size_t i = 0; i < out.size(); ++i) {
    if (((mode >> (8 - i)) & 1) == 0) out[i] = '-';
  }
  if ((mode & kStickyBit) != 0) out.back() = (mode & 1) != 0 ? 't' : 'T';
  return out;
}

Result<uint16_t> ParsePermissionText(std::string_view text) {
  if (text.size() != 9) return BadMode(text);
  uint16_t mode = 0;
  for (size_t i = 0; i < 9; ++i) {
    const char c = text[i];
    const auto bit = static_cast<uint16_t>(1U << (8 - i));
    if (c == "rwx"[i % 3]) {
      mode |= bit;
    } else if (i == 8 && c == 't') {
      mode |= bit | kStickyBit;
    } else if (i == 8 && c == 'T') {
      mode |= kStickyBit;
    } else if (c != '-') {
      return BadMode(text);
    }
  }
  return mode;
}

Result<uint16_t> ParseOctalPermission(std::string_view text) {
  if (!IsOctal(text) || text.size() > 5) return BadMode(text);
  unsigned mode = 0;
  for (const char c : text) mode = mode * 8 + static_cast<unsigned>(c - '0');
  if (mode > kPermissionMask) return BadMode(text);
  return static_cast<uint16_t>(mode);
}

Result<uint16_t> ParseUmask(std::string_view text) {
  if (IsOctal(text)) {
    ASSIGN_OR_RETURN(const uint16_t mode, ParseOctalPermission(text));
    if (mode > kAllBits) return BadMode(text);
    return mode;
  }
  // The symbols say what is allowed, starting from nothing forbidden.
  ASSIGN_OR_RETURN(const PermissionChange change, PermissionChange::Parse(text));
  return static_cast<uint16_t>(~change.Apply(kAllBits, false) & kAllBits);
}

Result<PermissionChange> PermissionChange::Parse(std::string_view text) {
  PermissionChange change;
  const std::string_view digits = !text.empty() && text.front() == '+' ? text.substr(1) : text;
  if (IsOctal(digits)) {
    change.octal_ = true;
    ASSIGN_OR_RETURN(change.mode_, ParseOctalPermission(digits));
    return change;
  }
  size_t i = 0;
  while (true) {
    uint16_t classes = 0;
    while (i < text.size() && ClassBits(text[i]) != 0) classes |= ClassBits(text[i++]);
    const bool on_sticky = classes == 0 || (classes & kOtherBits) != 0;
    if (classes == 0) classes = kAllBits;
    if (i == text.size() || std::string_view("+-=").find(text[i]) == std::string_view::npos) {
      return BadMode(text);
    }
    while (i < text.size() && std::string_view("+-=").find(text[i]) != std::string_view::npos) {
      Clause clause;
      clause.op = text[i++];
      clause.classes = classes;
      clause.on_sticky = on_sticky;
      for (; i < text.size() && std::string_view("rwxXt").find(text[i]) != std::string_view::npos;
           ++i) {
        clause.letters |= LetterBits(text[i]);
        clause.conditional |= text[i] == 'X';
        clause.sticky |= text[i] == 't';
      }
      if (change.clauses_.size() == kMaxClauses) return BadMode(text);
      change.clauses_.push_back(clause);
    }
    if (i == text.size()) return change;
    if (text[i++] != ',') return BadMode(text);
  }
}

void PermissionChange::ApplyClause(const Clause& clause, bool is_directory, uint16_t* mode) {
  uint16_t letters = clause.letters;
  if (clause.conditional && (is_directory || (*mode & kExecuteBits) != 0)) letters |= 1;
  const auto bits = static_cast<uint16_t>((letters * kExecuteBits) & clause.classes);
  const auto sticky = static_cast<uint16_t>(clause.sticky && clause.on_sticky ? kStickyBit : 0);
  switch (clause.op) {
    case '+':
      *mode |= bits | sticky;
      break;
    case '-':
      *mode &= static_cast<uint16_t>(~(bits | sticky));
      break;
    default: {
      const uint16_t reach = clause.classes | (clause.on_sticky ? kStickyBit : 0);
      *mode = static_cast<uint16_t>((*mode & ~reach) | bits | sticky);
    }
  }
}

uint16_t PermissionChange::Apply(uint16_t mode, bool is_directory) const {
  if (octal_) return mode_;
  uint16_t out = mode & kPermissionMask;
  for (const Clause& clause : clauses_) ApplyClause(clause, is_directory, &out);
  return out;
}

std::string PermissionDeniedMessage(std::string_view user, Access access, std::string_view path,
                                    std::string_view owner, std::string_view group,
                                    bool is_directory, uint16_t mode) {
  return fmt::format("Permission denied: user={}, access={}, inode=\"{}\":{}:{}:{}{}", user,
                     AccessName(access), path, owner, group, is_directory ? 'd' : '-',
                     PermissionText(mode));
}

}  // namespace tusk::dfs

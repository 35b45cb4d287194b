#include "dfs/model/dfs_path.h"

#include <charconv>

#include <fmt/core.h>

#include "common/base/status_macros.h"
#include "dfs/model/dfs_limits.h"

namespace tusk::dfs {
namespace {

constexpr std::string_view kReservedName = ".reserved";
constexpr std::string_view kReservedRoot = "/.reserved";
constexpr std::string_view kInodesName = ".inodes";
constexpr std::string_view kInodesRoot = "/.reserved/.inodes";
constexpr std::string_view kRawName = "raw";
constexpr std::string_view kSnapshotName = ".snapshot";

/// How much of a refused path is worth showing.
constexpr size_t kShownBytes = 120;

/// `path` made fit for a message: cut, and without bytes that are not printable ASCII or UTF-8.
std::string Shown(std::string_view path) {
  std::string out;
  const bool text = IsValidUtf8(path);
  for (const char c : path.substr(0, kShownBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !text)) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  // A cut may fall inside of a character.
  while (text && !IsValidUtf8(out)) out.pop_back();
  if (path.size() > kShownBytes) out += "...";
  return out;
}

Status Invalid(std::string_view path, std::string_view why) {
  return Status::Error(StatusCode::kInvalidPath, "Invalid path name {}: {}", why, Shown(path));
}

size_t CountCharacters(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

/// What is asked of the text of every path, before its components are looked at.
Status CheckText(std::string_view path) {
  if (path.empty()) return Invalid(path, "(empty)");
  if (path.front() != '/') return Invalid(path, "(not absolute)");
  // No character has more than four bytes: bounds the work on what is far too long anyway.
  if (path.size() > kMaxPathCharacters * 4 || CountCharacters(path) > kMaxPathCharacters) {
    return Invalid(path, fmt::format("(longer than {} characters)", kMaxPathCharacters));
  }
  if (path.find('\0') != std::string_view::npos) return Invalid(path, "(holds a NUL)");
  if (!IsValidUtf8(path)) return Invalid(path, "(not UTF-8)");
  return Status::Ok();
}

/// Bytes of the UTF-8 character that starts `text`, or 0 if none does.
size_t CharacterBytes(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  size_t length = 0;
  unsigned char low = 0x80;  // bounds of the second byte
  unsigned char high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  if (text.size() < length || byte(1) < low || byte(1) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

bool IsValidUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = CharacterBytes(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void PathComponents::Iterator::Take() {
  while (!rest_.empty() && rest_.front() == '/') rest_.remove_prefix(1);
  if (rest_.empty()) {
    component_ = {};
    return;
  }
  component_ = rest_.substr(0, rest_.find('/'));
  rest_.remove_prefix(component_.size());
}

size_t PathComponents::size() const {
  size_t count = 0;
  for (Iterator it = begin(); it != end(); ++it) ++count;
  return count;
}

Result<std::string> CanonicalPath(std::string_view path) {
  RETURN_IF_ERROR(CheckText(path));
  std::string out;
  out.reserve(path.size());
  size_t depth = 0;
  for (const std::string_view name : PathComponents(path)) {
    if (name == ".") continue;
    if (name == "..") {
      if (out.empty()) return Invalid(path, "(above the root)");
      out.resize(out.rfind('/'));
      --depth;
      continue;
    }
    if (++depth > kMaxPathDepth) {
      return Invalid(path, fmt::format("(more than {} components)", kMaxPathDepth));
    }
    out += '/';
    out += name;
  }
  if (out.empty()) out = "/";
  return out;
}

Status CheckPath(std::string_view path) {
  RETURN_IF_ERROR(CheckText(path));
  if (path == "/") return Status::Ok();
  if (path.back() == '/') return Invalid(path, "(ends with a slash)");
  if (path.find("//") != std::string_view::npos) return Invalid(path, "(empty component)");
  const bool by_inode = IsSameOrBelow(path, kInodesRoot);
  size_t depth = 0;
  for (const std::string_view name : PathComponents(path)) {
    if (name == "." || (name == ".." && !by_inode)) return Invalid(path, "(relative component)");
    if (++depth > kMaxPathDepth) {
      return Invalid(path, fmt::format("(more than {} components)", kMaxPathDepth));
    }
  }
  return Status::Ok();
}

Status CheckNewPath(std::string_view path, size_t max_component_bytes) {
  RETURN_IF_ERROR(CheckPath(path));
  if (path == "/") return Invalid(path, "(the root exists)");
  bool first = true;
  for (const std::string_view name : PathComponents(path)) {
    if (first && name == kReservedName) return Invalid(path, "(reserved name)");
    first = false;
    if (name == kSnapshotName) return Invalid(path, "(reserved name)");
    if (name == "..") return Invalid(path, "(relative component)");
    if (name.find(':') != std::string_view::npos) return Invalid(path, "(holds a colon)");
    if (name.size() > max_component_bytes) {
      return Status::Error(
                 StatusCode::kTooLarge,
                 "The maximum path component name limit is exceeded: limit={} length={}: {}",
                 max_component_bytes, name.size(), Shown(name))
          .WithRemoteClass(
              "org.apache.hadoop.hdfs.protocol.FSLimitException$PathComponentTooLongException");
    }
  }
  return Status::Ok();
}

Result<std::string> ResolvePath(std::string_view base, std::string_view relative) {
  if (!relative.empty() && relative.front() == '/') return CanonicalPath(relative);
  std::string joined;
  joined.reserve(base.size() + 1 + relative.size());
  joined.append(base).append("/").append(relative);
  return CanonicalPath(joined);
}

std::string ChildPath(std::string_view parent, std::string_view name) {
  std::string out;
  out.reserve(parent.size() + 1 + name.size());
  if (parent != "/") out += parent;
  out += '/';
  out += name;
  return out;
}

std::string_view ParentPath(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return path.substr(0, 1);
  return path.substr(0, slash);
}

std::string_view PathName(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool IsSameOrBelow(std::string_view path, std::string_view ancestor) {
  if (ancestor == "/") return true;
  return path.starts_with(ancestor) &&
         (path.size() == ancestor.size() || path[ancestor.size()] == '/');
}

ReservedPath ClassifyReserved(std::string_view path) {
  if (IsSameOrBelow(path, kReservedRoot)) {
    const PathComponents components(path);
    const auto second = ++components.begin();
    if (second == components.end()) return ReservedPath::kRoot;
    if (*second == kInodesName) return ReservedPath::kInodes;
    if (*second == kRawName) return ReservedPath::kRaw;
    return ReservedPath::kUnknown;
  }
  for (const std::string_view name : PathComponents(path)) {
    if (name == kSnapshotName) return ReservedPath::kSnapshot;
  }
  return ReservedPath::kNone;
}

std::optional<InodePath> ParseInodePath(std::string_view path) {
  if (!IsSameOrBelow(path, kInodesRoot) || path.size() == kInodesRoot.size()) return std::nullopt;
  path.remove_prefix(kInodesRoot.size() + 1);
  const std::string_view digits = path.substr(0, path.find('/'));
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return InodePath{FileId(number), path.substr(digits.size())};
}

}  // namespace tusk::dfs

#include "mapreduce/client/program_hash.h"

#include <sys/stat.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include <fmt/core.h>

#include "common/base/status_macros.h"
#include "mapreduce/client/job_client.h"

namespace tusk::mapreduce {
namespace {

constexpr char kAttribute[] = "user.tusk.sha256";
constexpr size_t kHashDigits = 64;
constexpr std::chrono::seconds kSettled{2};

int64_t ModifiedAt(const struct stat& status) {
  return static_cast<int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec;
}

/// What must be the same for an earlier answer to hold, in front of that answer.
std::string PrefixFor(const struct stat& status) {
  return fmt::format("1 {} {} ", status.st_size, ModifiedAt(status));
}

bool IsHash(std::string_view text) {
  return text.size() == kHashDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

Result<std::string> HashOfProgram(const std::string& path, const Clock& clock) {
  struct stat before{};
  if (::stat(path.c_str(), &before) != 0) return ErrnoStatus(errno, path);
  const std::string prefix = PrefixFor(before);
  char note[256];
  const ssize_t size = ::getxattr(path.c_str(), kAttribute, note, sizeof(note));
  if (size > 0) {
    const std::string_view text(note, static_cast<size_t>(size));
    if (text.starts_with(prefix) && IsHash(text.substr(prefix.size())))
      return std::string(text.substr(prefix.size()));
  }
  ASSIGN_OR_RETURN(std::string hash, HashOfFile(path));
  struct stat after{};
  const bool same = ::stat(path.c_str(), &after) == 0 && PrefixFor(after) == prefix;
  const auto now = clock.WallNow().time_since_epoch();
  if (same && std::chrono::nanoseconds(ModifiedAt(after)) + kSettled < now) {
    const std::string text = prefix + hash;
    // Where it cannot be kept, the next call reads the file again: nothing is lost.
    static_cast<void>(::setxattr(path.c_str(), kAttribute, text.data(), text.size(), 0));
  }
  return hash;
}

}  // namespace tusk::mapreduce

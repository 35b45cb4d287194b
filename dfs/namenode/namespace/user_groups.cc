#include "dfs/namenode/namespace/user_groups.h"

#include <grp.h>
#include <pwd.h>
#include <sys/types.h>

#include <algorithm>
#include <utility>

namespace tusk::dfs::namenode {

namespace {

constexpr size_t kMaxUsers = 100'000;
constexpr int kMaxGroups = 4096;
constexpr size_t kLookupBuffer = 64u << 10;

std::string GroupName(gid_t id) {
  std::vector<char> buffer(kLookupBuffer);
  group entry{};
  group* found = nullptr;
  if (getgrgid_r(id, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return "";
  return found->gr_name;
}

}  // namespace

std::vector<std::string> GroupsFromOs(const std::string& user) {
  std::vector<char> buffer(kLookupBuffer);
  passwd entry{};
  passwd* found = nullptr;
  if (getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr) {
    return {};
  }
  int count = 64;
  std::vector<gid_t> ids(count);
  if (getgrouplist(user.c_str(), found->pw_gid, ids.data(), &count) < 0) {
    ids.resize(std::clamp(count, 0, kMaxGroups));
    count = static_cast<int>(ids.size());
    if (getgrouplist(user.c_str(), found->pw_gid, ids.data(), &count) < 0) count = 0;
  }
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) {
    std::string name = GroupName(ids[i]);
    if (!name.empty()) names.push_back(std::move(name));
  }
  return names;
}

UserGroups::UserGroups(NameTable& names, const Clock& clock, std::string superuser,
                       std::string supergroup, std::chrono::seconds ttl, Lookup lookup)
    : names_(names),
      clock_(clock),
      superuser_(std::move(superuser)),
      supergroup_(std::move(supergroup)),
      ttl_(ttl),
      lookup_(std::move(lookup)) {}

std::shared_ptr<const Identity> UserGroups::Cached(std::string_view user) {
  const auto now = clock_.SteadyNow();
  ReaderLock lock(mutex_);
  const auto it = entries_.find(user);
  if (it == entries_.end() || now - it->second.loaded > ttl_) return nullptr;
  return it->second.identity;
}

std::shared_ptr<const Identity> UserGroups::Load(const std::string& user) {
  auto identity = std::make_shared<Identity>();
  identity->user = user;
  identity->user_id = names_.Intern(user);
  identity->superuser = user == superuser_;
  for (const std::string& group : lookup_(user)) {
    identity->groups.push_back(names_.Intern(group));
    if (group == supergroup_) identity->superuser = true;
  }
  const auto now = clock_.SteadyNow();
  WriterLock lock(mutex_);
  // A flood of made-up names must not fill the memory: start over.
  if (entries_.size() >= kMaxUsers) entries_.clear();
  entries_.insert_or_assign(user, Entry{identity, now});
  return identity;
}

}  // namespace tusk::dfs::namenode

#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/mutex.h"
#include "common/time/clock.h"
#include "dfs/namenode/namespace/name_table.h"
#include "dfs/namenode/namespace/permission_checker.h"

namespace tusk::dfs::namenode {

/// Names of the groups of `user` from the operating system's databases; empty for a user that
/// this machine does not know. May ask the network, by the machine's configuration.
std::vector<std::string> GroupsFromOs(const std::string& user);

/// Turns user names into identities with groups and superuser bit, and remembers them for a
/// while (Hadoop's Groups, hadoop.security.groups.cache.secs). Bounded. Thread-safe.
class UserGroups {
 public:
  using Lookup = std::function<std::vector<std::string>(const std::string& user)>;

  /// `superuser` is the user that started the namenode; members of `supergroup` are equals.
  /// `names` and `clock` must outlive this object.
  UserGroups(NameTable& names, const Clock& clock, std::string superuser, std::string supergroup,
             std::chrono::seconds ttl, Lookup lookup = GroupsFromOs);

  /// The remembered identity, or null when it is not known or too old.
  std::shared_ptr<const Identity> Cached(std::string_view user);
  /// Asks the operating system and remembers. May take its time: not for I/O threads.
  std::shared_ptr<const Identity> Load(const std::string& user);

  const std::string& superuser() const { return superuser_; }
  const std::string& supergroup() const { return supergroup_; }

 private:
  /// A user's groups as looked up last.
  struct Entry {
    std::shared_ptr<const Identity> identity;
    Clock::SteadyTime loaded;
  };

  NameTable& names_;
  const Clock& clock_;
  const std::string superuser_;
  const std::string supergroup_;
  const std::chrono::seconds ttl_;
  const Lookup lookup_;
  SharedMutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_ GUARDED_BY(mutex_);
};

}  // namespace tusk::dfs::namenode

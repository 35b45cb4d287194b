#include "dfs/namenode/namespace/lease_table.h"

#include "common/base/check.h"

namespace tusk::dfs::namenode {

LeaseTable::LeaseTable(const Clock& clock, std::chrono::milliseconds soft_limit,
                       std::chrono::milliseconds hard_limit)
    : clock_(clock), soft_limit_(soft_limit), hard_limit_(hard_limit) {}

void LeaseTable::Add(std::string_view client, FileId file) {
  const auto now = clock_.SteadyNow();
  MutexLock lock(mutex_);
  auto it = leases_.find(client);
  if (it == leases_.end()) it = leases_.emplace(std::string(client), Lease()).first;
  it->second.renewed = now;
  it->second.files.insert(file);
  holders_[file] = &it->first;
}

void LeaseTable::Remove(std::string_view client, FileId file) {
  MutexLock lock(mutex_);
  const auto it = leases_.find(client);
  if (it == leases_.end() || it->second.files.erase(file) == 0) return;
  const auto holder = holders_.find(file);
  if (holder != holders_.end() && holder->second == &it->first) holders_.erase(holder);
  if (it->second.files.empty()) leases_.erase(it);
}

void LeaseTable::Renew(std::string_view client) {
  const auto now = clock_.SteadyNow();
  MutexLock lock(mutex_);
  const auto it = leases_.find(client);
  if (it != leases_.end()) it->second.renewed = now;
}

bool LeaseTable::IsSoftExpired(std::string_view client) const {
  const auto now = clock_.SteadyNow();
  MutexLock lock(mutex_);
  const auto it = leases_.find(client);
  return it == leases_.end() || now - it->second.renewed > soft_limit_;
}

std::vector<LeaseTable::Expired> LeaseTable::HardExpired(size_t limit) const {
  const auto now = clock_.SteadyNow();
  std::vector<Expired> expired;
  MutexLock lock(mutex_);
  size_t files = 0;
  for (const auto& [client, lease] : leases_) {
    if (files >= limit) break;
    if (now - lease.renewed <= hard_limit_) continue;
    Expired& entry = expired.emplace_back();
    entry.client = client;
    for (const FileId file : lease.files) {
      if (files++ >= limit) break;
      entry.files.push_back(file);
    }
  }
  return expired;
}

std::vector<std::pair<FileId, std::string>> LeaseTable::OpenFiles(FileId after,
                                                                  size_t limit) const {
  std::vector<std::pair<FileId, std::string>> files;
  MutexLock lock(mutex_);
  for (auto it = holders_.upper_bound(after); it != holders_.end() && files.size() < limit; ++it) {
    files.emplace_back(it->first, *it->second);
  }
  return files;
}

size_t LeaseTable::open_files() const {
  MutexLock lock(mutex_);
  return holders_.size();
}

size_t LeaseTable::holders() const {
  MutexLock lock(mutex_);
  return leases_.size();
}

}  // namespace tusk::dfs::namenode

#include "dfs/client/lease_renewer.h"

#include <chrono>

#include "common/log/logger.h"
#include "common/time/deadline.h"
#include "common/time/system_clock.h"
#include "dfs/client/namenode_proxy.h"
#include "dfs/model/dfs_limits.h"

namespace tusk::dfs {
namespace {

constexpr std::chrono::seconds kKeepAliveInterval{10};
constexpr std::chrono::milliseconds kRenewInterval{kLeaseSoftLimitMs / 2};

}  // namespace

LeaseRenewer::LeaseRenewer(NamenodeProxy& namenode, std::string client_name)
    : namenode_(namenode), client_name_(std::move(client_name)) {}

LeaseRenewer::~LeaseRenewer() { Stop(); }

void LeaseRenewer::Register(OpenForWrite* file) {
  MutexLock lock(mutex_);
  files_.insert(file);
  if (!thread_.joinable() && !stopped_) thread_ = std::thread([this] { Run(); });
}

void LeaseRenewer::Unregister(OpenForWrite* file) {
  MutexLock lock(mutex_);
  files_.erase(file);
}

void LeaseRenewer::Stop() {
  std::thread thread;
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    thread = std::move(thread_);
    wake_.NotifyAll();
  }
  if (thread.joinable()) thread.join();
}

void LeaseRenewer::Run() {
  const SystemClock& clock = SystemClock::Get();
  Deadline renew = Deadline::After(clock, kRenewInterval);
  while (true) {
    {
      MutexLock lock(mutex_);
      const Deadline look = Deadline::After(clock, kKeepAliveInterval);
      while (!stopped_ && !look.Expired(clock)) wake_.WaitFor(mutex_, look.Remaining(clock));
      if (stopped_) return;
      for (OpenForWrite* file : files_) file->KeepAlive();
      if (!renew.Expired(clock)) continue;
      renew = Deadline::After(clock, kRenewInterval);
      if (files_.empty()) continue;
    }
    const Status status = namenode_.RenewLease(client_name_);
    if (!status.ok()) LOG_WARN("dfs client", "lease not renewed: {}", status.ToString());
  }
}

}  // namespace tusk::dfs

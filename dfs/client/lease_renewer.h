#pragma once

#include <set>
#include <string>
#include <thread>

#include "common/base/mutex.h"

namespace tusk::dfs {

class NamenodeProxy;

/// A file that is being written, as the renewer sees it.
class OpenForWrite {
 public:
  virtual ~OpenForWrite() = default;
  /// Called every few seconds from the renewer's thread: keeps an idle pipeline alive. Must not
  /// wait, and must not register or unregister.
  virtual void KeepAlive() = 0;
};

/// Renews the leases of one client as long as it has files open for writing, and lets idle streams
/// send heartbeats down their pipelines, so that a writer may pause for as long as it likes. One
/// thread for all streams of the client, started with the first and ended with the client.
/// Thread-safe.
class LeaseRenewer {
 public:
  LeaseRenewer(NamenodeProxy& namenode, std::string client_name);
  /// Stops.
  ~LeaseRenewer();
  LeaseRenewer(const LeaseRenewer&) = delete;
  LeaseRenewer& operator=(const LeaseRenewer&) = delete;

  void Register(OpenForWrite* file);
  /// When it returns, `file` is called no more.
  void Unregister(OpenForWrite* file);

  /// Ends the thread. Idempotent.
  void Stop();

 private:
  void Run();

  NamenodeProxy& namenode_;
  const std::string client_name_;
  Mutex mutex_;
  CondVar wake_;
  std::set<OpenForWrite*> files_ GUARDED_BY(mutex_);
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::thread thread_ GUARDED_BY(mutex_);
};

}  // namespace tusk::dfs

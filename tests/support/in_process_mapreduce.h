#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/config/config.h"
#include "tests/support/temp_dir.h"

namespace tusk {
class IoRuntime;
class MetricRegistry;
}  // namespace tusk

namespace tusk::mapreduce {

class JobClient;

/// A jobtracker and some tasktrackers in this process, on free ports of the loopback, with short
/// intervals; tasks are real processes. Their files are in a temporary directory. What runs outside
/// (job programs, tasks, `tusk`) finds the cluster by `conf_dir()`.
///
/// One thread.
class InProcessMapreduce {
 public:
  /// What the cluster is.
  struct Options {
    int trackers = 2;
    int slots = 2;  ///< of each kind, of each tracker
    std::string file_system = "file:///";
    /// Name of the machine that a tracker is on, by its number; 127.0.0.1 for those without.
    std::map<int, std::string> hosts;
    /// More configuration, for everybody.
    std::map<std::string, std::string> values;
  };

  explicit InProcessMapreduce(Options options);
  /// Stops everything.
  ~InProcessMapreduce();
  InProcessMapreduce(const InProcessMapreduce&) = delete;
  InProcessMapreduce& operator=(const InProcessMapreduce&) = delete;

  /// Starts all and waits until the trackers are registered.
  Status Start();
  Status StartJobtracker();
  void StopJobtracker();
  Status StartTracker(int index);
  /// Ends the tracker with its tasks; the jobtracker finds out by its silence.
  void StopTracker(int index);
  /// Waits until so many trackers are live; false after 20 s.
  bool WaitTrackers(size_t count);

  /// The number of the running tracker with that id; -1 for none.
  int IndexOfTracker(const std::string& id) const;

  JobClient& client() { return *client_; }
  /// A directory with core-site.xml and mapred-site.xml.
  const std::string& conf_dir() const { return conf_dir_; }
  /// The environment by which a program finds the cluster.
  std::map<std::string, std::string> Environment() const;
  std::string directory() const { return directory_.path(); }
  const Config& config() const { return config_; }

 private:
  struct Jobs;
  struct Tracker;

  Status Set(Config* config, const std::string& name, const std::string& value);
  Status WriteConfDir() const;

  const Options options_;
  const TempDir directory_;
  const std::string conf_dir_;
  std::unique_ptr<IoRuntime> runtime_;
  Config config_;
  std::unique_ptr<Jobs> jobs_;
  std::vector<std::unique_ptr<Tracker>> trackers_;
  std::unique_ptr<JobClient> client_;
};

}  // namespace tusk::mapreduce

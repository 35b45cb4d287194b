#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/daemon/command.h"
#include "common/daemon/service.h"

namespace tusk {
class Clock;
class Config;
class Env;
class IoRuntime;
class MetricRegistry;
}  // namespace tusk

namespace tusk::mapreduce::tasktracker {

/// A tasktracker as one service: session with the jobtracker, task processes, shuffle server,
/// pages. The composition root of this folder. What an earlier run left in its local directories is
/// removed at start: nobody can use it.
class Tasktracker : public Service {
 public:
  /// Everything must outlive the service. `conf_dir` is handed to task processes; may be empty.
  Tasktracker(const Config& config, IoRuntime& runtime, MetricRegistry& metrics, const Clock& clock,
              Env& env, std::string conf_dir, std::string log_directory);
  ~Tasktracker() override;

  Status Start() override;
  void Stop() override;
  std::vector<std::pair<std::string, std::string>> Addresses() const override;

 private:
  struct Parts;
  Status PrepareDirectories();
  Status MakeParts();
  Status MakeSession();
  Status MakeWeb();

  const Config& config_;
  IoRuntime& runtime_;
  MetricRegistry& metrics_;
  const Clock& clock_;
  Env& env_;
  const std::string conf_dir_;
  const std::string log_directory_;
  std::unique_ptr<Parts> parts_;
};

/// `tusk tasktracker`.
extern const Command kTasktrackerCommand;

}  // namespace tusk::mapreduce::tasktracker

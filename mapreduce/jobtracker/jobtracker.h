#pragma once

#include <memory>

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

namespace tusk::mapreduce::jobtracker {

/// The jobtracker as one service: job table, scheduler, history, RPC for clients and trackers,
/// pages. The composition root of this folder. It needs no namenode to start: the file system is
/// opened when the first job ends.
class Jobtracker : public Service {
 public:
  /// Everything must outlive the service.
  Jobtracker(const Config& config, IoRuntime& runtime, MetricRegistry& metrics, const Clock& clock,
             Env& env, std::string log_directory);
  ~Jobtracker() override;

  Status Start() override;
  void Stop() override;
  std::vector<std::pair<std::string, std::string>> Addresses() const override;

 private:
  struct Parts;
  Status MakeParts();
  Status MakeWeb();

  const Config& config_;
  IoRuntime& runtime_;
  MetricRegistry& metrics_;
  const Clock& clock_;
  Env& env_;
  const std::string log_directory_;
  std::unique_ptr<Parts> parts_;
};

/// `tusk jobtracker`.
extern const Command kJobtrackerCommand;

}  // namespace tusk::mapreduce::jobtracker

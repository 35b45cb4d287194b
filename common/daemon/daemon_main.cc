#include "common/daemon/daemon_main.h"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/core.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/base/status_macros.h"
#include "common/config/command_line.h"
#include "common/config/config.h"
#include "common/config/config_loader.h"
#include "common/config/option_registry.h"
#include "common/daemon/daemon_arguments.h"
#include "common/daemon/pid_file.h"
#include "common/daemon/stop_signals.h"
#include "common/env/posix_env.h"
#include "common/log/logger.h"
#include "common/metrics/metric_registry.h"
#include "common/net/endpoint.h"
#include "common/net/io_runtime.h"
#include "common/time/system_clock.h"

namespace tusk {

namespace {

constexpr std::chrono::seconds kStopGrace{30};

/// Ends the log and makes the first cause the last line on stderr.
int Fail(const DaemonSpec& spec, DaemonExit exit, const Status& status) {
  if (exit == DaemonExit::kInit) LOG_ERROR(spec.name, "cannot run: {}", status.ToString());
  FlushLog();
  fmt::print(stderr, "{}: {}\n", spec.name, status.message());
  return static_cast<int>(exit);
}

std::string Usage(const DaemonSpec& spec) {
  return fmt::format("usage: tusk {} [options]{}\n{}\n\n{}\n{}", spec.name,
                     spec.max_arguments > 0 ? " [arguments]" : "", spec.summary,
                     GenericOptionsUsage(), DaemonOptionsUsage());
}

Status SetUpDaemonLog(Env& env, const DaemonSpec& spec, const DaemonArguments& arguments) {
  LogOptions options;
  options.level = arguments.log_level;
  if (!arguments.log_directory.empty()) {
    RETURN_IF_ERROR(env.MakeDirectories(arguments.log_directory));
    options.to_stderr = false;
    options.file = arguments.log_directory + "/" + spec.name + ".log";
  }
  return SetUpLog(options);
}

/// As many descriptors as the system allows: each connection and each open block file is one.
void RaiseFileLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) LOG_WARN("daemon", "cannot raise the file limit");
}

/// There is no authentication: whoever reaches a port may do everything there.
void WarnOfOpenAddresses(const DaemonSpec& spec, const Service& service) {
  for (const auto& [name, address] : service.Addresses()) {
    const Result<Endpoint> endpoint = Endpoint::Parse(address, 0);
    if (!endpoint.ok() || endpoint->IsLoopback() || address.starts_with("unix:")) continue;
    const std::string text = fmt::format(
        "WARNING: {} {} listens on {}, which other machines can reach, and there is no "
        "authentication: everybody who reaches it can read and change everything",
        spec.name, name, address);
    LOG_WARN(spec.name, "{}", text);
    FlushLog();
    fmt::print(stderr, "{}\n", text);
  }
}

void AnnounceReady(const DaemonSpec& spec, const Service& service) {
  std::string line = fmt::format("ready {} pid={}", spec.name, getpid());
  for (const auto& [name, address] : service.Addresses()) {
    line += fmt::format(" {}={}", name, address);
  }
  LOG_INFO(spec.name, "{}", line);
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

std::string AbsoluteDirectory(const std::string& directory) {
  if (directory.empty()) return directory;
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(directory, error);
  return error ? directory : path.lexically_normal().string();
}

/// From the configuration to the stop.
int Serve(const DaemonSpec& spec, const DaemonContext& context, StopSignals& signals) {
  Result<std::unique_ptr<Service>> made = spec.make(context);
  if (!made.ok()) return Fail(spec, DaemonExit::kInit, made.status());
  const std::unique_ptr<Service> service = std::move(*made);
  const Status started = service->Start();
  if (!started.ok()) return Fail(spec, DaemonExit::kInit, started);
  WarnOfOpenAddresses(spec, *service);
  AnnounceReady(spec, *service);
  // What was logged is in the file after a second, also when nothing follows.
  while (!signals.WaitFor(std::chrono::seconds(1))) FlushLog();
  LOG_INFO(spec.name, "stopping");
  service->Stop();
  LOG_INFO(spec.name, "stopped");
  return static_cast<int>(DaemonExit::kOk);
}

int RunDaemon(int argc, char** argv, const DaemonSpec& spec) {
  Result<DaemonArguments> parsed =
      ParseDaemonArguments(std::vector<std::string>(argv + 1, argv + argc), spec.max_arguments);
  if (!parsed.ok()) {
    return Fail(spec, DaemonExit::kUsage,
                Status::Error(StatusCode::kInvalidArgument, "{} (see: tusk {} --help)",
                              parsed.status().message(), spec.name));
  }
  DaemonArguments arguments = std::move(*parsed);
  if (arguments.help) {
    fmt::print("{}", Usage(spec));
    return static_cast<int>(DaemonExit::kOk);
  }
  PosixEnv& env = PosixEnv::Get();
  OptionRegistry registry;
  for (const auto& options : spec.options) registry.Add(options);
  arguments.sources.environment = ProcessEnvironment();
  const Result<Config> config = LoadConfig(env, registry, arguments.sources);
  if (!config.ok()) return Fail(spec, DaemonExit::kConfig, config.status());
  const Status log = SetUpDaemonLog(env, spec, arguments);
  if (!log.ok()) return Fail(spec, DaemonExit::kInit, log);

  StopSignals signals(kStopGrace, static_cast<int>(DaemonExit::kForced));
  PidFile pid_file;
  if (!arguments.pid_file.empty()) {
    Result<PidFile> acquired = PidFile::Acquire(arguments.pid_file);
    if (!acquired.ok()) {
      const bool running = acquired.status().code() == StatusCode::kAlreadyExists;
      return Fail(spec, running ? DaemonExit::kAlreadyRunning : DaemonExit::kInit,
                  acquired.status());
    }
    pid_file = std::move(*acquired);
  }
  RaiseFileLimit();
  MetricRegistry metrics(spec.bean_service.empty() ? spec.name : spec.bean_service);
  metrics.AddProcessMetrics();
  IoRuntime runtime(spec.io_threads);
  SystemClock clock;
  const DaemonContext context{*config,
                              runtime,
                              metrics,
                              clock,
                              env,
                              std::move(arguments.rest),
                              arguments.log_directory,
                              AbsoluteDirectory(ConfDirOf(arguments.sources))};
  const int status = Serve(spec, context, signals);
  runtime.Stop();
  FlushLog();
  return status;
}

}  // namespace

int DaemonMain(int argc, char** argv, const DaemonSpec& spec) {
  try {
    return RunDaemon(argc, argv, spec);
  } catch (const std::exception& error) {
    return Fail(spec, DaemonExit::kInit,
                Status::Error(StatusCode::kInternal, "unexpected exception: {}", error.what()));
  }
}

}  // namespace tusk

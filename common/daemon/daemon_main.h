#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/daemon/service.h"

namespace tusk {

class Clock;
class Config;
class Env;
class IoRuntime;
class MetricRegistry;
class OptionBase;

/// What every daemon is built from; all of it outlives the service.
struct DaemonContext {
  const Config& config;
  IoRuntime& runtime;
  MetricRegistry& metrics;
  Clock& clock;
  Env& env;
  std::vector<std::string> arguments;  // what is left after the generic options
  std::string log_directory;           // empty when logging to stderr
  /// The conf directory that was read, absolute; empty for none. For programs that are started.
  std::string conf_directory;
};

/// One kind of daemon.
struct DaemonSpec {
  std::string name;     // "namenode": in logs, the pid file and the ready line
  std::string summary;  // for --help
  /// Hadoop's name of the daemon, as its metrics beans have it: "NameNode". Empty: `name`.
  std::string bean_service = {};
  /// The lists of options that the daemon reads: unknown names and bad values are refused by them.
  std::vector<std::span<const OptionBase* const>> options;
  /// Makes the service (nothing is started yet).
  std::function<Result<std::unique_ptr<Service>>(const DaemonContext&)> make;
  /// I/O threads; 0 = one per core.
  int io_threads = 0;
  /// Arguments allowed beside the options ("-format" and the like); more are an error, and so is
  /// one that begins with "--".
  int max_arguments = 0;
};

/// Exit statuses of daemons. Each failed stage has its own, so that scripts can tell them apart.
enum class DaemonExit : int {
  kOk = 0,              // stopped by SIGTERM or SIGINT, cleanly
  kUsage = 2,           // unknown option or stray argument
  kConfig = 3,          // configuration cannot be read or has an unknown or bad value
  kAlreadyRunning = 4,  // another instance holds the pid file
  kInit = 5,            // the service could not be made or started
  kForced = 6,          // a second signal, or a stop that took too long
};

/// Runs a daemon in the foreground: generic options (--conf DIR, -D key=value, -fs URI, --pid-file
/// FILE, --log-dir DIR, --log-level LEVEL, --help), logging, single instance (flock on the pid
/// file), I/O threads, make, Start. Prints
///
///   ready namenode pid=4711 rpc=127.0.0.1:8020 http=127.0.0.1:9870
///
/// on stdout once it serves; the pair "pid" tells whom to signal. With --log-dir the log goes to
/// DIR/name.log, otherwise to stderr. SIGTERM and SIGINT stop it; a second one, or 30 seconds, end
/// the process at once. SIGPIPE is ignored, SIGHUP too. Returns the exit status; on failure the
/// first cause is the last line on stderr. Also warns loudly when an address is reachable from
/// other machines while there is no authentication. Once per process; it owns the signal
/// dispositions.
int DaemonMain(int argc, char** argv, const DaemonSpec& spec);

}  // namespace tusk

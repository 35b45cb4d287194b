#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/config/config.h"
#include "common/config/option_registry.h"
#include "common/env/env.h"

namespace tusk {

/// Where values come from, in rising precedence: defaults; the site files of the conf directory
/// (core-site.xml, hdfs-site.xml, mapred-site.xml, tusk-site.xml, those that exist, in this order);
/// `conf_files`; the environment (TUSK_CONF_name, see EnvironmentNameOf); `defines`.
struct ConfigSources {
  /// Empty: the environment's TUSK_CONF_DIR, else HADOOP_CONF_DIR, else no directory.
  std::string conf_dir;
  /// More files in Hadoop's XML form; they must exist.
  std::vector<std::string> conf_files;
  /// Of `-D name=value`, `-fs`, `-jt`, in order.
  std::vector<std::pair<std::string, std::string>> defines;
  /// The process's environment: name and value. See ProcessEnvironment().
  std::vector<std::pair<std::string, std::string>> environment;
};

/// The environment of this process.
std::vector<std::pair<std::string, std::string>> ProcessEnvironment();

/// Reads all sources. Fails, with the file or variable in the message, on: a conf directory that
/// was named but does not exist; XML that is malformed or is no configuration; an unknown name that
/// starts with "tusk." and a known part, or a TUSK_CONF_ variable that is nearly a known one; a
/// value that its option does not take. A later source does not override a value marked <final>;
/// such an attempt is ignored, as Hadoop does.
Result<Config> LoadConfig(Env& env, const OptionRegistry& registry, const ConfigSources& sources);

/// The conf directory that LoadConfig would read; empty for none.
std::string ConfDirOf(const ConfigSources& sources);

}  // namespace tusk

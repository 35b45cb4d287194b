#include "common/config/config_loader.h"

#include <unistd.h>

#include "common/base/status_macros.h"
#include "common/config/site_xml_reader.h"
#include "common/env/local_path.h"

namespace tusk {

namespace {

constexpr std::string_view kSiteFiles[] = {"core-site.xml", "hdfs-site.xml", "mapred-site.xml",
                                           "tusk-site.xml"};
constexpr uint64_t kMaxSiteFileBytes = 16 << 20;
constexpr std::string_view kEnvironmentPrefix = "TUSK_CONF_";
constexpr std::string_view kConfDirVariable = "TUSK_CONF_DIR";

Status AddFile(Env& env, const std::string& path, Config& config) {
  ASSIGN_OR_RETURN(const std::string xml, env.ReadSmallFile(path, kMaxSiteFileBytes));
  ASSIGN_OR_RETURN(const std::vector<SiteProperty> properties, ReadSiteXml(xml, path));
  for (const SiteProperty& property : properties) {
    const std::string origin = fmt::format("{}:{}", path, property.line);
    RETURN_IF_ERROR(config.Set(property.name, property.value, origin, property.is_final));
  }
  return Status();
}

Status AddDirectory(Env& env, const std::string& directory, Config& config) {
  Result<FileStat> stat = env.Stat(directory);
  if (!stat.ok() || stat->type != FileType::kDirectory) {
    return Status::Error(StatusCode::kNotFound, "no conf directory {}", directory);
  }
  for (const std::string_view name : kSiteFiles) {
    const std::string path = JoinPath(directory, name);
    ASSIGN_OR_RETURN(const bool exists, env.Exists(path));
    if (exists) RETURN_IF_ERROR(AddFile(env, path, config));
  }
  return Status();
}

Status AddEnvironment(const ConfigSources& sources, Config& config) {
  for (const auto& [variable, value] : sources.environment) {
    if (!variable.starts_with(kEnvironmentPrefix) || variable == kConfDirVariable) continue;
    const std::string origin = "environment " + variable;
    const OptionBase* option = config.registry().FindByEnvironmentName(variable);
    if (option == nullptr) {
      // A variable may be meant for another program; one that is nearly right is a mistake.
      const std::string_view nearest = config.registry().NearestEnvironmentName(variable);
      if (nearest.empty()) continue;
      return Status::Error(StatusCode::kInvalidArgument, "{}: sets no option, did you mean {}?",
                           origin, nearest);
    }
    RETURN_IF_ERROR(config.Set(option->name(), value, origin));
  }
  return Status();
}

}  // namespace

std::vector<std::pair<std::string, std::string>> ProcessEnvironment() {
  std::vector<std::pair<std::string, std::string>> variables;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view entry = *at;
    const size_t equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return variables;
}

std::string ConfDirOf(const ConfigSources& sources) {
  if (!sources.conf_dir.empty()) return sources.conf_dir;
  for (const std::string_view name : {kConfDirVariable, std::string_view("HADOOP_CONF_DIR")}) {
    for (const auto& [variable, value] : sources.environment) {
      if (variable == name && !value.empty()) return value;
    }
  }
  return {};
}

Result<Config> LoadConfig(Env& env, const OptionRegistry& registry, const ConfigSources& sources) {
  Config config(registry);
  const std::string directory = ConfDirOf(sources);
  if (!directory.empty()) RETURN_IF_ERROR(AddDirectory(env, directory, config));
  for (const std::string& path : sources.conf_files) RETURN_IF_ERROR(AddFile(env, path, config));
  RETURN_IF_ERROR(AddEnvironment(sources, config));
  for (const auto& [name, value] : sources.defines) RETURN_IF_ERROR(config.Set(name, value, "-D"));
  RETURN_IF_ERROR(config.CheckVariables());
  return config;
}

}  // namespace tusk

#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/option.h"

namespace tusk {

/// The options that a program knows. Filled once at start from each part's list, constant from then
/// on. Registering a name twice, or a default that does not parse, stops the program: our own bug.
class OptionRegistry {
 public:
  void Add(std::span<const OptionBase* const> options);

  /// The option of that name or deprecated name; nullptr when unknown.
  const OptionBase* Find(std::string_view name) const;
  /// The option that the environment variable sets (EnvironmentNameOf); nullptr when unknown.
  const OptionBase* FindByEnvironmentName(std::string_view name) const;
  /// By name.
  std::vector<const OptionBase*> options() const;
  /// The known name nearest to `name` by edit distance; empty when none is near (more than a third
  /// of the name differs).
  std::string_view Nearest(std::string_view name) const;
  /// True for names that start with "tusk." and a part of which options are known: "tusk.client.x"
  /// when "tusk.client.y" is one. Such a name that is itself unknown is a mistake; of other parts'
  /// names a program (a job, a shell command) knows nothing.
  bool KnowsPartOf(std::string_view name) const;
  /// Nearest likewise among the names of environment variables.
  std::string_view NearestEnvironmentName(std::string_view name) const;

 private:
  std::map<std::string, const OptionBase*, std::less<>> by_name_;
  std::map<std::string, const OptionBase*, std::less<>> by_deprecated_name_;
  std::map<std::string, const OptionBase*, std::less<>> by_environment_name_;
};

/// The environment variable that sets an option: "TUSK_CONF_" and the name with each character that
/// is no letter or digit as "_": TUSK_CONF_dfs_replication.
std::string EnvironmentNameOf(std::string_view option_name);

/// docs/configuration.md: one section per first part of the names, one row per option.
std::string WriteConfigurationMarkdown(const OptionRegistry& registry);

}  // namespace tusk

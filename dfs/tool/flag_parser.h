#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"

namespace tusk::dfs {

/// The arguments of one shell command taken apart, by the rules of Hadoop's CommandFormat: flags
/// with one dash stand in front, in any order; "--" or the first argument that is no flag ends
/// them; "-" alone is an argument.
class FlagParser {
 public:
  /// The command takes `flags` (without their dash), flags of `valued` followed by a value, and
  /// between `min_arguments` and `max_arguments` arguments behind them.
  FlagParser(std::set<std::string, std::less<>> flags, size_t min_arguments, size_t max_arguments,
             std::set<std::string, std::less<>> valued = {});

  /// Takes `arguments` apart. kInvalidArgument with Hadoop's words: "Illegal option -z",
  /// "Not enough arguments: expected 1 but got 0", "Too many arguments: ...".
  Status Parse(std::span<const std::string> arguments);

  bool Has(std::string_view flag) const { return given_.contains(flag); }
  /// The value of a flag with one; empty when it was not given.
  std::string Value(std::string_view flag) const;
  const std::vector<std::string>& arguments() const { return arguments_; }

 private:
  const std::set<std::string, std::less<>> flags_;
  const std::set<std::string, std::less<>> valued_;
  const size_t min_arguments_;
  const size_t max_arguments_;
  std::map<std::string, std::string, std::less<>> given_;
  std::vector<std::string> arguments_;
};

}  // namespace tusk::dfs

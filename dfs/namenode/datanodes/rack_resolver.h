#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/result.h"

namespace tusk::dfs::namenode {

/// Says on which rack a machine stands (Hadoop's DNSToSwitchMapping). Thread-safe.
class RackResolver {
 public:
  virtual ~RackResolver() = default;
  /// The network path of the machine with these names, most specific first ("ip:port", "ip",
  /// "host"). May block (script). kDefaultRack when nothing is known of it.
  virtual std::string Resolve(const std::vector<std::string>& names) = 0;
  /// The same from memory only; never blocks. Nothing when it would have to ask.
  virtual std::optional<std::string> Cached(std::string_view name) const = 0;
};

/// Racks from a table of "name rack" lines: net.topology.table.file.name, whose format is
/// Hadoop's TableMapping (two columns, `#` starts a comment line). Names may be "ip", "host" or
/// "ip:port" (ours, for several datanodes on one machine).
class TableRackResolver : public RackResolver {
 public:
  /// Everything on kDefaultRack.
  TableRackResolver() = default;
  explicit TableRackResolver(std::unordered_map<std::string, std::string> table)
      : table_(std::move(table)) {}
  /// The resolver of this table text. kInvalidArgument names the first line that is no pair.
  static Result<std::unordered_map<std::string, std::string>> ParseTable(std::string_view text);

  std::string Resolve(const std::vector<std::string>& names) override;
  std::optional<std::string> Cached(std::string_view name) const override;

 private:
  const std::unordered_map<std::string, std::string> table_;
};

/// Racks from a program: net.topology.script.file.name is run with the address as its argument and
/// prints the path (Hadoop's ScriptBasedMapping). Answers are kept for ever; a script that fails,
/// prints nothing or does not end within the deadline yields kDefaultRack, which is not kept.
class ScriptRackResolver : public RackResolver {
 public:
  ScriptRackResolver(std::string program, std::chrono::milliseconds deadline)
      : program_(std::move(program)), deadline_(deadline) {}

  std::string Resolve(const std::vector<std::string>& names) override;
  std::optional<std::string> Cached(std::string_view name) const override;

 private:
  const std::string program_;
  const std::chrono::milliseconds deadline_;
  mutable Mutex mutex_;
  std::unordered_map<std::string, std::string> cache_ GUARDED_BY(mutex_);
};

}  // namespace tusk::dfs::namenode

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/config/option.h"
#include "common/config/option_registry.h"

namespace tusk {

/// The configuration of a program: a value for each option, and where it came from. Built by
/// LoadConfig (config_loader.h), which has checked every value; constant in use, cheap to share by
/// const reference. Copies are independent. Thread-safe while nobody calls Set.
///
/// Names that no registered option has are kept too: job parameters and Hadoop's own properties
/// that mean nothing here.
class Config {
 public:
  /// A value that was set.
  struct Value {
    /// As written, before ${variables} are expanded.
    std::string raw;
    /// "-D", "environment TUSK_CONF_x", "/etc/tusk/hdfs-site.xml", "default", "program".
    std::string origin;
    /// Marked <final> in its file: nothing after it may change it.
    bool is_final = false;
  };

  /// All defaults. The registry is copied.
  explicit Config(OptionRegistry registry = {});

  /// The option's value, default included. The value was checked when it was set; an option that is
  /// not in the registry, or a value that lost its meaning through ${variables} changed later, is
  /// our own bug and stops the program. Use TryGet for values that users may set late.
  template <typename T>
  T Get(const Option<T>& option) const;
  template <typename T>
  Result<T> TryGet(const Option<T>& option) const;
  /// True when the option has a value that is not its default.
  bool IsSet(const OptionBase& option) const;

  /// The text of any name, ${variables} expanded; the default of a registered option; nothing for
  /// names nobody has set.
  std::optional<std::string> GetText(std::string_view name) const;
  /// Sets a value that overrides what is there unless that is final. kInvalidArgument for a value
  /// that the option does not take and for an unknown name among a known part's
  /// (OptionRegistry::KnowsPartOf); the message names origin, name, value and the nearest known
  /// name.
  Status Set(std::string_view name, std::string_view value, std::string_view origin,
             bool is_final = false);

  /// Checks the values that hold ${variables}, once all are set; Set checks all others.
  Status CheckVariables() const;

  /// A name and what it has now.
  struct Entry {
    std::string name;
    std::string value;
    std::string origin;
    bool is_final = false;
    /// nullptr for names that are not registered.
    const OptionBase* option = nullptr;
  };
  /// Every option with its present value, and every other name that is set, by name. For /conf and
  /// `tusk config show --origin`. Values of names that hold "password" or "secret" are masked.
  std::vector<Entry> Entries() const;
  /// Names and raw values that are set (no defaults), by name: what travels with a job.
  std::vector<std::pair<std::string, std::string>> SetValues() const;

  const OptionRegistry& registry() const { return *registry_; }

 private:
  /// The present text of a name, deprecated names included, not expanded.
  const Value* FindValue(std::string_view name) const;
  Result<std::string> Expand(std::string_view raw, int depth) const;
  Result<std::string> OptionText(const OptionBase& option) const;
  [[noreturn]] void FailGet(const OptionBase& option, const Status& status) const;

  std::shared_ptr<const OptionRegistry> registry_;
  std::map<std::string, Value, std::less<>> values_;
};

template <typename T>
Result<T> Config::TryGet(const Option<T>& option) const {
  Result<std::string> text = OptionText(option);
  if (!text.ok()) return std::move(text).status();
  return option.Parse(*text);
}

template <typename T>
T Config::Get(const Option<T>& option) const {
  Result<T> value = TryGet(option);
  if (!value.ok()) FailGet(option, value.status());
  return std::move(value).value();
}

}  // namespace tusk

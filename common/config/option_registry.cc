#include "common/config/option_registry.h"

#include <cctype>

#include "common/base/check.h"
#include "common/base/nearest_name.h"

namespace tusk {

namespace {

std::string_view StabilityName(Stability stability) {
  switch (stability) {
    case Stability::kStable:
      return "stable";
    case Stability::kEvolving:
      return "evolving";
    case Stability::kInternal:
      return "internal";
  }
  return "";
}

/// Text in a table cell of Markdown.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c == '\n' ? ' ' : c;
  }
  return cell;
}

void AppendRow(const OptionInfo& info, std::string_view type, std::string& out) {
  const std::string value =
      info.default_text.empty() ? "" : fmt::format("`{}`", Cell(info.default_text));
  fmt::format_to(std::back_inserter(out), "| `{}` | {} | {} | {} | {}", info.name, value, type,
                 info.unit, Cell(info.doc));
  if (info.reload == Reload::kLive) out += " Takes effect without a restart.";
  if (info.stability != Stability::kStable) {
    fmt::format_to(std::back_inserter(out), " ({})", StabilityName(info.stability));
  }
  if (!info.deprecated_names.empty()) {
    fmt::format_to(std::back_inserter(out), " Older name: `{}`.", Cell(info.deprecated_names));
  }
  out += " |\n";
}

std::string_view NearestKey(const std::map<std::string, const OptionBase*, std::less<>>& names,
                            std::string_view name) {
  std::vector<std::string_view> known;
  known.reserve(names.size());
  for (const auto& [text, option] : names) known.push_back(text);
  return NearestName(known, name);
}

}  // namespace

void OptionRegistry::Add(std::span<const OptionBase* const> options) {
  for (const OptionBase* option : options) {
    const OptionInfo& info = option->info();
    if (const Status status = option->Check(info.default_text); !status.ok()) {
      internal::FailCheck("default of an option",
                          fmt::format("{}: {}", info.name, status.ToString()));
    }
    const bool is_new = by_name_.emplace(info.name, option).second &&
                        by_environment_name_.emplace(EnvironmentNameOf(info.name), option).second;
    if (!is_new) internal::FailCheck("option registered twice", info.name);
    std::string_view names = info.deprecated_names;
    while (!names.empty()) {
      const size_t space = names.find(' ');
      by_deprecated_name_.emplace(names.substr(0, space), option);
      names = space == std::string_view::npos ? std::string_view() : names.substr(space + 1);
    }
  }
}

const OptionBase* OptionRegistry::Find(std::string_view name) const {
  if (const auto found = by_name_.find(name); found != by_name_.end()) return found->second;
  const auto found = by_deprecated_name_.find(name);
  return found == by_deprecated_name_.end() ? nullptr : found->second;
}

const OptionBase* OptionRegistry::FindByEnvironmentName(std::string_view name) const {
  const auto found = by_environment_name_.find(name);
  return found == by_environment_name_.end() ? nullptr : found->second;
}

std::vector<const OptionBase*> OptionRegistry::options() const {
  std::vector<const OptionBase*> options;
  for (const auto& [name, option] : by_name_) options.push_back(option);
  return options;
}

std::string_view OptionRegistry::Nearest(std::string_view name) const {
  return NearestKey(by_name_, name);
}

bool OptionRegistry::KnowsPartOf(std::string_view name) const {
  constexpr std::string_view kOurs = "tusk.";
  if (!name.starts_with(kOurs)) return false;
  const size_t dot = name.find('.', kOurs.size());
  // "tusk.x" has no part that another program could own.
  if (dot == std::string_view::npos) return true;
  const std::string_view part = name.substr(0, dot + 1);
  const auto known = by_name_.lower_bound(part);
  return known != by_name_.end() && known->first.starts_with(part);
}

std::string_view OptionRegistry::NearestEnvironmentName(std::string_view name) const {
  return NearestKey(by_environment_name_, name);
}

std::string EnvironmentNameOf(std::string_view option_name) {
  std::string name = "TUSK_CONF_";
  for (const char c : option_name)
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

std::string WriteConfigurationMarkdown(const OptionRegistry& registry) {
  std::string out =
      "# Configuration\n\n"
      "Written from the registrations in the code; do not edit. Values come from, in rising "
      "precedence: the default;\n"
      "`core-site.xml`, `hdfs-site.xml`, `mapred-site.xml`, `tusk-site.xml` in the conf directory "
      "(`--conf DIR`, else\n"
      "`TUSK_CONF_DIR`, else `HADOOP_CONF_DIR`); files of `-conf FILE`; the environment "
      "(`TUSK_CONF_` and the name with `_`\n"
      "for each character that is no letter or digit); `-D name=value`. `tusk config show "
      "--origin` tells which it was.\n";
  std::string section;
  for (const OptionBase* option : registry.options()) {
    // Sections are the first part of a name, two parts for our own.
    const std::string_view name = option->name();
    size_t end = name.find('.');
    if (name.starts_with("tusk.")) end = name.find('.', end + 1);
    const std::string_view part = name.substr(0, end);
    if (part != section) {
      section = part;
      fmt::format_to(
          std::back_inserter(out),
          "\n## {}\n\n| name | default | type | unit | what it does |\n|---|---|---|---|---|\n",
          section);
    }
    AppendRow(option->info(), option->type_name(), out);
  }
  return out;
}

}  // namespace tusk

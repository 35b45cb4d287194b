#include "common/config/config.h"

#include <algorithm>
#include <cctype>

#include "common/base/check.h"
#include "common/base/status_macros.h"

namespace tusk {

namespace {

/// As Hadoop's Configuration.MAX_SUBST.
constexpr int kMaxExpansionDepth = 20;
/// Nested variables can multiply: what a value grows to is bounded as well.
constexpr size_t kMaxExpandedBytes = 1 << 20;

bool IsSecret(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower.find("password") != std::string::npos || lower.find("secret") != std::string::npos;
}

}  // namespace

Config::Config(OptionRegistry registry)
    : registry_(std::make_shared<const OptionRegistry>(std::move(registry))) {}

const Config::Value* Config::FindValue(std::string_view name) const {
  if (const auto found = values_.find(name); found != values_.end()) return &found->second;
  return nullptr;
}

Result<std::string> Config::Expand(std::string_view raw, int depth) const {
  std::string out;
  while (!raw.empty()) {
    const size_t open = raw.find("${");
    const size_t close = open == std::string_view::npos ? open : raw.find('}', open);
    if (close == std::string_view::npos) {
      out += raw;
      break;
    }
    out += raw.substr(0, open);
    const std::string_view variable = raw.substr(open + 2, close - open - 2);
    if (depth == 0) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "variables are nested more than {} deep at ${{{}}}", kMaxExpansionDepth,
                           variable);
    }
    const OptionBase* option = registry_->Find(variable);
    const Value* value = FindValue(option == nullptr ? variable : option->name());
    if (value != nullptr || option != nullptr) {
      const std::string_view text =
          value != nullptr ? std::string_view(value->raw) : option->info().default_text;
      ASSIGN_OR_RETURN(const std::string inner, Expand(text, depth - 1));
      out += inner;
    } else {
      // As Hadoop does, a variable that nobody knows stays as written.
      out += raw.substr(open, close - open + 1);
    }
    if (out.size() > kMaxExpandedBytes) {
      return Status::Error(StatusCode::kTooLarge, "a value grows beyond {} bytes at ${{{}}}",
                           kMaxExpandedBytes, variable);
    }
    raw = raw.substr(close + 1);
  }
  return out;
}

Result<std::string> Config::OptionText(const OptionBase& option) const {
  const Value* value = FindValue(option.name());
  return Expand(value != nullptr ? std::string_view(value->raw) : option.info().default_text,
                kMaxExpansionDepth);
}

void Config::FailGet(const OptionBase& option, const Status& status) const {
  internal::FailCheck("a configuration value that was never checked",
                      fmt::format("{}: {}", option.name(), status.message()));
}

bool Config::IsSet(const OptionBase& option) const { return FindValue(option.name()) != nullptr; }

std::optional<std::string> Config::GetText(std::string_view name) const {
  const OptionBase* option = registry_->Find(name);
  const Value* value = FindValue(option == nullptr ? name : option->name());
  if (value == nullptr && option == nullptr) return std::nullopt;
  Result<std::string> text =
      Expand(value != nullptr ? std::string_view(value->raw) : option->info().default_text,
             kMaxExpansionDepth);
  if (!text.ok()) return value != nullptr ? value->raw : std::string(option->info().default_text);
  return std::move(text).value();
}

Status Config::Set(std::string_view name, std::string_view value, std::string_view origin,
                   bool is_final) {
  const OptionBase* option = registry_->Find(name);
  if (option == nullptr && registry_->KnowsPartOf(name)) {
    const std::string_view nearest = registry_->Nearest(name);
    return Status::Error(
        StatusCode::kInvalidArgument, "{}: unknown option {}{}", origin, name,
        nearest.empty() ? std::string() : fmt::format(", did you mean {}?", nearest));
  }
  const std::string_view key = option == nullptr ? name : option->name();
  if (const Value* present = FindValue(key); present != nullptr && present->is_final)
    return Status();
  if (option != nullptr && value.find("${") == std::string_view::npos) {
    const Status checked = option->Check(value);
    if (!checked.ok()) return checked.WithContext(fmt::format("{}: {}", origin, name));
  }
  values_[std::string(key)] = Value{std::string(value), std::string(origin), is_final};
  return Status();
}

Status Config::CheckVariables() const {
  for (const auto& [name, value] : values_) {
    if (value.raw.find("${") == std::string::npos) continue;
    const OptionBase* option = registry_->Find(name);
    const Result<std::string> text = Expand(value.raw, kMaxExpansionDepth);
    // What nobody reads may say what it likes.
    if (option == nullptr) continue;
    const Status checked = text.ok() ? option->Check(*text) : text.status();
    if (!checked.ok()) return checked.WithContext(fmt::format("{}: {}", value.origin, name));
  }
  return Status();
}

std::vector<Config::Entry> Config::Entries() const {
  std::map<std::string, Entry> by_name;
  for (const OptionBase* option : registry_->options()) {
    const std::string name(option->name());
    by_name[name] = Entry{name, GetText(name).value_or(""), "default", false, option};
  }
  for (const auto& [name, value] : values_) {
    Entry& entry = by_name[name];
    entry.name = name;
    entry.value = GetText(name).value_or("");
    entry.origin = value.origin;
    entry.is_final = value.is_final;
  }
  std::vector<Entry> entries;
  for (auto& [name, entry] : by_name) {
    if (IsSecret(name) && !entry.value.empty()) entry.value = "******";
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<std::pair<std::string, std::string>> Config::SetValues() const {
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& [name, value] : values_) values.emplace_back(name, value.raw);
  return values;
}

}  // namespace tusk

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/status.h"

namespace tusk {

/// How much a user may rely on an option.
enum class Stability : uint8_t {
  kStable,    // Hadoop's own, or promised to stay
  kEvolving,  // may change with a note in the changelog
  kInternal,  // for tests and experts
};

/// When a changed value takes effect.
enum class Reload : uint8_t { kAtStart, kLive };

/// A size in bytes as an option's type: "128m" is 134217728.
struct ByteSize {
  uint64_t bytes = 0;
  friend bool operator==(ByteSize, ByteSize) = default;
};

// Readers of option values; spaces around a value are ignored. Each error says what was expected.

/// "true" or "false", any case, as Hadoop's Configuration.getBoolean.
Status ParseOptionValue(std::string_view text, std::string_view unit, bool& value);
/// Decimal or 0x hexadecimal.
Status ParseOptionValue(std::string_view text, std::string_view unit, int64_t& value);
Status ParseOptionValue(std::string_view text, std::string_view unit, double& value);
Status ParseOptionValue(std::string_view text, std::string_view unit, std::string& value);
/// A number with a suffix k, m, g, t, p, e (powers of 1024, any case, "b" may follow) or none, as
/// Hadoop's StringUtils.TraditionalBinaryPrefix.
Status ParseOptionValue(std::string_view text, std::string_view unit, ByteSize& value);
/// A number with a suffix ns, us, ms, s, m, h, d; without one it counts in `unit` ("ms", "s", ...),
/// as Hadoop's Configuration.getTimeDuration.
Status ParseOptionValue(std::string_view text, std::string_view unit,
                        std::chrono::nanoseconds& value);
/// Comma-separated; spaces around items and empty items are dropped (getTrimmedStrings).
Status ParseOptionValue(std::string_view text, std::string_view unit,
                        std::vector<std::string>& value);

template <typename T>
constexpr std::string_view OptionTypeName() = delete;
template <>
constexpr std::string_view OptionTypeName<bool>() {
  return "true or false";
}
template <>
constexpr std::string_view OptionTypeName<int64_t>() {
  return "number";
}
template <>
constexpr std::string_view OptionTypeName<double>() {
  return "decimal number";
}
template <>
constexpr std::string_view OptionTypeName<std::string>() {
  return "text";
}
template <>
constexpr std::string_view OptionTypeName<ByteSize>() {
  return "size";
}
template <>
constexpr std::string_view OptionTypeName<std::chrono::nanoseconds>() {
  return "duration";
}
template <>
constexpr std::string_view OptionTypeName<std::vector<std::string>>() {
  return "list";
}

/// What is written down once about an option. Everything else (parsing, /conf, `tusk config show`,
/// docs/configuration.md) follows from it.
struct OptionInfo {
  /// Hadoop's property name where the meaning is the same, else "tusk.part.subject".
  std::string_view name;
  /// The default, spelled as a user would.
  std::string_view default_text = {};
  /// For people, and for durations the unit of a bare number: "ms", "s". Empty for text and bools.
  std::string_view unit = {};
  /// One sentence: what it does, and what happens at the ends of its range.
  std::string_view doc = {};
  Stability stability = Stability::kStable;
  Reload reload = Reload::kAtStart;
  /// Bounds of numbers, sizes (bytes) and durations (nanoseconds), inclusive.
  int64_t min = INT64_MIN;
  int64_t max = INT64_MAX;
  /// Older names of the same option, separated by spaces; a value under one is taken if the name
  /// itself has none.
  std::string_view deprecated_names = {};
};

/// An option whatever its type. Constants only: options live for ever.
class OptionBase {
 public:
  constexpr explicit OptionBase(const OptionInfo& info) : info_(info) {}
  OptionBase(const OptionBase&) = delete;
  OptionBase& operator=(const OptionBase&) = delete;

  constexpr const OptionInfo& info() const { return info_; }
  constexpr std::string_view name() const { return info_.name; }
  /// "number", "size", ...
  virtual std::string_view type_name() const = 0;
  /// Ok when `text` is a value of this option; else kInvalidArgument says what is expected.
  virtual Status Check(std::string_view text) const = 0;

 protected:
  constexpr ~OptionBase() = default;

 private:
  const OptionInfo info_;
};

/// An option with values of type T: bool, int64_t, double, std::string, ByteSize,
/// std::chrono::nanoseconds or std::vector<std::string>.
///
///   inline constexpr Option<ByteSize> kBlockSize{{
///       .name = "dfs.blocksize", .default_text = "128m", .unit = "bytes",
///       .doc = "Size of the blocks of new files."}};
///
/// Each part lists its options in one function, `std::span<const OptionBase* const> FooOptions()`,
/// which whoever composes a program adds to its OptionRegistry.
template <typename T>
class Option final : public OptionBase {
 public:
  constexpr explicit Option(const OptionInfo& info) : OptionBase(info) {}

  std::string_view type_name() const override { return OptionTypeName<T>(); }
  Status Check(std::string_view text) const override { return Parse(text).status(); }
  /// The value that `text` spells, within the option's bounds.
  Result<T> Parse(std::string_view text) const;
};

}  // namespace tusk

#pragma once

#include <charconv>
#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "mapreduce/api/output_format.h"
#include "mapreduce/api/value_codec.h"

namespace tusk::mapreduce {

namespace internal {

/// Prints one value as a text output does: strings as they are, numbers in their shortest exact
/// form, members of tuples and structs with tabs between them, nothing for None and an absent
/// optional.
template <typename T>
void AppendText(const T& value, OutputFileWriter& file);

template <typename... Ts>
void AppendMembers(OutputFileWriter& file, const Ts&... members) {
  bool first = true;
  ((first ? void(first = false) : file.Append("\t"), AppendText(members, file)), ...);
}

/// True for std::vector.
template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};
/// True for std::optional.
template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};
/// True for Descending.
template <typename T>
struct IsDescending : std::false_type {};
template <typename T>
struct IsDescending<Descending<T>> : std::true_type {};

template <typename T>
void AppendText(const T& value, OutputFileWriter& file) {
  constexpr size_t kNumberBytes = 40;
  if constexpr (std::is_same_v<T, None>) {
  } else if constexpr (std::is_same_v<T, bool>) {
    file.Append(value ? "true" : "false");
  } else if constexpr (std::is_enum_v<T>) {
    AppendText(static_cast<std::underlying_type_t<T>>(value), file);
  } else if constexpr (std::is_arithmetic_v<T>) {
    auto* const room = reinterpret_cast<char*>(file.Room(kNumberBytes));
    if constexpr (std::is_floating_point_v<T>) {
      file.Advance(static_cast<size_t>(std::to_chars(room, room + kNumberBytes, value).ptr - room));
    } else {
      using Wide = std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>;
      const auto wide = static_cast<Wide>(value);
      file.Advance(static_cast<size_t>(std::to_chars(room, room + kNumberBytes, wide).ptr - room));
    }
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    file.Append(std::string_view(value));
  } else if constexpr (IsDescending<T>::value) {
    AppendText(value.value, file);
  } else if constexpr (IsOptional<T>::value) {
    if (value) AppendText(*value, file);
  } else if constexpr (IsVector<T>::value) {
    bool first = true;
    for (const auto& item : value) {
      if (!first) file.Append(",");
      first = false;
      AppendText(item, file);
    }
  } else if constexpr (HasFields<T>::value) {
    FieldAccess::Apply(value, [&file](const auto&... members) { AppendMembers(file, members...); });
  } else {
    TupleAccess::Apply(value, [&file](const auto&... members) { AppendMembers(file, members...); });
  }
}

/// Writes "key TAB value" lines.
template <typename K, typename V>
class TextWriter final : public RecordWriter<K, V> {
 public:
  explicit TextWriter(OutputFileWriter& file) : file_(file) {}

  void Write(KeyView<K> key, ValueView<V> value) override {
    AppendText(key, file_);
    if constexpr (!std::is_same_v<V, None>) {
      file_.Append("\t");
      AppendText(value, file_);
    }
    file_.Append("\n");
    file_.CountRecord();
  }
  Status Close() override { return file_.status(); }

 private:
  OutputFileWriter& file_;
};

}  // namespace internal

/// Lines of key, tab, value (Hadoop's TextOutputFormat); the key alone when the value is None.
class TextOutput {
 public:
  template <typename K, typename V>
  static std::unique_ptr<RecordWriter<K, V>> MakeWriter(OutputFileWriter& file) {
    return std::make_unique<internal::TextWriter<K, V>>(file);
  }
};

}  // namespace tusk::mapreduce

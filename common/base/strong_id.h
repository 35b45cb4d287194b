#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <utility>

#include <fmt/format.h>

namespace tusk {

/// A number (or string) that cannot be mistaken for another kind of number.
///
///   struct BlockIdTag;
///   using BlockId = StrongId<BlockIdTag, int64_t>;
///
/// Ordered, hashable, formattable; no arithmetic. Default-constructed it holds T{}.
template <typename Tag, typename T>
class StrongId {
 public:
  using value_type = T;

  constexpr StrongId() = default;
  constexpr explicit StrongId(T value) : value_(std::move(value)) {}

  constexpr const T& value() const { return value_; }

  friend constexpr auto operator<=>(const StrongId&, const StrongId&) = default;
  friend constexpr bool operator==(const StrongId&, const StrongId&) = default;

 private:
  T value_{};
};

}  // namespace tusk

template <typename Tag, typename T>
struct std::hash<tusk::StrongId<Tag, T>> {
  size_t operator()(const tusk::StrongId<Tag, T>& id) const noexcept {
    return std::hash<T>()(id.value());
  }
};

template <typename Tag, typename T>
struct fmt::formatter<tusk::StrongId<Tag, T>> : fmt::formatter<T> {
  template <typename Context>
  auto format(const tusk::StrongId<Tag, T>& id, Context& context) const {
    return fmt::formatter<T>::format(id.value(), context);
  }
};

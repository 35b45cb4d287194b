#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "common/base/byte_span.h"

namespace tusk::mapreduce {

/// Order-preserving encodings of keys: bytes compare (unsigned, a prefix first) as the values do,
/// so the engine sorts every type with memcmp. Layouts are written down in
/// docs/formats/key_encoding.md and never change.
///
/// There are codecs for bool, integers, enums, float and double (NaN behind +infinity, -0 equal to
/// 0), std::string, std::optional (nothing first), std::pair, std::tuple, Descending<T>, and for
/// any struct with
///
///   static constexpr auto kFields = std::tuple(&Visit::user, &Visit::time);
///
/// A codec has
///   View                                    what Emit takes and Reduce is given; cheap to pass
///   size_t Bound(View)                      most bytes that Put writes
///   uint8_t* Put(uint8_t*, View, bool last) writes, returns the end
///   const uint8_t* Get(const uint8_t*, const uint8_t* end, bool last, T*)   null when the bytes
///   are wrong
/// `last`: nothing follows the value in the key, so it needs no terminator.
template <typename T, typename = void>
struct KeyCodec {
  static_assert(!std::is_same_v<T, std::string_view>,
                "declare the key as std::string: it is passed as a view");
  static_assert(sizeof(T) == 0,
                "no KeyCodec for this type: give it `static constexpr auto kFields`");
};

/// Sorts greater values first.
template <typename T>
struct Descending {
  T value{};
  friend bool operator==(const Descending&, const Descending&) = default;
  friend auto operator<=>(const Descending& a, const Descending& b) { return b.value <=> a.value; }
};

namespace internal {

template <typename U>
uint8_t* PutBigEndian(uint8_t* out, U value) {
  for (size_t i = 0; i < sizeof(U); ++i)
    out[i] = static_cast<uint8_t>(value >> (8 * (sizeof(U) - 1 - i)));
  return out + sizeof(U);
}

template <typename U>
const uint8_t* GetBigEndian(const uint8_t* in, const uint8_t* end, U* value) {
  if (static_cast<size_t>(end - in) < sizeof(U)) return nullptr;
  U result = 0;
  for (size_t i = 0; i < sizeof(U); ++i) result = static_cast<U>((uint64_t{result} << 8) | in[i]);
  *value = result;
  return in + sizeof(U);
}

/// True for structs that declare kFields.
template <typename T, typename = void>
struct HasFields : std::false_type {};
template <typename T>
struct HasFields<T, std::void_t<decltype(T::kFields)>> : std::true_type {};

/// Integers without bool.
template <typename T>
inline constexpr bool kIsInteger = std::is_integral_v<T> && !std::is_same_v<T, bool>;

}  // namespace internal

template <>
struct KeyCodec<bool> {
  using View = bool;
  static size_t Bound(bool) { return 1; }
  static uint8_t* Put(uint8_t* out, bool value, bool) {
    *out = value ? 1 : 0;
    return out + 1;
  }
  static const uint8_t* Get(const uint8_t* in, const uint8_t* end, bool, bool* value) {
    if (in == end || *in > 1) return nullptr;
    *value = *in == 1;
    return in + 1;
  }
};

/// Big-endian; the sign bit of signed numbers is flipped.
template <typename T>
struct KeyCodec<T, std::enable_if_t<internal::kIsInteger<T>>> {
  using View = T;
  using Bits = std::make_unsigned_t<T>;
  static constexpr Bits kFlip =
      std::is_signed_v<T> ? static_cast<Bits>(Bits{1} << (8 * sizeof(T) - 1)) : 0;
  static size_t Bound(T) { return sizeof(T); }
  static uint8_t* Put(uint8_t* out, T value, bool) {
    return internal::PutBigEndian<Bits>(out, static_cast<Bits>(static_cast<Bits>(value) ^ kFlip));
  }
  static const uint8_t* Get(const uint8_t* in, const uint8_t* end, bool, T* value) {
    Bits bits;
    in = internal::GetBigEndian<Bits>(in, end, &bits);
    if (in != nullptr) *value = static_cast<T>(static_cast<Bits>(bits ^ kFlip));
    return in;
  }
};

template <typename T>
struct KeyCodec<T, std::enable_if_t<std::is_enum_v<T>>> {
  using View = T;
  using Number = KeyCodec<std::underlying_type_t<T>>;
  static size_t Bound(T) { return sizeof(T); }
  static uint8_t* Put(uint8_t* out, T value, bool last) {
    return Number::Put(out, static_cast<std::underlying_type_t<T>>(value), last);
  }
  static const uint8_t* Get(const uint8_t* in, const uint8_t* end, bool last, T* value) {
    std::underlying_type_t<T> number;
    in = Number::Get(in, end, last, &number);
    if (in != nullptr) *value = static_cast<T>(number);
    return in;
  }
};

/// IEEE 754 bits, big-endian: negative numbers inverted, others with the sign bit set. One NaN, one
/// zero.
template <typename T>
struct KeyCodec<T, std::enable_if_t<std::is_floating_point_v<T>>> {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8);
  using View = T;
  using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  static constexpr Bits kSign = Bits{1} << (8 * sizeof(T) - 1);
  static size_t Bound(T) { return sizeof(T); }
  static uint8_t* Put(uint8_t* out, T value, bool) {
    if (value == 0) value = 0;
    if (value != value) value = std::numeric_limits<T>::quiet_NaN();
    const auto bits = std::bit_cast<Bits>(value);
    return internal::PutBigEndian<Bits>(out, (bits & kSign) != 0 ? ~bits : bits | kSign);
  }
  static const uint8_t* Get(const uint8_t* in, const uint8_t* end, bool, T* value) {
    Bits bits;
    in = internal::GetBigEndian<Bits>(in, end, &bits);
    if (in != nullptr) *value = std::bit_cast<T>((bits & kSign) != 0 ? bits ^ kSign : ~bits);
    return in;
  }
};

/// The bytes themselves; when something follows, 00 is written 00 FF and 00 01 ends the string.
template <>
struct KeyCodec<std::string> {
  using View = std::string_view;
  static size_t Bound(View value) { return 2 * value.size() + 2; }
  static uint8_t* Put(uint8_t* out, View value, bool last) {
    if (last) {
      if (!value.empty()) std::memcpy(out, value.data(), value.size());
      return out + value.size();
    }
    for (const char c : value) {
      *out++ = static_cast<uint8_t>(c);
      if (c == 0) *out++ = 0xff;
    }
    *out++ = 0;
    *out++ = 1;
    return out;
  }
  static const uint8_t* Get(const uint8_t* in, const uint8_t* end, bool last, std::string* value) {
    value->clear();
    if (last) {
      value->assign(reinterpret_cast<const char*>(in), static_cast<size_t>(end - in));
      return end;
    }
    while (in != end) {
      const uint8_t byte = *in++;
      if (byte == 0) {
        if (in == end) return nullptr;
        const uint8_t mark = *in++;
        if (mark == 1) return in;
        if (mark != 0xff) return nullptr;
      }
      value->push_back(static_cast<char>(byte));
    }
    return nullptr;
  }
};

/// 00 for nothing, 01 and the value.
template <typename T>
struct KeyCodec<std::optional<T>> {
  using View = const std::optional<T>&;
  static size_t Bound(View value) { return 1 + (value ? KeyCodec<T>::Bound(*value) : 0); }
  static uint8_t* Put(uint8_t* out, View value, bool last) {
    *out++ = value ? 1 : 0;
    return value ? KeyCodec<T>::Put(out, *value, last) : out;
  }
  static const uint8_t* Get(const uint8_t* in, const uint8_t* end, bool last,
                            std::optional<T>* value) {
    if (in == end || *in > 1) return nullptr;
    value->reset();
    if (*in++ == 0) return in;
    return KeyCodec<T>::Get(in, end, last, &value->emplace());
  }
};

/// The value as if something followed, all bits inverted.
template <typename T>
struct KeyCodec<Descending<T>> {
  using View = const Descending<T>&;
  static size_t Bound(View value) { return KeyCodec<T>::Bound(value.value); }
  static uint8_t* Put(uint8_t* out, View value, bool) {
    uint8_t* const end = KeyCodec<T>::Put(out, value.value, false);
    for (uint8_t* p = out; p != end; ++p) *p = static_cast<uint8_t>(~*p);
    return end;
  }
  static const uint8_t* Get(const uint8_t* in, const uint8_t* end, bool, Descending<T>* value) {
    std::string plain(reinterpret_cast<const char*>(in), static_cast<size_t>(end - in));
    for (char& c : plain) c = static_cast<char>(~c);
    const auto* const begin = reinterpret_cast<const uint8_t*>(plain.data());
    const uint8_t* const stop = KeyCodec<T>::Get(begin, begin + plain.size(), false, &value->value);
    return stop == nullptr ? nullptr : in + (stop - begin);
  }
};

namespace internal {

/// Members one after the other, through `codec_of<M>`; shared by tuples, pairs and structs, keys
/// and values.
template <template <typename...> typename Codec, typename... Members>
size_t BoundOfMembers(const Members&... members) {
  return (size_t{0} + ... + Codec<Members>::Bound(members));
}

template <template <typename...> typename Codec, typename... Members>
uint8_t* PutMembers(uint8_t* out, bool last, const Members&... members) {
  size_t left = sizeof...(Members);
  ((--left, out = Codec<Members>::Put(out, members, last && left == 0)), ...);
  return out;
}

template <template <typename...> typename Codec, typename... Members>
const uint8_t* GetMembers(const uint8_t* in, const uint8_t* end, bool last, Members*... members) {
  size_t left = sizeof...(Members);
  ((--left,
    in = in == nullptr ? nullptr : Codec<Members>::Get(in, end, last && left == 0, members)),
   ...);
  return in;
}

/// A codec for everything that `Access::Apply(object, f)` can open into its members.
template <template <typename...> typename Codec, typename T, typename Access>
struct MembersCodec {
  using View = const T&;
  static size_t Bound(View value) {
    return Access::Apply(value, [](const auto&... m) { return BoundOfMembers<Codec>(m...); });
  }
  static uint8_t* Put(uint8_t* out, View value, bool last) {
    return Access::Apply(value,
                         [&](const auto&... m) { return PutMembers<Codec>(out, last, m...); });
  }
  static const uint8_t* Get(const uint8_t* in, const uint8_t* end, bool last, T* value) {
    return Access::Apply(*value,
                         [&](auto&... m) { return GetMembers<Codec>(in, end, last, &m...); });
  }
};

/// Hands the elements of a tuple or pair to a function.
struct TupleAccess {
  template <typename T, typename F>
  static auto Apply(T& value, F f) {
    return std::apply(f, value);
  }
};

/// Hands the declared fields of a struct to a function.
struct FieldAccess {
  template <typename T, typename F>
  static auto Apply(T& value, F f) {
    return std::apply([&](auto... fields) { return f(value.*fields...); },
                      std::remove_const_t<T>::kFields);
  }
};

}  // namespace internal

template <typename... Ts>
struct KeyCodec<std::tuple<Ts...>>
    : internal::MembersCodec<KeyCodec, std::tuple<Ts...>, internal::TupleAccess> {};
template <typename A, typename B>
struct KeyCodec<std::pair<A, B>>
    : internal::MembersCodec<KeyCodec, std::pair<A, B>, internal::TupleAccess> {};
template <typename T>
struct KeyCodec<T, std::enable_if_t<internal::HasFields<T>::value>>
    : internal::MembersCodec<KeyCodec, T, internal::FieldAccess> {};

/// What a key of type T is passed as.
template <typename T>
using KeyView = typename KeyCodec<T>::View;

/// Holds a decoded whole key or value. A std::string is a view of the bytes given to `Decode`.
template <typename T, template <typename...> typename Codec>
class Decoded {
 public:
  /// False when the bytes are not an encoding of a T.
  bool Decode(ByteView bytes) {
    const uint8_t* const end = bytes.data() + bytes.size();
    return Codec<T>::Get(bytes.data(), end, true, &value_) == end;
  }
  typename Codec<T>::View view() const { return value_; }

 private:
  T value_{};
};

template <template <typename...> typename Codec>
class Decoded<std::string, Codec> {
 public:
  bool Decode(ByteView bytes) {
    view_ = AsText(bytes);
    return true;
  }
  std::string_view view() const { return view_; }

 private:
  std::string_view view_;
};

}  // namespace tusk::mapreduce

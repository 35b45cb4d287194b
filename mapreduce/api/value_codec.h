#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "mapreduce/api/key_codec.h"
#include "mapreduce/sort/record_varint.h"

namespace tusk::mapreduce {

/// Compact encodings of values, which are never compared. The same types and the same interface as
/// KeyCodec, and std::vector and `None`. Integers are varints (signed ones zigzag), floats their
/// eight or four bytes, strings the bytes with their length in front unless they are last.
template <typename T, typename = void>
struct ValueCodec {
  static_assert(!std::is_same_v<T, std::string_view>,
                "declare the value as std::string: it is passed as a view");
  static_assert(sizeof(T) == 0,
                "no ValueCodec for this type: give it `static constexpr auto kFields`");
};

/// No value (Hadoop's NullWritable). Written by no output.
struct None {
  friend bool operator==(None, None) { return true; }
};

template <>
struct ValueCodec<None> {
  using View = None;
  static size_t Bound(None) { return 0; }
  static uint8_t* Put(uint8_t* out, None, bool) { return out; }
  static const uint8_t* Get(const uint8_t* in, const uint8_t*, bool, None*) { return in; }
};

template <>
struct ValueCodec<bool> : KeyCodec<bool> {};

template <typename T>
struct ValueCodec<T, std::enable_if_t<internal::kIsInteger<T>>> {
  using View = T;
  static size_t Bound(T) { return kMaxVarintBytes; }
  static uint8_t* Put(uint8_t* out, T value, bool) {
    if constexpr (std::is_signed_v<T>) {
      return PutVarint(out, ZigZag(value));
    } else {
      return PutVarint(out, value);
    }
  }
  static const uint8_t* Get(const uint8_t* in, const uint8_t* end, bool, T* value) {
    uint64_t bits;
    in = GetVarint(in, end, &bits);
    if (in == nullptr) return nullptr;
    if constexpr (std::is_signed_v<T>) {
      const int64_t wide = UnZigZag(bits);
      *value = static_cast<T>(wide);
      return *value == wide ? in : nullptr;
    } else {
      *value = static_cast<T>(bits);
      return *value == bits ? in : nullptr;
    }
  }
};

template <typename T>
struct ValueCodec<T, std::enable_if_t<std::is_enum_v<T>>> : KeyCodec<T> {};

template <typename T>
struct ValueCodec<T, std::enable_if_t<std::is_floating_point_v<T>>> {
  using View = T;
  static size_t Bound(T) { return sizeof(T); }
  static uint8_t* Put(uint8_t* out, T value, bool) {
    std::memcpy(out, &value, sizeof(T));
    return out + sizeof(T);
  }
  static const uint8_t* Get(const uint8_t* in, const uint8_t* end, bool, T* value) {
    if (static_cast<size_t>(end - in) < sizeof(T)) return nullptr;
    std::memcpy(value, in, sizeof(T));
    return in + sizeof(T);
  }
};

template <>
struct ValueCodec<std::string> {
  using View = std::string_view;
  static size_t Bound(View value) { return value.size() + kMaxVarintBytes; }
  static uint8_t* Put(uint8_t* out, View value, bool last) {
    if (!last) out = PutVarint(out, value.size());
    if (!value.empty()) std::memcpy(out, value.data(), value.size());
    return out + value.size();
  }
  static const uint8_t* Get(const uint8_t* in, const uint8_t* end, bool last, std::string* value) {
    uint64_t size = static_cast<uint64_t>(end - in);
    if (!last) {
      in = GetVarint(in, end, &size);
      if (in == nullptr || size > static_cast<uint64_t>(end - in)) return nullptr;
    }
    value->assign(reinterpret_cast<const char*>(in), static_cast<size_t>(size));
    return in + size;
  }
};

template <typename T>
struct ValueCodec<std::optional<T>> {
  using View = const std::optional<T>&;
  static size_t Bound(View value) { return 1 + (value ? ValueCodec<T>::Bound(*value) : 0); }
  static uint8_t* Put(uint8_t* out, View value, bool last) {
    *out++ = value ? 1 : 0;
    return value ? ValueCodec<T>::Put(out, *value, last) : out;
  }
  static const uint8_t* Get(const uint8_t* in, const uint8_t* end, bool last,
                            std::optional<T>* value) {
    if (in == end || *in > 1) return nullptr;
    value->reset();
    if (*in++ == 0) return in;
    return ValueCodec<T>::Get(in, end, last, &value->emplace());
  }
};

template <typename T>
struct ValueCodec<std::vector<T>> {
  using View = const std::vector<T>&;
  static size_t Bound(View value) {
    size_t sum = kMaxVarintBytes;
    for (const T& item : value) sum += ValueCodec<T>::Bound(item);
    return sum;
  }
  static uint8_t* Put(uint8_t* out, View value, bool) {
    out = PutVarint(out, value.size());
    for (const T& item : value) out = ValueCodec<T>::Put(out, item, false);
    return out;
  }
  static const uint8_t* Get(const uint8_t* in, const uint8_t* end, bool, std::vector<T>* value) {
    uint64_t count;
    in = GetVarint(in, end, &count);
    value->clear();
    // An item takes at least a byte, None apart: what claims more than is there is wrong.
    if (in == nullptr || count > static_cast<uint64_t>(end - in)) return nullptr;
    for (uint64_t i = 0; i < count; ++i) {
      T item{};
      in = ValueCodec<T>::Get(in, end, false, &item);
      if (in == nullptr) return nullptr;
      value->push_back(std::move(item));
    }
    return in;
  }
};

template <typename... Ts>
struct ValueCodec<std::tuple<Ts...>>
    : internal::MembersCodec<ValueCodec, std::tuple<Ts...>, internal::TupleAccess> {};
template <typename A, typename B>
struct ValueCodec<std::pair<A, B>>
    : internal::MembersCodec<ValueCodec, std::pair<A, B>, internal::TupleAccess> {};
template <typename T>
struct ValueCodec<T, std::enable_if_t<internal::HasFields<T>::value>>
    : internal::MembersCodec<ValueCodec, T, internal::FieldAccess> {};

template <typename T>
using ValueView = typename ValueCodec<T>::View;

}  // namespace tusk::mapreduce

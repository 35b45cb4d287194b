#pragma once

#include <cstdint>
#include <stdexcept>
#include <type_traits>

#include "mapreduce/api/mapper.h"
#include "mapreduce/sort/fold.h"

namespace tusk::mapreduce {

/// The values of one key, to walk through once:  for (int64_t n : values) sum += n;
template <typename V>
class Values {
 public:
  explicit Values(GroupedRecords& group) : group_(group) {}

  /// Moves to the next value; false after the last. Throws std::runtime_error for bytes that are no
  /// V.
  bool Next() {
    if (!group_.NextValue()) return false;
    if (!value_.Decode(group_.value())) throw std::runtime_error("a value does not decode");
    return true;
  }
  ValueView<V> value() const { return value_.view(); }

  /// The end of a range-for loop.
  struct End {};
  /// Reads the values once, front to back.
  class Iterator {
   public:
    explicit Iterator(Values* values) : values_(values) { ++*this; }
    ValueView<V> operator*() const { return values_->value(); }
    Iterator& operator++() {
      done_ = !values_->Next();
      return *this;
    }
    bool operator!=(End) const { return !done_; }

   private:
    Values* values_;
    bool done_ = false;
  };
  Iterator begin() { return Iterator(this); }
  End end() const { return {}; }

 private:
  GroupedRecords& group_;
  Decoded<V, ValueCodec> value_;
};

/// A function from one key and all its values to any number of output records: override `Reduce`.
///
/// Keys come in their order, each once for a reduce task; values in an order that is the same in
/// each attempt. Views are valid during the call (a value's until the next one). A reducer whose
/// output has the types of its input can be a combiner as well. Life and errors as of Mapper.
template <typename KIn, typename VIn, typename KOut = KIn, typename VOut = VIn>
class Reducer : public internal::UserStep {
 public:
  using KeyIn = KIn;
  using ValueIn = VIn;
  using KeyOut = KOut;
  using ValueOut = VOut;
  using Key = KeyView<KIn>;
  using Values = mapreduce::Values<VIn>;
  using Output = mapreduce::Output<KOut, VOut>;

  virtual void Setup() {}
  virtual void Reduce(Key key, Values& values, Output& out) = 0;
  virtual void Cleanup(Output&) {}
};

/// Ready-made steps that do not care about the key's type: `Reduce<Sum<int64_t>>()`.
///
/// Sum, Min and Max of int64_t and double fold inside the map's table when used as combiners: the
/// fastest way to combine.
template <typename V>
struct Sum {
  static constexpr FoldKind kFold = std::is_same_v<V, int64_t>  ? FoldKind::kSumInt64
                                    : std::is_same_v<V, double> ? FoldKind::kSumDouble
                                                                : FoldKind::kNone;
  static V Apply(V a, V b) { return a + b; }
};
/// The least value of a key.
template <typename V>
struct Min {
  static constexpr FoldKind kFold = std::is_same_v<V, int64_t>  ? FoldKind::kMinInt64
                                    : std::is_same_v<V, double> ? FoldKind::kMinDouble
                                                                : FoldKind::kNone;
  static V Apply(V a, V b) { return b < a ? b : a; }
};
/// The greatest value of a key.
template <typename V>
struct Max {
  static constexpr FoldKind kFold = std::is_same_v<V, int64_t>  ? FoldKind::kMaxInt64
                                    : std::is_same_v<V, double> ? FoldKind::kMaxDouble
                                                                : FoldKind::kNone;
  static V Apply(V a, V b) { return a < b ? b : a; }
};
/// How many values a key has. A reducer only: counts of counts are no counts.
struct Count {};
/// Every record as it came.
struct Identity {};

namespace internal {

/// Folds the values of a key into one.
template <typename Fold, typename K, typename V>
class FoldReducer final : public Reducer<K, V> {
 public:
  using Base = Reducer<K, V>;
  void Reduce(typename Base::Key key, typename Base::Values& values,
              typename Base::Output& out) override {
    if (!values.Next()) return;
    V sum = values.value();
    while (values.Next()) sum = Fold::Apply(sum, values.value());
    out.Emit(key, sum);
  }
};

/// Counts the values of a key.
template <typename K, typename V>
class CountReducer final : public Reducer<K, V, K, int64_t> {
 public:
  using Base = Reducer<K, V, K, int64_t>;
  void Reduce(typename Base::Key key, typename Base::Values& values,
              typename Base::Output& out) override {
    int64_t count = 0;
    while (values.Next()) ++count;
    out.Emit(key, count);
  }
};

/// Passes every pair on.
template <typename K, typename V>
class IdentityReducer final : public Reducer<K, V> {
 public:
  using Base = Reducer<K, V>;
  void Reduce(typename Base::Key key, typename Base::Values& values,
              typename Base::Output& out) override {
    while (values.Next()) out.Emit(key, values.value());
  }
};

/// The kind of fold of a reducer, or none.
template <typename R, typename = void>
struct FoldOf {
  static constexpr FoldKind kKind = FoldKind::kNone;
  static constexpr bool kIsFold = false;
};
template <typename R>
struct FoldOf<R, std::void_t<decltype(R::kFold)>> {
  static constexpr FoldKind kKind = R::kFold;
  static constexpr bool kIsFold = true;
};

/// The reducer class behind what the user named, for keys K and values V.
template <typename R, typename K, typename V>
auto ReducerType() {
  if constexpr (FoldOf<R>::kIsFold) {
    return std::type_identity<FoldReducer<R, K, V>>{};
  } else if constexpr (std::is_same_v<R, Count>) {
    return std::type_identity<CountReducer<K, V>>{};
  } else if constexpr (std::is_same_v<R, Identity>) {
    return std::type_identity<IdentityReducer<K, V>>{};
  } else {
    return std::type_identity<R>{};
  }
}
template <typename R, typename K, typename V>
using ReducerFor = typename decltype(ReducerType<R, K, V>())::type;

}  // namespace internal
}  // namespace tusk::mapreduce

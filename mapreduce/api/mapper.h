#pragma once

#include <type_traits>

#include "mapreduce/api/output.h"
#include "mapreduce/api/task_context.h"

namespace tusk::mapreduce {

namespace internal {

/// What mappers and reducers share.
class UserStep {
 public:
  virtual ~UserStep() = default;
  /// Parameters, counters, ids. Valid from Setup to Cleanup.
  TaskContext& context() const { return *context_; }
  void Attach(TaskContext* context) { context_ = context; }

 private:
  TaskContext* context_ = nullptr;
};

}  // namespace internal

/// A function from one input record to any number of output records: override `Map`.
///
///   Mapper<In, KeyOut, ValueOut>           void Map(In value, Output& out)
///   Mapper<KeyIn, In, KeyOut, ValueOut>    void Map(KeyIn key, In value, Output& out)
///
/// In and KeyIn are what the input format hands out (for TextInput: std::string_view and uint64_t,
/// the byte where the line starts), valid during the call. A task makes one mapper by its default
/// constructor, calls `Setup`, `Map` for each record, `Cleanup`, all in one thread. An exception
/// fails the attempt with its text and the place in the input.
template <typename... Types>
class Mapper;

template <typename In, typename K, typename V>
class Mapper<In, K, V> : public internal::UserStep {
 public:
  using Output = mapreduce::Output<K, V>;
  using MapperIn = In;
  static constexpr bool kTakesKey = false;

  virtual void Setup() {}
  virtual void Map(In value, Output& out) = 0;
  virtual void Cleanup(Output&) {}
};

template <typename KIn, typename In, typename K, typename V>
class Mapper<KIn, In, K, V> : public internal::UserStep {
 public:
  using Output = mapreduce::Output<K, V>;
  using MapperKeyIn = KIn;
  using MapperIn = In;
  static constexpr bool kTakesKey = true;

  virtual void Setup() {}
  virtual void Map(KIn key, In value, Output& out) = 0;
  virtual void Cleanup(Output&) {}
};

namespace internal {

template <typename F>
struct MapFunction;
template <typename C, typename In, typename K, typename V>
struct MapFunction<void (C::*)(In, Output<K, V>&) const> {
  using Base = Mapper<In, K, V>;
};
template <typename C, typename KIn, typename In, typename K, typename V>
struct MapFunction<void (C::*)(KIn, In, Output<K, V>&) const> {
  using Base = Mapper<KIn, In, K, V>;
};

}  // namespace internal

namespace internal {

template <typename F, typename Base>
class FunctionMapperOf;
template <typename F, typename In, typename K, typename V>
class FunctionMapperOf<F, Mapper<In, K, V>> : public Mapper<In, K, V> {
 public:
  void Map(In value, mapreduce::Output<K, V>& out) override { F{}(value, out); }
};
template <typename F, typename KIn, typename In, typename K, typename V>
class FunctionMapperOf<F, Mapper<KIn, In, K, V>> : public Mapper<KIn, In, K, V> {
 public:
  void Map(KIn key, In value, mapreduce::Output<K, V>& out) override { F{}(key, value, out); }
};

}  // namespace internal

/// A mapper made of a lambda without captures: `[](std::string_view line, Output<std::string,
/// int64_t>& out)`.
template <typename F>
class FunctionMapper final
    : public internal::FunctionMapperOf<
          F, typename internal::MapFunction<decltype(&F::operator())>::Base> {
  static_assert(std::is_empty_v<F>,
                "a lambda that captures cannot travel to a task: pass its values as job parameters "
                "(Job::Set)");
};

}  // namespace tusk::mapreduce

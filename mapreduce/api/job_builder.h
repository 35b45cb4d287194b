#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "mapreduce/api/input_format.h"
#include "mapreduce/api/job_registry.h"
#include "mapreduce/api/typed_step.h"
#include "mapreduce/model/job_spec.h"

namespace tusk::mapreduce {

template <typename Types>
class TypedJob;

/// The description of a job, built in one expression and handed to `Program::Run` or a JobRunner:
///
///   Job("word count").Read<TextInput>(inputs).Map<SplitWords>().Combine<Sum<int64_t>>()
///                    .Reduce<Sum<int64_t>>().Write<TextOutput>(output)
///
/// Every step checks at compile time that its types fit those of the steps before. Describing a job
/// runs nothing and cannot fail: what is wrong with the values is told by whoever runs it. A plain
/// value.
class Job {
 public:
  explicit Job(std::string name) { spec_.name = std::move(name); }

  /// What to read. The arguments are the input format's own: paths for files, bounds for
  /// RangeInput.
  template <typename Input, typename... Args>
  auto Read(Args&&... args) &&;

  /// A parameter for the tasks (`context().Parameter(name)`): anything that fmt can print.
  template <typename T>
  Job& Set(std::string name, const T& value) {
    spec_.parameters[std::move(name)] = fmt::format("{}", value);
    return *this;
  }

  /// What the program has said itself: configuration does not override it.
  struct Said {
    bool reduces = false;
    bool sort_buffer = false;
    bool priority = false;
    bool compression = false;
  };
  const Said& said() const { return said_; }
  const JobSpec& spec() const { return spec_; }
  JobSpec& spec() { return spec_; }

  /// Cuts the input: `spec().splits`. Called by runners, in the driver.
  Status MakeSplits(dfs::FileSystem& files, const SplitOptions& options);

 protected:
  JobSpec spec_;
  SplitFunction splits_;
  Said said_;
};

namespace internal {

/// The types that a job has so far.
template <typename Input, typename MapK, typename MapV, typename OutK, typename OutV>
struct JobTypes {
  using InputFormat = Input;
  using MapKey = MapK;
  using MapValue = MapV;
  using OutKey = OutK;
  using OutValue = OutV;
};

}  // namespace internal

/// A job with the types of its steps: what the calls after `Read` work on. Converts to Job by
/// slicing, which loses nothing.
template <typename Types>
class TypedJob : public Job {
 public:
  using Input = typename Types::InputFormat;
  using K = typename Types::MapKey;
  using V = typename Types::MapValue;

  explicit TypedJob(Job job) : Job(std::move(job)) {}

  /// A mapper class.
  template <typename M>
  auto Map() && {
    static_assert(std::is_void_v<K>, "a job has one Map");
    CheckMapper<M>();
    using MapK = typename M::Output::Key;
    using MapV = typename M::Output::Value;
    spec_.map_step = internal::StepName<MapStep, internal::TypedMapStep<Input, M>>();
    spec_.mapper_display = internal::DisplayName(typeid(M));
    return TypedJob<internal::JobTypes<Input, MapK, MapV, MapK, MapV>>(std::move(*this));
  }
  /// A lambda without captures.
  template <typename F>
  auto Map(F) && {
    return std::move(*this).template Map<FunctionMapper<F>>();
  }

  /// Shrinks map output before it travels. Must not change the result.
  template <typename C>
  TypedJob&& Combine() && {
    static_assert(!std::is_void_v<K>, "Combine comes after Map");
    static_assert(!std::is_same_v<C, Count>,
                  "Count cannot combine: counts of counts are no counts");
    using Reducer = internal::ReducerFor<C, K, V>;
    static_assert(
        std::is_same_v<typename Reducer::KeyIn, K> && std::is_same_v<typename Reducer::ValueIn, V>,
        "the combiner's input types must be the mapper's output types");
    using Step = internal::TypedCombineStep<Reducer, internal::FoldOf<C>::kKind>;
    spec_.combine_step = internal::StepName<CombineStep, Step>();
    spec_.combiner_display = internal::DisplayName(typeid(C));
    return std::move(*this);
  }

  template <typename P>
  TypedJob&& Partition() && {
    static_assert(std::is_same_v<typename P::Key, K>,
                  "the partitioner's key must be the mapper's output key");
    spec_.partition_step = internal::StepName<PartitionStep, internal::TypedPartitionStep<P>>();
    return std::move(*this);
  }

  template <typename R>
  auto Reduce() && {
    static_assert(!std::is_void_v<K>, "Reduce comes after Map");
    using Reducer = internal::ReducerFor<R, K, V>;
    static_assert(
        std::is_same_v<typename Reducer::KeyIn, K> && std::is_same_v<typename Reducer::ValueIn, V>,
        "the reducer's input types must be the mapper's output types");
    spec_.reduce_step = internal::StepName<ReduceStep, internal::TypedReduceStep<Reducer>>();
    spec_.reducer_display = internal::DisplayName(typeid(R));
    return TypedJob<
        internal::JobTypes<Input, K, V, typename Reducer::KeyOut, typename Reducer::ValueOut>>(
        std::move(*this));
  }

  /// Where and how the result is written: a directory that must not exist.
  template <typename O>
  TypedJob&& Write(std::string path) && {
    static_assert(!std::is_void_v<K>, "Write comes after Map");
    using Step = internal::TypedOutputStep<O, typename Types::OutKey, typename Types::OutValue>;
    spec_.output_step = internal::StepName<OutputStep, Step>();
    spec_.output_display = internal::DisplayName(typeid(O));
    spec_.output_path = std::move(path);
    if (spec_.reduce_step.empty()) spec_.reduces = 0;
    return std::move(*this);
  }

  /// Reduce tasks; 1 when not said.
  TypedJob&& NumReduces(uint32_t reduces) && {
    spec_.reduces = reduces;
    said_.reduces = true;
    return std::move(*this);
  }
  /// Bytes of memory for sorting in each task.
  TypedJob&& SortBuffer(uint64_t bytes) && {
    spec_.sort_buffer_bytes = bytes;
    said_.sort_buffer = true;
    return std::move(*this);
  }
  TypedJob&& Priority(JobPriority priority) && {
    spec_.priority = priority;
    said_.priority = true;
    return std::move(*this);
  }
  TypedJob&& CompressMapOutput(MapOutputCompression compression) && {
    spec_.compression = compression;
    said_.compression = true;
    return std::move(*this);
  }
  /// The reduces are given their records partitioned, but neither sorted nor grouped.
  TypedJob&& Unsorted() && {
    spec_.shuffle = ShuffleMode::kUnsorted;
    return std::move(*this);
  }
  template <typename T>
  TypedJob&& Set(std::string name, const T& value) && {
    Job::Set(std::move(name), value);
    return std::move(*this);
  }

 private:
  template <typename M>
  static void CheckMapper() {
    static_assert(std::is_convertible_v<typename Input::Value, typename M::MapperIn>,
                  "the mapper does not take what the input format hands out");
    if constexpr (M::kTakesKey) {
      static_assert(std::is_convertible_v<typename Input::Key, typename M::MapperKeyIn>,
                    "the mapper does not take the keys that the input format hands out");
    }
  }
};

template <typename Input, typename... Args>
auto Job::Read(Args&&... args) && {
  if constexpr (requires { Input::SplitsOf(args...); }) {
    splits_ = Input::SplitsOf(args...);
  } else {
    splits_ = &Input::Splits;
  }
  Input::Configure(&spec_, std::forward<Args>(args)...);
  spec_.input_display = internal::DisplayName(typeid(Input));
  return TypedJob<internal::JobTypes<Input, void, void, void, void>>(std::move(*this));
}

}  // namespace tusk::mapreduce

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>

#include "common/base/result.h"
#include "mapreduce/api/step.h"

namespace tusk::mapreduce {

/// The types of this job binary by name. Driver and task are the same executable: mentioning a type
/// in a `Job` registers its factory before `main`, under the compiler's own name of the type, and
/// the task process finds it again. Filled only before `main`; read by any thread.
///
/// Two different types with one name (classes of unnamed namespaces in two files) stop the program
/// at start, with the name: silently running the wrong one would be worse.
class JobRegistry {
 public:
  /// kNotFound: "this binary has no map step NAME": it is not the one that the job was made with.
  static Result<std::unique_ptr<MapStep>> MakeMapStep(std::string_view name);
  static Result<std::unique_ptr<CombineStep>> MakeCombineStep(std::string_view name);
  static Result<std::unique_ptr<PartitionStep>> MakePartitionStep(std::string_view name);
  static Result<std::unique_ptr<ReduceStep>> MakeReduceStep(std::string_view name);
  static Result<std::unique_ptr<OutputStep>> MakeOutputStep(std::string_view name);
};

namespace internal {

using MapFactory = std::unique_ptr<MapStep> (*)();
using CombineFactory = std::unique_ptr<CombineStep> (*)();
using PartitionFactory = std::unique_ptr<PartitionStep> (*)();
using ReduceFactory = std::unique_ptr<ReduceStep> (*)();
using OutputFactory = std::unique_ptr<OutputStep> (*)();

bool RegisterStep(const char* name, MapFactory factory);
bool RegisterStep(const char* name, CombineFactory factory);
bool RegisterStep(const char* name, PartitionFactory factory);
bool RegisterStep(const char* name, ReduceFactory factory);
bool RegisterStep(const char* name, OutputFactory factory);

template <typename Base, typename T>
std::unique_ptr<Base> MakeStep() {
  return std::make_unique<T>();
}

/// Registers T as a step when its `kDone` is used anywhere.
template <typename Base, typename T>
struct Registration {
  inline static const bool kDone = RegisterStep(typeid(T).name(), &MakeStep<Base, T>);
};

/// Registers T and gives its name.
template <typename Base, typename T>
std::string StepName() {
  static_cast<void>(Registration<Base, T>::kDone);
  return typeid(T).name();
}

/// A type's name for people: "SplitWords", without namespaces; "lambda" for one.
std::string DisplayName(const std::type_info& type);

}  // namespace internal
}  // namespace tusk::mapreduce

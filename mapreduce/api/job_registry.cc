#include "mapreduce/api/job_registry.h"

#include <cxxabi.h>

#include <cstdio>
#include <cstdlib>
#include <map>

namespace tusk::mapreduce {
namespace {

template <typename Factory>
using Table = std::map<std::string, Factory, std::less<>>;

/// One table for each kind of step. A function's static: registrations run before `main` in any
/// order.
template <typename Factory>
Table<Factory>& Steps() {
  static Table<Factory> table;
  return table;
}

std::string Demangle(const char* name) {
  int status = 0;
  char* const text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string result = status == 0 && text != nullptr ? text : name;
  std::free(text);
  return result;
}

template <typename Factory>
bool Register(const char* name, Factory factory) {
  const auto [place, added] = Steps<Factory>().emplace(name, factory);
  if (!added && place->second != factory) {
    std::fprintf(stderr,
                 "error: two different types of this program are both called %s\n"
                 "  cause: classes of unnamed namespaces with one name in two files\n"
                 "  do: rename one of them\n",
                 Demangle(name).c_str());
    std::exit(70);
  }
  return true;
}

template <typename Step, typename Factory>
Result<std::unique_ptr<Step>> Make(std::string_view kind, std::string_view name) {
  const auto found = Steps<Factory>().find(name);
  if (found == Steps<Factory>().end()) {
    return Status::Error(StatusCode::kNotFound,
                         "this job binary has no {} \"{}\": the job was made with another binary",
                         kind, Demangle(std::string(name.substr(0, 500)).c_str()));
  }
  return found->second();
}

}  // namespace

Result<std::unique_ptr<MapStep>> JobRegistry::MakeMapStep(std::string_view name) {
  return Make<MapStep, internal::MapFactory>("mapper", name);
}
Result<std::unique_ptr<CombineStep>> JobRegistry::MakeCombineStep(std::string_view name) {
  return Make<CombineStep, internal::CombineFactory>("combiner", name);
}
Result<std::unique_ptr<PartitionStep>> JobRegistry::MakePartitionStep(std::string_view name) {
  return Make<PartitionStep, internal::PartitionFactory>("partitioner", name);
}
Result<std::unique_ptr<ReduceStep>> JobRegistry::MakeReduceStep(std::string_view name) {
  return Make<ReduceStep, internal::ReduceFactory>("reducer", name);
}
Result<std::unique_ptr<OutputStep>> JobRegistry::MakeOutputStep(std::string_view name) {
  return Make<OutputStep, internal::OutputFactory>("output format", name);
}

namespace internal {

bool RegisterStep(const char* name, MapFactory factory) { return Register(name, factory); }
bool RegisterStep(const char* name, CombineFactory factory) { return Register(name, factory); }
bool RegisterStep(const char* name, PartitionFactory factory) { return Register(name, factory); }
bool RegisterStep(const char* name, ReduceFactory factory) { return Register(name, factory); }
bool RegisterStep(const char* name, OutputFactory factory) { return Register(name, factory); }

std::string DisplayName(const std::type_info& type) {
  std::string name = Demangle(type.name());
  if (name.find("lambda") != std::string::npos) return "lambda";
  // Namespaces in front of the outermost name go; template arguments stay.
  const size_t arguments = name.find('<');
  const size_t scope = name.rfind("::", arguments);
  return scope == std::string::npos ? name : name.substr(scope + 2);
}

}  // namespace internal
}  // namespace tusk::mapreduce

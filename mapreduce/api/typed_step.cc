#include "mapreduce/api/typed_step.h"

#include <cxxabi.h>

#include <cstdlib>

namespace tusk::mapreduce::internal {
namespace {

std::string NameOfCurrentException() {
  const std::type_info* const type = abi::__cxa_current_exception_type();
  if (type == nullptr) return "unknown exception";
  int status = 0;
  char* const text = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::string name = status == 0 && text != nullptr ? text : type->name();
  std::free(text);
  return name;
}

}  // namespace

Status StatusOfException() {
  const std::string name = NameOfCurrentException();
  try {
    throw;
  } catch (const TaskFailure& failure) {
    return failure.status();
  } catch (const std::exception& error) {
    return Status::Error(StatusCode::kUnknown, "{}: {}", name, error.what());
  } catch (...) {
    return Status(StatusCode::kUnknown, name);
  }
}

}  // namespace tusk::mapreduce::internal

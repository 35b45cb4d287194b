#include "dataframe/expr/function_registry.h"

#include <algorithm>

#include "common/base/check.h"
#include "common/base/nearest_name.h"
#include "dataframe/expr/function/families.h"
#include "dataframe/type/arrow_runtime.h"

namespace tusk::df {

FunctionRegistry::FunctionRegistry() {
  InitializeArrow();
  AddArithmeticFunctions(*this);
  AddBooleanFunctions(*this);
  AddComparisonFunctions(*this);
  AddConditionalFunctions(*this);
  AddDateFunctions(*this);
  AddHashFunctions(*this);
  AddMathFunctions(*this);
  AddPatternFunctions(*this);
  AddStringFunctions(*this);
}

const FunctionRegistry& FunctionRegistry::Get() {
  static const FunctionRegistry kRegistry;
  return kRegistry;
}

Result<const ScalarFunction*> FunctionRegistry::Find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(functions_, name, {}, &ScalarFunction::name);
  if (found != functions_.end() && found->name == name) return &*found;
  std::vector<std::string_view> known;
  for (const ScalarFunction& function : functions_) known.push_back(function.name);
  const std::string_view nearest = NearestName(known, name);
  return Status::Error(StatusCode::kInvalidArgument, "there is no function {}{}", name,
                       nearest.empty() ? "" : fmt::format(", did you mean {}?", nearest));
}

std::vector<const ScalarFunction*> FunctionRegistry::All() const {
  std::vector<const ScalarFunction*> all;
  for (const ScalarFunction& function : functions_) all.push_back(&function);
  return all;
}

void FunctionRegistry::Add(ScalarFunction function) {
  const auto place = std::ranges::lower_bound(functions_, function.name, {}, &ScalarFunction::name);
  const bool is_new = place == functions_.end() || place->name != function.name;
  if (!is_new) internal::FailCheck("function registered twice", function.name);
  functions_.insert(place, std::move(function));
}

}  // namespace tusk::df

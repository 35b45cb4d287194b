#pragma once

namespace tusk::df {

class FunctionRegistry;

/// The families of scalar functions; each adds its own, once, when the registry is made.
void AddArithmeticFunctions(FunctionRegistry& registry);
void AddBooleanFunctions(FunctionRegistry& registry);
void AddComparisonFunctions(FunctionRegistry& registry);
void AddConditionalFunctions(FunctionRegistry& registry);
void AddDateFunctions(FunctionRegistry& registry);
void AddHashFunctions(FunctionRegistry& registry);
void AddMathFunctions(FunctionRegistry& registry);
void AddPatternFunctions(FunctionRegistry& registry);
void AddStringFunctions(FunctionRegistry& registry);

}  // namespace tusk::df

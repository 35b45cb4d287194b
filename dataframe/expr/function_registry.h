#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/datum.h>
#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {

/// Computes a function of whole columns: each argument an array of `rows` values or a scalar, of
/// the types that the overload asks for; one at least is an array where there are arguments. The
/// result likewise. Where the overload says Nulls::kAnyNull, no scalar is null.
using ScalarKernel =
    std::function<Result<arrow::Datum>(std::span<const arrow::Datum> args, int64_t rows)>;

/// What a function is for given argument types.
struct Overload {
  /// To what the arguments are cast first; as many as given.
  std::vector<TypePtr> arg_types;
  TypePtr result;
  ScalarKernel kernel;
  /// How nulls pass: null when any argument is; never; as the kernel decides; only where some
  /// argument is, but not always.
  enum class Nulls : uint8_t { kAnyNull = 0, kNever = 1, kMaybe = 2, kFromNulls = 3 };
  Nulls nulls = Nulls::kAnyNull;
  /// False when no values of the argument types make the kernel fail: CASE may then run it for rows
  /// that are not asked for.
  bool may_fail = true;
};

/// A literal argument that the choice of the overload may depend on (a pattern, a unit); null when
/// the argument is no literal.
using LiteralArgs = std::span<const std::shared_ptr<arrow::Scalar>>;

/// A scalar function: a name, help for people, and a rule that picks the overload.
struct ScalarFunction {
  std::string name;
  /// "substring(text, start [, length])", one sentence.
  std::string usage;
  std::string summary;
  /// The overload for these argument types, or kInvalidArgument with what it takes instead.
  std::function<Result<Overload>(std::span<const TypePtr> types, LiteralArgs literals)> resolve;
};

/// All scalar functions by name. Filled once before first use; any thread.
class FunctionRegistry {
 public:
  static const FunctionRegistry& Get();

  /// kInvalidArgument: "there is no function NAME", with the nearest name.
  Result<const ScalarFunction*> Find(std::string_view name) const;
  /// Sorted by name; for documentation and completion.
  std::vector<const ScalarFunction*> All() const;
  void Add(ScalarFunction function);

 private:
  FunctionRegistry();
  std::vector<ScalarFunction> functions_;  // sorted by name
};

}  // namespace tusk::df

#pragma once

#include "common/base/result.h"
#include "common/base/status.h"

// The four propagation macros: return or assign, in plain functions or in coroutines. `expr` is
// evaluated once. In a coroutine `expr` usually is a `co_await`: name aggregates and lambdas with
// captures on the line before (docs/coroutine-traps.md).

#define TUSK_MACRO_CONCAT_INNER(a, b) a##b
#define TUSK_MACRO_CONCAT(a, b) TUSK_MACRO_CONCAT_INNER(a, b)

/// Returns the error of a Status expression, if it is one.
#define RETURN_IF_ERROR(expr)                    \
  do {                                           \
    ::tusk::Status tusk_status_ = (expr);        \
    if (!tusk_status_.ok()) return tusk_status_; \
  } while (false)

/// Assigns the value of a Result expression to `lhs` (which may declare), or returns its error.
#define ASSIGN_OR_RETURN(lhs, expr) \
  TUSK_ASSIGN_OR_RETURN_INNER(TUSK_MACRO_CONCAT(tusk_result_, __LINE__), lhs, expr, return)

/// RETURN_IF_ERROR for coroutines.
#define CO_RETURN_IF_ERROR(expr)                    \
  do {                                              \
    ::tusk::Status tusk_status_ = (expr);           \
    if (!tusk_status_.ok()) co_return tusk_status_; \
  } while (false)

/// ASSIGN_OR_RETURN for coroutines.
#define CO_ASSIGN_OR_RETURN(lhs, expr) \
  TUSK_ASSIGN_OR_RETURN_INNER(TUSK_MACRO_CONCAT(tusk_result_, __LINE__), lhs, expr, co_return)

#define TUSK_ASSIGN_OR_RETURN_INNER(result, lhs, expr, return_word) \
  auto result = (expr);                                             \
  if (!result.ok()) return_word std::move(result).status();         \
  lhs = std::move(result).value()

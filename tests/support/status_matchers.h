#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "common/base/result.h"
#include "common/base/status.h"
#include "common/base/status_macros.h"

namespace tusk {

inline const Status& StatusOf(const Status& status) { return status; }
template <typename T>
const Status& StatusOf(const Result<T>& result) {
  return result.status();
}

/// Matches an Ok Status or a Result with a value.
MATCHER(IsOk, "is Ok") {
  *result_listener << StatusOf(arg).ToString();
  return arg.ok();
}

/// Matches a Status or Result with this code.
MATCHER_P(StatusIs, code, std::string("has code ") + std::string(StatusCodeName(code))) {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code;
}

/// Matches a Status or Result with this code and a message that contains `text`.
MATCHER_P2(StatusIs, code, text,
           std::string("has code ") + std::string(StatusCodeName(code)) + " and says " + text) {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code &&
         StatusOf(arg).message().find(text) != std::string_view::npos;
}

}  // namespace tusk

#define ASSERT_OK(expr) ASSERT_THAT(expr, ::tusk::IsOk())
#define EXPECT_OK(expr) EXPECT_THAT(expr, ::tusk::IsOk())

/// Assigns the value of a Result, or fails the test with its error.
#define ASSERT_OK_AND_ASSIGN(lhs, expr) \
  TUSK_ASSERT_OK_AND_ASSIGN_INNER(TUSK_MACRO_CONCAT(tusk_result_, __LINE__), lhs, expr)
#define TUSK_ASSERT_OK_AND_ASSIGN_INNER(result, lhs, expr) \
  auto result = (expr);                                    \
  ASSERT_TRUE(result.ok()) << result.status().ToString();  \
  lhs = std::move(result).value()

#pragma once

#include <optional>
#include <utility>

#include "common/base/check.h"
#include "common/base/status.h"

namespace tusk {

/// A value of type T, or the error that kept it from being made.
///
/// A default-constructed Result is an error (kInternal), so `return {}` cannot pass for success.
/// Reading the value of an error stops the program: test `ok()` first or use ASSIGN_OR_RETURN.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result() : status_(StatusCode::kInternal, "result was never set") {}
  /// An error; `status` must not be Ok.
  Result(Status status) : status_(std::move(status)) {  // NOLINT(google-explicit-constructor)
    CHECK(!status_.ok());
  }
  Result(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return value_.has_value(); }
  /// Ok exactly when there is a value.
  const Status& status() const& { return status_; }
  Status status() && { return std::move(status_); }

  T& value() & {
    RequireValue();
    return *value_;
  }
  const T& value() const& {
    RequireValue();
    return *value_;
  }
  T&& value() && {
    RequireValue();
    return std::move(*value_);
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// The value, or `other` for an error.
  T value_or(T other) const& { return ok() ? *value_ : std::move(other); }

 private:
  void RequireValue() const {
    if (!value_.has_value()) internal::FailCheck("Result::value() of an error", status_.ToString());
  }

  Status status_;
  std::optional<T> value_;
};

}  // namespace tusk

#pragma once

#include <utility>

namespace tusk {

/// Runs a function when the scope ends, unless cancelled.
template <typename F>
class [[nodiscard]] ScopeExit {
 public:
  explicit ScopeExit(F function) : function_(std::move(function)) {}
  ~ScopeExit() {
    if (armed_) function_();
  }
  ScopeExit(const ScopeExit&) = delete;
  ScopeExit& operator=(const ScopeExit&) = delete;

  /// The function will not run.
  void Cancel() { armed_ = false; }

 private:
  F function_;
  bool armed_ = true;
};

}  // namespace tusk

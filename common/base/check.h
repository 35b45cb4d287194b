#pragma once

#include <string>
#include <string_view>

#include <fmt/core.h>

namespace tusk::internal {

/// Prints where and why, then aborts. Never returns.
[[noreturn]] void FailCheck(std::string_view what, std::string_view details);
[[noreturn]] void FailCheckAt(const char* file, int line, std::string_view what,
                              std::string_view details);

template <typename A, typename B>
[[noreturn]] void FailCompare(const char* file, int line, std::string_view what, const A& a,
                              const B& b) {
  FailCheckAt(file, line, what, fmt::format("{} against {}", a, b));
}

}  // namespace tusk::internal

// CHECK is for our own bugs: a broken invariant stops the process before it does harm. Never check
// input with it: what a user, a peer or a disk says is answered with a Status.

#define CHECK(condition)                                                              \
  do {                                                                                \
    if (!(condition)) [[unlikely]]                                                    \
      ::tusk::internal::FailCheckAt(__FILE__, __LINE__, "CHECK(" #condition ")", ""); \
  } while (false)

#define TUSK_CHECK_COMPARE(a, op, b)                                                             \
  do {                                                                                           \
    const auto& tusk_a_ = (a);                                                                   \
    const auto& tusk_b_ = (b);                                                                   \
    if (!(tusk_a_ op tusk_b_)) [[unlikely]]                                                      \
      ::tusk::internal::FailCompare(__FILE__, __LINE__, "CHECK(" #a " " #op " " #b ")", tusk_a_, \
                                    tusk_b_);                                                    \
  } while (false)

/// Compare forms print both sides, which must be formattable by fmt.
#define CHECK_EQ(a, b) TUSK_CHECK_COMPARE(a, ==, b)
#define CHECK_NE(a, b) TUSK_CHECK_COMPARE(a, !=, b)
#define CHECK_LT(a, b) TUSK_CHECK_COMPARE(a, <, b)
#define CHECK_LE(a, b) TUSK_CHECK_COMPARE(a, <=, b)
#define CHECK_GT(a, b) TUSK_CHECK_COMPARE(a, >, b)
#define CHECK_GE(a, b) TUSK_CHECK_COMPARE(a, >=, b)

#ifdef NDEBUG
#define DCHECK(condition)        \
  do {                           \
    if (false) CHECK(condition); \
  } while (false)
#else
/// CHECK in debug and sanitizer builds; nothing in release builds.
#define DCHECK(condition) CHECK(condition)
#endif

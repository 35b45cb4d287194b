#include "common/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace tusk::internal {

void FailCheck(std::string_view what, std::string_view details) {
  FailCheckAt("?", 0, what, details);
}

void FailCheckAt(const char* file, int line, std::string_view what, std::string_view details) {
  fmt::print(stderr, "{}:{}: {} failed{}{}\n", file, line, what, details.empty() ? "" : ": ",
             details);
  std::fflush(stderr);
  std::abort();
}

}  // namespace tusk::internal

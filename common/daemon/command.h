#pragma once

#include <string_view>

namespace tusk {

/// One verb of the `tusk` command. Each layer's tool/ exports a table of them.
struct Command {
  std::string_view name;     // "namenode"
  std::string_view summary;  // one line without period for `tusk help`
  /// argv[0] is the verb. Returns the exit status.
  int (*run)(int argc, char** argv);
};

}  // namespace tusk

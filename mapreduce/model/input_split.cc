#include "mapreduce/model/input_split.h"

#include <fmt/core.h>

namespace tusk::mapreduce {

std::string InputSplit::ToString() const {
  if (path.empty()) return fmt::format("opaque, {} bytes", opaque.size());
  return fmt::format("{}:{}+{}", path, offset, length);
}

}  // namespace tusk::mapreduce

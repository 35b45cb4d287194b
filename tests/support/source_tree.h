#pragma once

#include <string>

namespace tusk {

/// The source root of the running test program: what TUSK_SOURCE_DIR says, otherwise the first
/// directory above the program, then above the working directory, that holds CMakePresets.json.
/// Stops the program when there is none.
std::string SourceDir();

/// The build directory of the running test program (build/PRESET): programs lie in its bin/.
std::string BinaryDir();

}  // namespace tusk

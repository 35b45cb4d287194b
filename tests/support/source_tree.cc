#include "tests/support/source_tree.h"

#include <cstdlib>
#include <filesystem>

#include "common/base/check.h"

namespace tusk {

namespace fs = std::filesystem;

namespace {

bool HoldsSources(const fs::path& directory) { return fs::exists(directory / "CMakePresets.json"); }

fs::path FindAbove(fs::path directory) {
  while (!HoldsSources(directory) && directory.has_relative_path()) {
    directory = directory.parent_path();
  }
  return directory;
}

fs::path ProgramDir() { return fs::read_symlink("/proc/self/exe").parent_path(); }

}  // namespace

std::string SourceDir() {
  if (const char* told = std::getenv("TUSK_SOURCE_DIR"); told != nullptr) return told;
  fs::path found = FindAbove(ProgramDir());
  if (!HoldsSources(found)) found = FindAbove(fs::current_path());
  CHECK(HoldsSources(found));
  return found.string();
}

std::string BinaryDir() { return ProgramDir().parent_path().string(); }

}  // namespace tusk

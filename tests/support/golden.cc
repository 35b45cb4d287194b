#include "tests/support/golden.h"

#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "common/base/check.h"
#include "tests/support/source_tree.h"

namespace tusk {

std::string HexDump(ByteView bytes) {
  std::string out;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0) out += i % 16 == 0 ? '\n' : ' ';
    fmt::format_to(std::back_inserter(out), "{:02x}", bytes[i]);
  }
  return out;
}

std::string FromHex(std::string_view hex) {
  std::string digits;
  for (const char c : hex) {
    if (c == ' ' || c == '\n') continue;
    CHECK(std::string_view("0123456789abcdefABCDEF").find(c) != std::string_view::npos);
    digits += c;
  }
  CHECK_EQ(digits.size() % 2, 0u);
  std::string bytes;
  for (size_t i = 0; i < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string ReadSourceFile(std::string_view path) {
  std::ifstream file(SourceDir() + "/" + std::string(path), std::ios::binary);
  CHECK(file.good());
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace tusk

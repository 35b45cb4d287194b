#pragma once

#include <string>
#include <string_view>

#include "common/base/byte_span.h"

namespace tusk {

/// "00 ff 10", sixteen bytes a line: how golden bytes are written in tests and format pages.
std::string HexDump(ByteView bytes);
/// The bytes of hexadecimal digits; spaces and line ends are ignored. Stops the test program when
/// something else is in `hex`.
std::string FromHex(std::string_view hex);
/// The content of a file below the source root, e.g. ReadSourceFile("docs/configuration.md").
std::string ReadSourceFile(std::string_view path);

}  // namespace tusk

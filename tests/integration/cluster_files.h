#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/byte_span.h"
#include "common/base/random.h"
#include "common/base/result.h"
#include "common/base/status_macros.h"
#include "dfs/client/file_system.h"

namespace tusk::dfs {

/// Bytes that the seed alone decides.
inline std::string RandomBytes(uint64_t seed, size_t size) {
  Random random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.Next());
  return bytes;
}

inline Status WriteFile(FileSystem& fs, const std::string& path, const std::string& content,
                        const CreateOptions& options = {}) {
  ASSIGN_OR_RETURN(const std::unique_ptr<OutputStream> out, fs.Create(path, options));
  RETURN_IF_ERROR(out->Write(AsBytes(content)));
  return out->Close();
}

inline Result<std::string> ReadFile(FileSystem& fs, const std::string& path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<InputStream> in, fs.Open(path));
  std::string content;
  std::string buffer(256 * 1024, '\0');
  while (true) {
    ASSIGN_OR_RETURN(
        const size_t count,
        in->Read(MutableByteView(reinterpret_cast<uint8_t*>(buffer.data()), buffer.size())));
    if (count == 0) break;
    content.append(buffer, 0, count);
  }
  RETURN_IF_ERROR(in->Close());
  return content;
}

}  // namespace tusk::dfs

#include "dfs/datanode/storage/version_file.h"

#include "common/base/status_macros.h"

namespace tusk::dfs::datanode {

Result<VersionFile> ReadVersionFile(Env& env, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, env.ReadSmallFile(path, 64 << 10));
  VersionFile values;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = text.find('\n', begin);
    if (end == std::string::npos) end = text.size();
    std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line[0] == '#') continue;
    const size_t equals = line.find('=');
    if (equals == std::string::npos) {
      return Status::Error(StatusCode::kCorruption, "{} has a line without '=': {}", path, line);
    }
    values[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return values;
}

Status WriteVersionFile(Env& env, const std::string& path, const VersionFile& values) {
  std::string text;
  for (const auto& [name, value] : values) text += name + "=" + value + "\n";
  return env.ReplaceFile(path, AsBytes(text));
}

Result<std::string> VersionValue(const VersionFile& file, const std::string& name) {
  const auto found = file.find(name);
  if (found == file.end()) {
    return Status::Error(StatusCode::kCorruption, "VERSION has no {}", name);
  }
  return found->second;
}

}  // namespace tusk::dfs::datanode

#include "dfs/model/dfs_options.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>

namespace tusk::dfs {

namespace {

constexpr int kDefaultRpcPort = 8020;
constexpr std::string_view kHdfsScheme = "hdfs://";
constexpr std::string_view kFileScheme = "file:";
constexpr std::string_view kUserVariable = "${user.name}";

}  // namespace

std::span<const OptionBase* const> DfsSharedOptions() {
  static constexpr const OptionBase* kOptions[] = {
      &kDefaultFs,     &kNamenodeAddress,  &kTempDirectory, &kReplication,
      &kBlockSize,     &kBytesPerChecksum, &kChecksumType,  &kWritePacketSize,
      &kTrashInterval, &kHeartbeatInterval};
  return kOptions;
}

Result<Endpoint> NamenodeRpcAddress(const Config& config) {
  std::string text = config.Get(kNamenodeAddress);
  std::string_view name = kNamenodeAddress.name();
  if (text.empty()) {
    name = kDefaultFs.name();
    text = config.Get(kDefaultFs);
    if (!text.starts_with(kHdfsScheme)) return Endpoint{"127.0.0.1", kDefaultRpcPort};
    text.erase(0, kHdfsScheme.size());
    text.resize(std::min(text.size(), text.find('/')));
  }
  Result<Endpoint> endpoint = Endpoint::Parse(text, kDefaultRpcPort);
  if (!endpoint.ok()) return endpoint.status().WithContext(name);
  return endpoint;
}

Result<std::string> LocalDirectoryOf(std::string_view text) {
  std::string path(text);
  if (path.starts_with(kFileScheme)) path.erase(0, kFileScheme.size());
  // "file://" has an empty host between the second and the third slash.
  while (path.starts_with("//")) path.erase(0, 1);
  if (const size_t at = path.find(kUserVariable); at != std::string::npos) {
    path.replace(at, kUserVariable.size(), UserOfProcess());
  }
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (!path.starts_with('/')) {
    return Status::Error(StatusCode::kInvalidArgument, "not an absolute path: {}", text);
  }
  return path;
}

std::string UserOfProcess() {
  const passwd* entry = getpwuid(geteuid());
  return entry != nullptr ? entry->pw_name : std::to_string(geteuid());
}

}  // namespace tusk::dfs

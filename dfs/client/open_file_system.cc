#include "dfs/client/open_file_system.h"

#include <vector>

#include "common/base/status_macros.h"
#include "dfs/client/client_options.h"
#include "dfs/client/dfs_file_system.h"
#include "dfs/client/local_file_system.h"
#include "dfs/client/path_uri.h"
#include "dfs/model/dfs_options.h"

namespace tusk::dfs {
namespace {

constexpr Option<ByteSize> kLocalBlockSize{
    {.name = "fs.local.block.size",
     .default_text = "32m",
     .unit = "bytes",
     .doc = "Block size that is reported for this machine's own files; jobs are split by it.",
     .min = 1}};

}  // namespace

std::span<const OptionBase* const> FileSystemOptions() {
  static const std::vector<const OptionBase*> options = [] {
    std::vector<const OptionBase*> all = {&kLocalBlockSize};
    for (const OptionBase* option : DfsSharedOptions()) all.push_back(option);
    for (const OptionBase* option : ClientOptionList()) all.push_back(option);
    return all;
  }();
  return options;
}

Result<std::shared_ptr<FileSystem>> OpenFileSystem(std::string_view uri_text,
                                                   const Config& config) {
  const std::string text(uri_text.empty() ? config.Get(kDefaultFs) : std::string(uri_text));
  // A bare "hdfs://" is no path of its own: ParsePathUri wants a slash behind the authority.
  ASSIGN_OR_RETURN(PathUri uri, ParsePathUri(text));
  if (uri.scheme.empty()) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "fs.defaultFS must be hdfs://host:port or file:///, not: {}", text);
  }
  ASSIGN_OR_RETURN(ClientOptions options, ReadClientOptions(config));
  if (uri.scheme == "file") {
    LocalFileSystemOptions local;
    local.block_size = config.Get(kLocalBlockSize).bytes;
    local.umask = options.umask;
    return MakeLocalFileSystem(local);
  }
  if (uri.scheme != "hdfs") {
    return Status::Error(StatusCode::kUnsupported, "No FileSystem for scheme \"{}\"", uri.scheme);
  }
  if (uri.authority.empty()) {
    ASSIGN_OR_RETURN(const PathUri fallback, ParsePathUri(config.Get(kDefaultFs)));
    if (fallback.scheme != "hdfs" || fallback.authority.empty()) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "Incomplete HDFS URI, no host: {}; fs.defaultFS names none either",
                           text);
    }
    uri.authority = fallback.authority;
  }
  ASSIGN_OR_RETURN(Endpoint namenode, Endpoint::Parse(uri.authority, kDefaultNamenodePort));
  return std::shared_ptr<FileSystem>(
      std::make_shared<DfsFileSystem>(std::move(namenode), std::move(options)));
}

}  // namespace tusk::dfs

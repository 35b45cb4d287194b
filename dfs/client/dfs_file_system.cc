#include "dfs/client/dfs_file_system.h"

#include "common/base/status_macros.h"
#include "dfs/client/dfs_input_stream.h"
#include "dfs/client/dfs_output_stream.h"
#include "dfs/client/open_file_system.h"
#include "dfs/client/path_uri.h"
#include "dfs/model/dfs_path.h"
#include "dfs/model/permission.h"

namespace tusk::dfs {
namespace {

Status NoSuchPath(std::string_view path) {
  return Status::Error(StatusCode::kNotFound, "File does not exist: {}", path);
}

/// Pages of a directory, fetched as they are used up.
class DfsListIterator final : public ListIterator {
 public:
  DfsListIterator(std::shared_ptr<ClientContext> context, std::string path, ListingPage first)
      : context_(std::move(context)), path_(std::move(path)), page_(std::move(first)) {}

  Result<std::optional<FileStatus>> Next() override {
    if (next_ == page_.entries.size()) {
      if (page_.remaining == 0 || page_.entries.empty()) return std::optional<FileStatus>();
      ASSIGN_OR_RETURN(std::optional<ListingPage> page,
                       context_->namenode.GetListing(path_, last_name_));
      // The directory went away meanwhile: what was listed is all there is to say.
      page_ = page ? *std::move(page) : ListingPage();
      next_ = 0;
      return Next();
    }
    FileStatus status = std::move(page_.entries[next_++]);
    last_name_ = status.path;
    // The listing of a file has one entry without a name: the file itself.
    status.path = status.path.empty() ? path_ : JoinPath(path_, status.path);
    return std::optional<FileStatus>(std::move(status));
  }

 private:
  const std::shared_ptr<ClientContext> context_;
  const std::string path_;
  ListingPage page_;
  size_t next_ = 0;
  std::string last_name_;
};

}  // namespace

DfsFileSystem::DfsFileSystem(Endpoint namenode, ClientOptions options)
    : context_(std::make_shared<ClientContext>(std::move(namenode), std::move(options))) {}

std::string DfsFileSystem::Uri() const {
  return "hdfs://" + context_->namenode.server().ToString();
}

bool DfsFileSystem::IsSameFileSystem(std::string_view uri) const {
  if (!uri.starts_with("hdfs://")) return false;
  const std::string_view authority = uri.substr(7);
  if (authority.empty()) return true;
  Result<Endpoint> endpoint = Endpoint::Parse(authority, kDefaultNamenodePort);
  return endpoint.ok() && *endpoint == context_->namenode.server();
}

std::string DfsFileSystem::HomeDirectory() const {
  return JoinPath(context_->options.home_prefix, context_->options.user);
}

Result<std::unique_ptr<InputStream>> DfsFileSystem::Open(std::string_view path,
                                                         const OpenOptions& options) {
  ASSIGN_OR_RETURN(std::string name, ResolvePath(path));
  return DfsInputStream::Open(context_, std::move(name), options);
}

Result<std::unique_ptr<OutputStream>> DfsFileSystem::Create(std::string_view path,
                                                            const CreateOptions& options) {
  ASSIGN_OR_RETURN(std::string name, ResolvePath(path));
  NamenodeProxy::CreateRequest request;
  request.path = name;
  request.client_name = context_->client_name;
  request.unmasked = options.permission.value_or(kDefaultFilePermission);
  request.permission = ApplyUmask(request.unmasked, context_->options.umask);
  request.overwrite = options.overwrite;
  request.create_parents = options.create_parents;
  request.replication =
      options.replication > 0 ? options.replication : context_->options.replication;
  request.block_size = options.block_size > 0 ? options.block_size : context_->options.block_size;
  const uint32_t chunk = context_->options.checksum.bytes_per_checksum;
  if (request.block_size % chunk != 0) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "block size {} is not a multiple of the {} bytes of a checksum",
                         request.block_size, chunk);
  }
  ASSIGN_OR_RETURN(FileStatus status, context_->namenode.Create(request));
  if (status.block_size == 0) status.block_size = request.block_size;
  if (status.replication == 0) status.replication = request.replication;
  return std::unique_ptr<OutputStream>(
      std::make_unique<DfsOutputStream>(context_, std::move(name), status));
}

Result<std::unique_ptr<OutputStream>> DfsFileSystem::Append(std::string_view path) {
  ASSIGN_OR_RETURN(std::string name, ResolvePath(path));
  ASSIGN_OR_RETURN(NamenodeProxy::AppendAnswer answer,
                   context_->namenode.Append(name, context_->client_name));
  return DfsOutputStream::ForAppend(context_, std::move(name), std::move(answer));
}

Result<FileStatus> DfsFileSystem::Stat(std::string_view path) {
  ASSIGN_OR_RETURN(std::string name, ResolvePath(path));
  ASSIGN_OR_RETURN(std::optional<FileStatus> status, context_->namenode.GetFileInfo(name));
  if (!status) return NoSuchPath(name);
  status->path = std::move(name);
  return *std::move(status);
}

Result<std::unique_ptr<ListIterator>> DfsFileSystem::ListPaged(std::string_view path) {
  ASSIGN_OR_RETURN(std::string name, ResolvePath(path));
  ASSIGN_OR_RETURN(std::optional<ListingPage> page, context_->namenode.GetListing(name, ""));
  if (!page) return NoSuchPath(name);
  return std::unique_ptr<ListIterator>(
      std::make_unique<DfsListIterator>(context_, std::move(name), *std::move(page)));
}

Status DfsFileSystem::MakeDirectories(std::string_view path, uint16_t permission) {
  ASSIGN_OR_RETURN(const std::string name, ResolvePath(path));
  return context_->namenode.Mkdirs(name, ApplyUmask(permission, context_->options.umask),
                                   permission, true);
}

Status DfsFileSystem::Rename(std::string_view source, std::string_view destination,
                             const RenameOptions& options) {
  ASSIGN_OR_RETURN(const std::string from, ResolvePath(source));
  ASSIGN_OR_RETURN(const std::string to, ResolvePath(destination));
  return context_->namenode.Rename2(from, to, options.overwrite);
}

Result<bool> DfsFileSystem::Delete(std::string_view path, bool recursive) {
  ASSIGN_OR_RETURN(const std::string name, ResolvePath(path));
  return context_->namenode.Delete(name, recursive);
}

Status DfsFileSystem::SetPermission(std::string_view path, uint16_t permission) {
  ASSIGN_OR_RETURN(const std::string name, ResolvePath(path));
  return context_->namenode.SetPermission(name, permission & kPermissionMask);
}

Status DfsFileSystem::SetOwner(std::string_view path, std::string_view owner,
                               std::string_view group) {
  ASSIGN_OR_RETURN(const std::string name, ResolvePath(path));
  return context_->namenode.SetOwner(name, owner, group);
}

Status DfsFileSystem::SetTimes(std::string_view path, int64_t modification_ms, int64_t access_ms) {
  ASSIGN_OR_RETURN(const std::string name, ResolvePath(path));
  return context_->namenode.SetTimes(name, modification_ms, access_ms);
}

Result<bool> DfsFileSystem::SetReplication(std::string_view path, uint16_t replication) {
  ASSIGN_OR_RETURN(const std::string name, ResolvePath(path));
  return context_->namenode.SetReplication(name, replication);
}

Result<bool> DfsFileSystem::CheckAccess(std::string_view path, bool read, bool write,
                                        bool execute) {
  ASSIGN_OR_RETURN(const std::string name, ResolvePath(path));
  const uint32_t bits = (read ? 4u : 0u) | (write ? 2u : 0u) | (execute ? 1u : 0u);
  const Status status = context_->namenode.CheckAccess(name, bits);
  if (status.ok()) return true;
  if (status.code() == StatusCode::kPermissionDenied) return false;
  return status;
}

Result<ContentSummary> DfsFileSystem::GetContentSummary(std::string_view path) {
  ASSIGN_OR_RETURN(const std::string name, ResolvePath(path));
  return context_->namenode.GetContentSummary(name);
}

Result<FsStats> DfsFileSystem::GetFsStats() { return context_->namenode.GetFsStats(); }

Result<ServerDefaults> DfsFileSystem::GetServerDefaults() {
  return context_->namenode.GetServerDefaults();
}

Result<std::vector<BlockLocation>> DfsFileSystem::GetBlockLocations(std::string_view path,
                                                                    uint64_t offset,
                                                                    uint64_t length) {
  ASSIGN_OR_RETURN(const std::string name, ResolvePath(path));
  ASSIGN_OR_RETURN(const LocatedBlocks blocks,
                   context_->namenode.GetBlockLocations(name, offset, length));
  std::vector<BlockLocation> locations;
  locations.reserve(blocks.blocks.size());
  for (const LocatedBlock& block : blocks.blocks) {
    BlockLocation location;
    location.offset = block.offset;
    location.length = block.block.block.length;
    location.corrupt = block.corrupt;
    for (const ReplicaLocation& replica : block.locations) {
      location.hosts.push_back(replica.datanode.id.host_name);
      location.names.push_back(replica.datanode.id.TransferAddress());
      location.racks.push_back(replica.datanode.location);
    }
    locations.push_back(std::move(location));
  }
  return locations;
}

}  // namespace tusk::dfs

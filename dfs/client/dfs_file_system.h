#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dfs/client/client_context.h"
#include "dfs/client/file_system.h"

namespace tusk::dfs {

/// The files of a cluster under the contract of `FileSystem`: "hdfs://host:port". Works with any
/// namenode and datanodes that speak HDFS's protocols.
///
/// Errors of the servers come with their own text and exception class. Streams outlive it.
class DfsFileSystem final : public FileSystem {
 public:
  /// Starts one I/O thread; connects with the first call.
  DfsFileSystem(Endpoint namenode, ClientOptions options);

  std::string Uri() const override;
  bool IsSameFileSystem(std::string_view uri) const override;
  std::string HomeDirectory() const override;
  std::string UserName() const override { return context_->options.user; }

  using FileSystem::Create;
  using FileSystem::MakeDirectories;
  using FileSystem::Open;
  using FileSystem::Rename;
  Result<std::unique_ptr<InputStream>> Open(std::string_view path,
                                            const OpenOptions& options) override;
  Result<std::unique_ptr<OutputStream>> Create(std::string_view path,
                                               const CreateOptions& options) override;
  Result<std::unique_ptr<OutputStream>> Append(std::string_view path) override;
  Result<FileStatus> Stat(std::string_view path) override;
  Result<std::unique_ptr<ListIterator>> ListPaged(std::string_view path) override;
  Status MakeDirectories(std::string_view path, uint16_t permission) override;
  Status Rename(std::string_view source, std::string_view destination,
                const RenameOptions& options) override;
  Result<bool> Delete(std::string_view path, bool recursive) override;
  Status SetPermission(std::string_view path, uint16_t permission) override;
  Status SetOwner(std::string_view path, std::string_view owner, std::string_view group) override;
  Status SetTimes(std::string_view path, int64_t modification_ms, int64_t access_ms) override;
  Result<bool> SetReplication(std::string_view path, uint16_t replication) override;
  Result<bool> CheckAccess(std::string_view path, bool read, bool write, bool execute) override;
  Result<ContentSummary> GetContentSummary(std::string_view path) override;
  Result<FsStats> GetFsStats() override;
  Result<ServerDefaults> GetServerDefaults() override;
  Result<std::vector<BlockLocation>> GetBlockLocations(std::string_view path, uint64_t offset,
                                                       uint64_t length) override;

  /// The calls that only administrators and tools make.
  NamenodeProxy& namenode() { return context_->namenode; }

 private:
  const std::shared_ptr<ClientContext> context_;
};

}  // namespace tusk::dfs

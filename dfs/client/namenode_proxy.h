#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/result.h"
#include "common/net/endpoint.h"
#include "dfs/client/client_options.h"
#include "dfs/model/block.h"
#include "dfs/model/datanode_info.h"
#include "dfs/model/file_status.h"
#include "dfs/model/fs_stats.h"
#include "dfs/model/located_block.h"

namespace google::protobuf {
class MessageLite;
}
namespace tusk::rpc {
class RpcClient;
}

namespace tusk::dfs {

/// Which datanodes a report is about; values are Hadoop's DatanodeReportTypeProto.
enum class DatanodeReportType : uint8_t { kAll = 1, kLive = 2, kDead = 3, kDecommissioning = 4 };

/// What to do with safe mode; values are Hadoop's SafeModeActionProto.
enum class SafeModeAction : uint8_t { kLeave = 1, kEnter = 2, kGet = 3, kForceExit = 4 };

/// A file being written, in the calls about its blocks.
struct OpenFile {
  std::string path;
  uint64_t file_id = 0;
  std::string client_name;  ///< holder of the lease
};

/// One page of a listing; `remaining` is how many entries follow it.
struct ListingPage {
  std::vector<FileStatus> entries;  ///< paths are names below the directory; empty for a file
  uint32_t remaining = 0;
};

/// The namenode's calls (org.apache.hadoop.hdfs.protocol.ClientProtocol) as blocking functions of
/// model values.
///
/// Each call is tried until its answer is there or `rpc_timeout` has passed: a connection that is
/// refused, an answer that got lost and a namenode that is starting or on standby lead to another
/// attempt after a growing, random wait. Attempts of one call share its call id, so that the
/// namenode executes a change once however often it hears of it. A namenode that this proxy has
/// never reached is given up after `first_connect_wait`. All else is returned at once, with the
/// server's own text; safe mode too.
///
/// Thread-safe; calls of several threads share a connection.
class NamenodeProxy {
 public:
  NamenodeProxy(rpc::RpcClient& rpc, Endpoint server, const ClientOptions& options);
  NamenodeProxy(const NamenodeProxy&) = delete;
  NamenodeProxy& operator=(const NamenodeProxy&) = delete;

  const Endpoint& server() const { return server_; }

  /// Ends the waits between attempts: calls return their last error.
  void Stop();

  /// Waits; kCancelled when `Stop` ended it.
  Status Wait(std::chrono::nanoseconds time);

  /// Nothing when the path does not exist.
  Result<std::optional<FileStatus>> GetFileInfo(const std::string& path);
  /// The page behind `start_after`; nothing when the path does not exist.
  Result<std::optional<ListingPage>> GetListing(const std::string& path,
                                                const std::string& start_after);
  Result<LocatedBlocks> GetBlockLocations(const std::string& path, uint64_t offset,
                                          uint64_t length);
  Result<ServerDefaults> GetServerDefaults();
  Result<FsStats> GetFsStats();
  Result<ContentSummary> GetContentSummary(const std::string& path);
  /// `bits` is of Hadoop's FsAction: 4 read, 2 write, 1 execute. kPermissionDenied says no.
  Status CheckAccess(const std::string& path, uint32_t bits);
  Status ReportBadBlocks(const LocatedBlock& block);

  /// What a new file shall be.
  struct CreateRequest {
    std::string path;
    std::string client_name;
    uint16_t permission = 0644;  ///< after the umask
    uint16_t unmasked = 0666;
    bool overwrite = false;
    bool create_parents = true;
    uint16_t replication = 3;
    uint64_t block_size = 0;
  };
  Result<FileStatus> Create(const CreateRequest& request);
  /// A file opened for append.
  struct AppendAnswer {
    std::optional<LocatedBlock> last_block;  ///< when it is not full
    FileStatus status;
  };
  Result<AppendAnswer> Append(const std::string& path, const std::string& client_name);
  Result<LocatedBlock> AddBlock(const OpenFile& file, const std::optional<ExtendedBlock>& previous,
                                std::span<const DatanodeInfo> excluded);
  Status AbandonBlock(const OpenFile& file, const ExtendedBlock& block);
  Result<LocatedBlock> GetAdditionalDatanode(const OpenFile& file, const ExtendedBlock& block,
                                             std::span<const ReplicaLocation> existing,
                                             std::span<const DatanodeInfo> excluded);
  /// False: not all blocks are replicated yet, ask again.
  Result<bool> Complete(const OpenFile& file, const std::optional<ExtendedBlock>& last);
  /// The block with a new generation stamp and token.
  Result<LocatedBlock> UpdateBlockForPipeline(const OpenFile& file, const ExtendedBlock& block);
  Status UpdatePipeline(const OpenFile& file, const ExtendedBlock& old_block,
                        const ExtendedBlock& new_block, std::span<const ReplicaLocation> nodes);
  Status Fsync(const OpenFile& file, int64_t last_block_length);
  Status RenewLease(const std::string& client_name);

  Status Mkdirs(const std::string& path, uint16_t permission, uint16_t unmasked, bool parents);
  Result<bool> Delete(const std::string& path, bool recursive);
  Status Rename2(const std::string& source, const std::string& destination, bool overwrite);
  Result<bool> SetReplication(const std::string& path, uint16_t replication);
  Status SetPermission(const std::string& path, uint16_t permission);
  Status SetOwner(const std::string& path, std::string_view owner, std::string_view group);
  Status SetTimes(const std::string& path, int64_t modification_ms, int64_t access_ms);

  Result<bool> SetSafeMode(SafeModeAction action);
  Result<std::vector<DatanodeInfo>> GetDatanodeReport(DatanodeReportType type);

  /// Length that readers may see of a replica that is being written, by the datanode's own
  /// protocol.
  Result<uint64_t> GetReplicaVisibleLength(const DatanodeId& datanode, const ExtendedBlock& block);

 private:
  Status Call(std::string_view method, const google::protobuf::MessageLite& request,
              google::protobuf::MessageLite* response);
  /// The same for calls about a file that is being written: a namenode that was started again is in
  /// safe mode for a moment, and a writer goes on after it. Each attempt is a call of its own, for
  /// the server keeps the answer of one that it refused.
  Status CallForWriter(std::string_view method, const google::protobuf::MessageLite& request,
                       google::protobuf::MessageLite* response);
  Status Explain(const Status& status) const;

  rpc::RpcClient& rpc_;
  const Endpoint server_;
  const ClientOptions& options_;
  Mutex mutex_;
  CondVar stop_;
  bool stopped_ GUARDED_BY(mutex_) = false;
  bool reached_ GUARDED_BY(mutex_) = false;
};

}  // namespace tusk::dfs

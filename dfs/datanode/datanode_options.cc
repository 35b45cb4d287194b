#include "dfs/datanode/datanode_options.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "common/base/status_macros.h"
#include "dfs/model/dfs_options.h"

namespace tusk::dfs::datanode {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr Option<std::vector<std::string>> kDataDirectories{
    {.name = "dfs.datanode.data.dir",
     .default_text = "file://${hadoop.tmp.dir}/dfs/data",
     .unit = "",
     .doc = "Directories of the blocks, one for each disk, with its type in front unless it is "
            "DISK: [SSD]/disk2; made and formatted at the first start.",
     .deprecated_names = "dfs.data.dir"}};
constexpr Option<std::string> kTransferAddress{
    {.name = "dfs.datanode.address",
     .default_text = "127.0.0.1:9866",
     .unit = "",
     .doc = "host:port where blocks are read and written; port 0 takes any free one."}};
constexpr Option<std::string> kIpcAddress{
    {.name = "dfs.datanode.ipc.address",
     .default_text = "127.0.0.1:9867",
     .unit = "",
     .doc = "host:port of the datanode's RPC server; port 0 takes any free one."}};
constexpr Option<std::string> kHttpAddress{
    {.name = "dfs.datanode.http.address",
     .default_text = "127.0.0.1:9864",
     .unit = "",
     .doc = "host:port of the datanode's web pages; port 0 takes any free one."}};
constexpr Option<std::string> kHostName{
    {.name = "dfs.datanode.hostname",
     .default_text = "",
     .unit = "",
     .doc = "Name under which the datanode registers; empty takes the machine's.",
     .deprecated_names = "slave.host.name"}};
constexpr Option<nanoseconds> kReportInterval{
    {.name = "dfs.blockreport.intervalMsec",
     .default_text = "21600000",
     .unit = "ms",
     .doc = "How often all replicas are reported; each that comes or goes is reported at once.",
     .min = 1'000'000'000}};
constexpr Option<int64_t> kSplitThreshold{
    {.name = "dfs.blockreport.split.threshold",
     .default_text = "1000000",
     .unit = "blocks",
     .doc = "With more replicas than this each volume is reported in a message of its own.",
     .min = 0}};
constexpr Option<int64_t> kMaxTransferThreads{
    {.name = "dfs.datanode.max.transfer.threads",
     .default_text = "4096",
     .unit = "connections",
     .doc = "Connections of readers and writers served at one time; more are closed at once.",
     .min = 1,
     .max = 1'000'000,
     .deprecated_names = "dfs.datanode.max.xcievers"}};
constexpr Option<ByteSize> kReserved{{.name = "dfs.datanode.du.reserved",
                                      .default_text = "0",
                                      .unit = "bytes",
                                      .doc = "Room on each volume that is left to others.",
                                      .min = 0}};
constexpr Option<bool> kSyncOnClose{
    {.name = "dfs.datanode.synconclose",
     .default_text = "true",
     .unit = "",
     .doc = "Whether a block is on disk, not in memory only, before it counts as written; false is "
            "HDFS's default."}};
constexpr Option<int64_t> kFailedVolumes{
    {.name = "dfs.datanode.failed.volumes.tolerated",
     .default_text = "0",
     .unit = "volumes",
     .doc = "Volumes that may fail before the datanode ends; -1 goes on while one is left.",
     .min = -1,
     .max = 1000}};
constexpr Option<int64_t> kVolumeThreads{{.name = "tusk.datanode.volume-threads",
                                          .default_text = "4",
                                          .unit = "threads",
                                          .doc = "Threads that do the work of one volume.",
                                          .min = 1,
                                          .max = 64}};
constexpr Option<nanoseconds> kSocketTimeout{
    {.name = "tusk.datanode.socket-timeout",
     .default_text = "60s",
     .unit = "ms",
     .doc = "Silence of another datanode in a pipeline after which it is given up; 5 s more for "
            "each node behind it.",
     .min = 1'000'000}};
constexpr Option<nanoseconds> kWriteTimeout{
    {.name = "dfs.datanode.socket.write.timeout",
     .default_text = "480000",
     .unit = "ms",
     .doc = "A peer that takes nothing for so long is given up.",
     .min = 1'000'000}};
constexpr Option<nanoseconds> kKeepalive{
    {.name = "dfs.datanode.socket.reuse.keepalive",
     .default_text = "4000",
     .unit = "ms",
     .doc = "How long a connection is kept for the next read; 0 closes it after each.",
     .min = 0}};
constexpr Option<bool> kConnectByName{
    {.name = "dfs.datanode.use.datanode.hostname",
     .default_text = "false",
     .unit = "",
     .doc = "Whether other datanodes are connected to by name instead of by address."}};

milliseconds Ms(nanoseconds value) { return duration_cast<milliseconds>(value); }

Result<Endpoint> Address(const Config& config, const Option<std::string>& option) {
  Result<Endpoint> endpoint = Endpoint::Parse(config.Get(option));
  if (!endpoint.ok()) return endpoint.status().WithContext(option.name());
  return endpoint;
}

Status ReadStorage(const Config& config, BlockStoreOptions* storage) {
  for (const std::string& text : config.Get(kDataDirectories)) {
    Result<VolumeSpec> volume = ParseVolumeSpec(text);
    if (!volume.ok()) return volume.status().WithContext(kDataDirectories.name());
    storage->volumes.push_back(std::move(*volume));
  }
  if (storage->volumes.empty()) {
    return Status::Error(StatusCode::kInvalidArgument, "{}: names no directory",
                         kDataDirectories.name());
  }
  storage->volume.threads = static_cast<int>(config.Get(kVolumeThreads));
  storage->volume.reserved_bytes = config.Get(kReserved).bytes;
  storage->sync_on_close = config.Get(kSyncOnClose);
  return Status();
}

}  // namespace

std::span<const OptionBase* const> DatanodeOptions() {
  static constexpr const OptionBase* kOptions[] = {
      &kDataDirectories, &kTransferAddress, &kIpcAddress,     &kHttpAddress,
      &kHostName,        &kReportInterval,  &kSplitThreshold, &kMaxTransferThreads,
      &kReserved,        &kSyncOnClose,     &kFailedVolumes,  &kVolumeThreads,
      &kSocketTimeout,   &kWriteTimeout,    &kKeepalive,      &kConnectByName};
  return kOptions;
}

Result<VolumeSpec> ParseVolumeSpec(const std::string& text) {
  VolumeSpec volume;
  std::string_view path = text;
  if (path.starts_with('[')) {
    const size_t end = path.find(']');
    std::string name(path.substr(1, end == std::string_view::npos ? end : end - 1));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    const std::optional<StorageType> type = ParseStorageType(name);
    if (end == std::string_view::npos || !type.has_value()) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "{}: the type in brackets is none of DISK, SSD, ARCHIVE, RAM_DISK, "
                           "PROVIDED, NVDIMM",
                           text);
    }
    volume.type = *type;
    path.remove_prefix(end + 1);
  }
  ASSIGN_OR_RETURN(volume.path, LocalDirectoryOf(path));
  return volume;
}

Result<DatanodeSettings> ReadDatanodeSettings(const Config& config) {
  DatanodeSettings settings;
  ASSIGN_OR_RETURN(settings.namenode, NamenodeRpcAddress(config));
  ASSIGN_OR_RETURN(settings.transfer.endpoint, Address(config, kTransferAddress));
  ASSIGN_OR_RETURN(settings.ipc, Address(config, kIpcAddress));
  ASSIGN_OR_RETURN(settings.http, Address(config, kHttpAddress));
  settings.host_name = config.Get(kHostName);
  settings.user = UserOfProcess();
  RETURN_IF_ERROR(ReadStorage(config, &settings.storage));
  settings.failed_volumes_tolerated = config.Get(kFailedVolumes);
  settings.reports.interval = config.Get(kReportInterval);
  settings.reports.split_threshold = static_cast<uint64_t>(config.Get(kSplitThreshold));
  settings.heartbeat_interval = Ms(config.Get(kHeartbeatInterval));
  settings.transfer.max_connections = static_cast<size_t>(config.Get(kMaxTransferThreads));
  settings.transfer.socket_timeout = Ms(config.Get(kSocketTimeout));
  settings.transfer.write_timeout = Ms(config.Get(kWriteTimeout));
  settings.transfer.keepalive = Ms(config.Get(kKeepalive));
  settings.transfer.connect_by_name = config.Get(kConnectByName);
  return settings;
}

}  // namespace tusk::dfs::datanode

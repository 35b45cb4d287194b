#include "dfs/namenode/namenode_options.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/base/units.h"
#include "dfs/model/dfs_options.h"

namespace tusk::dfs::namenode {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr Option<std::string> kRpcBindHost{
    {.name = "dfs.namenode.rpc-bind-host",
     .default_text = "",
     .unit = "",
     .doc = "Address that the RPC server binds instead of the host of its address; 0.0.0.0 for "
            "all."}};
constexpr Option<std::string> kHttpAddress{
    {.name = "dfs.namenode.http-address",
     .default_text = "127.0.0.1:9870",
     .unit = "",
     .doc = "host:port of the namenode's web pages; port 0 takes any free one."}};
constexpr Option<std::string> kHttpBindHost{
    {.name = "dfs.namenode.http-bind-host",
     .default_text = "",
     .unit = "",
     .doc = "Address that the web server binds instead of the host of its address."}};
constexpr Option<std::string> kNameDirectory{
    {.name = "dfs.namenode.name.dir",
     .default_text = "file://${hadoop.tmp.dir}/dfs/name",
     .unit = "",
     .doc = "Directory of the namespace: store and journal; made and formatted at the first "
            "start.",
     .deprecated_names = "dfs.name.dir"}};
constexpr Option<std::string> kClusterId{
    {.name = "tusk.namenode.cluster-id",
     .default_text = "",
     .unit = "",
     .doc = "Cluster id of a new namespace; empty makes one up."}};
constexpr Option<std::string> kSupergroup{
    {.name = "dfs.permissions.superusergroup",
     .default_text = "supergroup",
     .unit = "",
     .doc = "Members of this group are superusers, as is the user that started the namenode.",
     .deprecated_names = "dfs.permissions.supergroup"}};
constexpr Option<bool> kPermissionsEnabled{
    {.name = "dfs.permissions.enabled",
     .default_text = "true",
     .unit = "",
     .doc = "Whether mode bits and owners are enforced; administrators' calls always are.",
     .deprecated_names = "dfs.permissions"}};
constexpr Option<nanoseconds> kGroupsCache{
    {.name = "hadoop.security.groups.cache.secs",
     .default_text = "300",
     .unit = "s",
     .doc = "How long the groups of a user are remembered before the system is asked again.",
     .min = 0}};
constexpr Option<int64_t> kMinReplication{
    {.name = "dfs.namenode.replication.min",
     .default_text = "1",
     .unit = "copies",
     .doc = "Fewest copies that a file may ask for and that make a block safe.",
     .min = 1,
     .max = 512}};
constexpr Option<int64_t> kMinReplicasAck{
    {.name = "tusk.namenode.min-replicas-ack",
     .default_text = "2",
     .unit = "copies",
     .doc = "Finished copies that a block needs before its file can be closed, at most the file's "
            "replication and lowered while fewer datanodes are there; 1 is HDFS's behaviour.",
     .min = 1,
     .max = 512}};
constexpr Option<int64_t> kMaxReplication{{.name = "dfs.replication.max",
                                           .default_text = "512",
                                           .unit = "copies",
                                           .doc = "Most copies that a file may ask for.",
                                           .min = 1,
                                           .max = 512}};
constexpr Option<ByteSize> kMinBlockSize{{.name = "dfs.namenode.fs-limits.min-block-size",
                                          .default_text = "1m",
                                          .unit = "bytes",
                                          .doc = "Smallest block size that a file may ask for.",
                                          .min = 0}};
constexpr Option<int64_t> kMaxBlocksPerFile{{.name = "dfs.namenode.fs-limits.max-blocks-per-file",
                                             .default_text = "10000",
                                             .unit = "blocks",
                                             .doc = "Most blocks of one file.",
                                             .min = 1,
                                             .max = 1 << 30}};
constexpr Option<int64_t> kMaxComponentLength{
    {.name = "dfs.namenode.fs-limits.max-component-length",
     .default_text = "255",
     .unit = "bytes",
     .doc = "Longest name of a file or directory, in bytes of UTF-8.",
     .min = 1,
     .max = 8000}};
constexpr Option<int64_t> kMaxDirectoryItems{{.name = "dfs.namenode.fs-limits.max-directory-items",
                                              .default_text = "1048576",
                                              .unit = "entries",
                                              .doc = "Most entries of one directory.",
                                              .min = 1,
                                              .max = 64'000'000}};
constexpr Option<int64_t> kListLimit{{.name = "dfs.ls.limit",
                                      .default_text = "1000",
                                      .unit = "entries",
                                      .doc = "Entries in one page of a listing.",
                                      .min = 1,
                                      .max = 100'000}};
constexpr Option<nanoseconds> kAccessTimePrecision{
    {.name = "dfs.namenode.accesstime.precision",
     .default_text = "3600000",
     .unit = "ms",
     .doc = "A read notes its time when the last noted one is older than this; 0 keeps no access "
            "times.",
     .min = 0}};
constexpr Option<nanoseconds> kReplicationWait{
    {.name = "tusk.namenode.replication-wait",
     .default_text = "2s",
     .unit = "ms",
     .doc = "How long addBlock and complete wait for reports of datanodes before they answer "
            "\"not yet\".",
     .min = 0,
     .max = 60'000'000'000}};
constexpr Option<nanoseconds> kLeaseSoftLimit{
    {.name = "tusk.namenode.lease-soft-limit",
     .default_text = "60s",
     .unit = "s",
     .doc = "A writer that was not heard of for so long can lose its files to another client.",
     .min = 1'000'000}};
constexpr Option<nanoseconds> kLeaseHardLimit{
    {.name = "dfs.namenode.lease-hard-limit-sec",
     .default_text = "1200",
     .unit = "s",
     .doc = "The namenode closes the files of a writer that was not heard of for so long.",
     .min = 1'000'000}};
constexpr Option<double> kSafeModeThreshold{
    {.name = "dfs.namenode.safemode.threshold-pct",
     .default_text = "0.999",
     .unit = "",
     .doc = "Part of the blocks that must be reported before safe mode ends by itself; above 1 it "
            "never does.",
     .deprecated_names = "dfs.safemode.threshold.pct"}};
constexpr Option<nanoseconds> kSafeModeExtension{
    {.name = "dfs.namenode.safemode.extension",
     .default_text = "30000",
     .unit = "ms",
     .doc = "How long safe mode goes on after the threshold was reached, unless every block has "
            "been reported.",
     .min = 0,
     .deprecated_names = "dfs.safemode.extension"}};
constexpr Option<int64_t> kSafeModeDatanodes{
    {.name = "dfs.namenode.safemode.min.datanodes",
     .default_text = "0",
     .unit = "datanodes",
     .doc = "Datanodes that must be there before safe mode ends by itself.",
     .min = 0,
     .max = 1'000'000}};
constexpr Option<nanoseconds> kRecheckInterval{
    {.name = "dfs.namenode.heartbeat.recheck-interval",
     .default_text = "300000",
     .unit = "ms",
     .doc = "A datanode is dead after twice this time and ten heartbeats of silence.",
     .min = 1'000'000}};
constexpr Option<nanoseconds> kStaleInterval{
    {.name = "dfs.namenode.stale.datanode.interval",
     .default_text = "30000",
     .unit = "ms",
     .doc = "A datanode that was silent for so long is the last choice for readers.",
     .min = 1'000'000}};
constexpr Option<nanoseconds> kRedundancyInterval{
    {.name = "dfs.namenode.redundancy.interval.seconds",
     .default_text = "3s",
     .unit = "s",
     .doc = "How often the namenode looks for blocks with too few copies.",
     .min = 1'000'000}};
constexpr Option<nanoseconds> kPendingTimeout{
    {.name = "dfs.namenode.reconstruction.pending.timeout-sec",
     .default_text = "300",
     .unit = "s",
     .doc = "An ordered copy that was not reported for so long is ordered again.",
     .min = 1'000'000}};
constexpr Option<int64_t> kMaxStreams{{.name = "dfs.namenode.replication.max-streams",
                                       .default_text = "2",
                                       .unit = "copies",
                                       .doc = "Copies that one datanode sends at the same time.",
                                       .min = 1,
                                       .max = 1000}};
constexpr Option<int64_t> kMaxStreamsHard{
    {.name = "dfs.namenode.replication.max-streams-hard-limit",
     .default_text = "4",
     .unit = "copies",
     .doc = "The same for blocks in the greatest danger.",
     .min = 1,
     .max = 1000}};
constexpr Option<int64_t> kWorkMultiplier{
    {.name = "dfs.namenode.replication.work.multiplier.per.iteration",
     .default_text = "2",
     .unit = "copies",
     .doc = "Copies ordered in one round for each live datanode.",
     .min = 1,
     .max = 10'000}};
constexpr Option<int64_t> kInvalidateLimit{
    {.name = "dfs.block.invalidate.limit",
     .default_text = "1000",
     .unit = "blocks",
     .doc = "Deletions told to a datanode with one heartbeat.",
     .min = 1,
     .max = 1'000'000}};
constexpr Option<bool> kConsiderLoad{{.name = "dfs.namenode.redundancy.considerLoad",
                                      .default_text = "true",
                                      .unit = "",
                                      .doc = "Whether busy datanodes are passed over as targets."}};
constexpr Option<double> kLoadFactor{
    {.name = "dfs.namenode.redundancy.considerLoad.factor",
     .default_text = "2.0",
     .unit = "",
     .doc = "A datanode is busy with more than so many times the average of open streams."}};
constexpr Option<bool> kAvoidStaleWrite{
    {.name = "dfs.namenode.avoid.write.stale.datanode",
     .default_text = "false",
     .unit = "",
     .doc = "Whether silent datanodes are passed over as targets."}};
constexpr Option<bool> kAvoidStaleRead{
    {.name = "dfs.namenode.avoid.read.stale.datanode",
     .default_text = "true",
     .unit = "",
     .doc = "Whether readers are sent to silent datanodes last."}};
constexpr Option<std::string> kTopologyTable{
    {.name = "net.topology.table.file.name",
     .default_text = "",
     .unit = "",
     .doc = "File with lines \"name rack\"; empty puts everything on one rack."}};
constexpr Option<std::string> kTopologyScript{
    {.name = "net.topology.script.file.name",
     .default_text = "",
     .unit = "",
     .doc = "Program that is given an address and prints its rack; the table goes first."}};
constexpr Option<ByteSize> kInodeCache{
    {.name = "tusk.namenode.inode-cache",
     .default_text = "256m",
     .unit = "bytes",
     .doc = "Memory for inodes that the store has and calls use again.",
     .min = 1 << 20}};
constexpr Option<ByteSize> kFlushBytes{
    {.name = "tusk.namenode.flush-bytes",
     .default_text = "16m",
     .unit = "bytes",
     .doc = "Changes that gather in memory before they go to the store in one batch.",
     .min = 64 << 10,
     .max = 1 << 30}};
constexpr Option<nanoseconds> kFlushInterval{{.name = "tusk.namenode.flush-interval",
                                              .default_text = "5s",
                                              .unit = "ms",
                                              .doc = "Changes go to the store at least this often.",
                                              .min = 1'000'000}};
constexpr Option<ByteSize> kOverlayLimit{
    {.name = "tusk.namenode.overlay-limit",
     .default_text = "96m",
     .unit = "bytes",
     .doc = "With more changes than this waiting for the store, calls that change something are "
            "slowed.",
     .min = 1 << 20}};
constexpr Option<ByteSize> kSegmentBytes{
    {.name = "tusk.namenode.journal-segment",
     .default_text = "16m",
     .unit = "bytes",
     .doc = "Size of the journal's files, which are filled before their use.",
     .min = 64 << 10,
     .max = 1 << 30}};
constexpr Option<int64_t> kMaxConnections{
    {.name = "tusk.namenode.max-connections",
     .default_text = "10000",
     .unit = "connections",
     .doc = "Open connections of the RPC server; more are closed at once.",
     .min = 1,
     .max = 1'000'000}};
constexpr Option<nanoseconds> kRetryCache{
    {.name = "dfs.namenode.retrycache.expirytime.millis",
     .default_text = "600000",
     .unit = "ms",
     .doc = "How long answers are kept for clients that repeat a call.",
     .min = 0}};

milliseconds Ms(nanoseconds value) { return duration_cast<milliseconds>(value); }

/// Hadoop takes a list and writes every change to each; here a directory is one, durable by itself.
Result<std::string> DirectoryOf(const std::string& text) {
  if (text.find(',') != std::string::npos) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "dfs.namenode.name.dir: one directory is supported, not a list: {}", text);
  }
  Result<std::string> directory = LocalDirectoryOf(text);
  if (!directory.ok()) return directory.status().WithContext(kNameDirectory.name());
  return directory;
}

Result<Endpoint> Address(const Config& config, const Option<std::string>& option,
                         const Option<std::string>& bind_option) {
  Result<Endpoint> endpoint = Endpoint::Parse(config.Get(option));
  if (!endpoint.ok()) return endpoint.status().WithContext(option.name());
  const std::string bind = config.Get(bind_option);
  if (!bind.empty()) endpoint->host = bind;
  return endpoint;
}

void ReadBlocks(const Config& config, BlockManagerOptions* blocks) {
  blocks->heartbeat_interval = Ms(config.Get(kHeartbeatInterval));
  blocks->recheck_interval = Ms(config.Get(kRecheckInterval));
  blocks->stale_interval = Ms(config.Get(kStaleInterval));
  blocks->min_replication = static_cast<uint16_t>(config.Get(kMinReplication));
  blocks->min_replicas_ack = static_cast<uint16_t>(config.Get(kMinReplicasAck));
  blocks->max_replication = static_cast<uint16_t>(config.Get(kMaxReplication));
  blocks->redundancy_interval = Ms(config.Get(kRedundancyInterval));
  blocks->pending_timeout = Ms(config.Get(kPendingTimeout));
  blocks->max_streams = static_cast<uint32_t>(config.Get(kMaxStreams));
  blocks->max_streams_hard_limit = static_cast<uint32_t>(config.Get(kMaxStreamsHard));
  blocks->work_per_node = static_cast<uint32_t>(config.Get(kWorkMultiplier));
  blocks->deletions_per_heartbeat = static_cast<uint32_t>(config.Get(kInvalidateLimit));
  blocks->consider_load = config.Get(kConsiderLoad);
  blocks->load_factor = config.Get(kLoadFactor);
  blocks->avoid_stale_for_write = config.Get(kAvoidStaleWrite);
  blocks->avoid_stale_for_read = config.Get(kAvoidStaleRead);
  blocks->recovery_retry = 30 * blocks->heartbeat_interval;
}

void ReadOps(const Config& config, OpsOptions* ops) {
  ops->block_size = config.Get(kBlockSize).bytes;
  ops->min_block_size = config.Get(kMinBlockSize).bytes;
  ops->bytes_per_checksum = static_cast<uint32_t>(config.Get(kBytesPerChecksum));
  ops->write_packet_size = static_cast<uint32_t>(config.Get(kWritePacketSize).bytes);
  ops->replication = static_cast<uint16_t>(config.Get(kReplication));
  ops->min_replication = static_cast<uint16_t>(config.Get(kMinReplication));
  ops->max_replication = static_cast<uint16_t>(config.Get(kMaxReplication));
  ops->max_blocks_per_file = static_cast<uint32_t>(config.Get(kMaxBlocksPerFile));
  ops->max_directory_items = static_cast<uint64_t>(config.Get(kMaxDirectoryItems));
  ops->list_limit = static_cast<uint32_t>(config.Get(kListLimit));
  ops->access_time_precision = Ms(config.Get(kAccessTimePrecision));
  ops->trash_interval_minutes = static_cast<uint64_t>(config.Get(kTrashInterval));
  ops->replication_wait = Ms(config.Get(kReplicationWait));
}

}  // namespace

std::span<const OptionBase* const> NamenodeOptions() {
  static constexpr const OptionBase* kOptions[] = {
      &kRpcBindHost,         &kHttpAddress,        &kHttpBindHost,       &kNameDirectory,
      &kClusterId,           &kSupergroup,         &kPermissionsEnabled, &kGroupsCache,
      &kMinReplication,      &kMinReplicasAck,     &kMaxReplication,     &kMinBlockSize,
      &kMaxBlocksPerFile,    &kMaxComponentLength, &kMaxDirectoryItems,  &kListLimit,
      &kAccessTimePrecision, &kReplicationWait,    &kLeaseSoftLimit,     &kLeaseHardLimit,
      &kSafeModeThreshold,   &kSafeModeExtension,  &kSafeModeDatanodes,  &kRecheckInterval,
      &kStaleInterval,       &kRedundancyInterval, &kPendingTimeout,     &kMaxStreams,
      &kMaxStreamsHard,      &kWorkMultiplier,     &kInvalidateLimit,    &kConsiderLoad,
      &kLoadFactor,          &kAvoidStaleWrite,    &kAvoidStaleRead,     &kTopologyTable,
      &kTopologyScript,      &kInodeCache,         &kFlushBytes,         &kFlushInterval,
      &kOverlayLimit,        &kSegmentBytes,       &kMaxConnections,     &kRetryCache};
  return kOptions;
}

Result<NamenodeSettings> ReadNamenodeSettings(const Config& config) {
  NamenodeSettings settings;
  ASSIGN_OR_RETURN(settings.rpc, NamenodeRpcAddress(config));
  settings.safe_mode.host_name = settings.rpc.host;
  settings.ns.host_address = settings.rpc.host;
  const std::string rpc_bind = config.Get(kRpcBindHost);
  if (!rpc_bind.empty()) settings.rpc.host = rpc_bind;
  ASSIGN_OR_RETURN(settings.http, Address(config, kHttpAddress, kHttpBindHost));

  settings.ns.superuser = UserOfProcess();
  ASSIGN_OR_RETURN(settings.ns.directory, DirectoryOf(config.Get(kNameDirectory)));
  settings.ns.supergroup = config.Get(kSupergroup);
  settings.ns.cluster_id = config.Get(kClusterId);
  settings.ns.max_component_bytes = static_cast<size_t>(config.Get(kMaxComponentLength));
  settings.ns.cache_bytes = config.Get(kInodeCache).bytes;
  settings.ns.flush_bytes = config.Get(kFlushBytes).bytes;
  settings.ns.flush_interval = Ms(config.Get(kFlushInterval));
  settings.ns.overlay_limit_bytes =
      std::max(config.Get(kOverlayLimit).bytes, 2 * settings.ns.flush_bytes);
  settings.ns.journal_segment_bytes = config.Get(kSegmentBytes).bytes;
  settings.ns.lease_soft_limit = Ms(config.Get(kLeaseSoftLimit));
  settings.ns.lease_hard_limit = Ms(config.Get(kLeaseHardLimit));

  ReadOps(config, &settings.ops);
  ReadBlocks(config, &settings.blocks);
  settings.safe_mode.threshold = config.Get(kSafeModeThreshold);
  settings.safe_mode.extension = Ms(config.Get(kSafeModeExtension));
  settings.safe_mode.min_datanodes = static_cast<uint32_t>(config.Get(kSafeModeDatanodes));
  settings.permissions_enabled = config.Get(kPermissionsEnabled);
  settings.groups_cache = duration_cast<seconds>(config.Get(kGroupsCache));
  settings.topology_table = config.Get(kTopologyTable);
  settings.topology_script = config.Get(kTopologyScript);
  settings.max_connections = static_cast<size_t>(config.Get(kMaxConnections));
  settings.retry_cache_time = Ms(config.Get(kRetryCache));
  return settings;
}

}  // namespace tusk::dfs::namenode

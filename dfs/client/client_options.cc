#include "dfs/client/client_options.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "common/base/status_macros.h"
#include "dfs/model/dfs_options.h"
#include "dfs/model/permission.h"

namespace tusk::dfs {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr int64_t kOneMs = 1'000'000;
constexpr int64_t kOneDay = int64_t{86'400} * 1000 * kOneMs;

constexpr Option<std::string> kUmask{
    {.name = "fs.permissions.umask-mode",
     .default_text = "022",
     .unit = "",
     .doc = "Mode bits that new files and directories do not get: octal, or what stays allowed as "
            "in u=rwx,g=rx,o=."}};
constexpr Option<std::string> kHomePrefix{
    {.name = "dfs.user.home.dir.prefix",
     .default_text = "/user",
     .unit = "",
     .doc = "Directory of the users' home directories, where relative paths start."}};
constexpr Option<int64_t> kMaxPackets{
    {.name = "dfs.client.write.max-packets-in-flight",
     .default_text = "80",
     .unit = "packets",
     .doc = "Packets that a writer sends ahead of their acknowledgements.",
     .min = 1,
     .max = 10'000}};
constexpr Option<nanoseconds> kConnectTimeout{
    {.name = "ipc.client.connect.timeout",
     .default_text = "20000",
     .unit = "ms",
     .doc = "How long a connection to a server may take to be made.",
     .min = kOneMs,
     .max = kOneDay}};
constexpr Option<nanoseconds> kSocketTimeout{
    {.name = "dfs.client.socket-timeout",
     .default_text = "60000",
     .unit = "ms",
     .doc =
         "Silence of a datanode after which a client takes it for dead; writers add 5 s for each "
         "node of the pipeline.",
     .min = kOneMs,
     .max = kOneDay}};
constexpr Option<nanoseconds> kRpcTimeout{
    {.name = "ipc.client.rpc-timeout.ms",
     .default_text = "120000",
     .unit = "ms",
     .doc = "How long one call of the namenode may take, its retries included.",
     .min = kOneMs,
     .max = kOneDay}};
constexpr Option<nanoseconds> kFirstConnectWait{
    {.name = "tusk.client.first-connect-wait",
     .default_text = "5s",
     .unit = "ms",
     .doc = "How long a client goes on trying a namenode that refuses its first connection; once "
            "reached, a namenode is waited for as long as a call may take.",
     .min = 0,
     .max = kOneDay}};
constexpr Option<int64_t> kBlockWriteRetries{
    {.name = "dfs.client.block.write.retries",
     .default_text = "3",
     .unit = "times",
     .doc = "How often a writer asks for other datanodes when a new block's pipeline cannot be "
            "opened.",
     .min = 0,
     .max = 100}};
constexpr Option<int64_t> kLocateRetries{
    {.name = "dfs.client.block.write.locateFollowingBlock.retries",
     .default_text = "5",
     .unit = "times",
     .doc = "How often a writer asks again for a block, or for the end of its file, while earlier "
            "blocks are not replicated yet.",
     .min = 0,
     .max = 100}};
constexpr Option<nanoseconds> kLocateDelay{
    {.name = "dfs.client.block.write.locateFollowingBlock.initial.delay.ms",
     .default_text = "400",
     .unit = "ms",
     .doc = "The first wait before asking again for a block; later ones double.",
     .min = kOneMs,
     .max = kOneDay}};
constexpr Option<bool> kReplaceEnabled{
    {.name = "dfs.client.block.write.replace-datanode-on-failure.enable",
     .default_text = "true",
     .unit = "",
     .doc = "Whether a pipeline that lost a datanode may get another one."}};
constexpr Option<std::string> kReplacePolicy{
    {.name = "dfs.client.block.write.replace-datanode-on-failure.policy",
     .default_text = "DEFAULT",
     .unit = "",
     .doc = "When a pipeline that lost a datanode gets another one: NEVER, DEFAULT (3 or more "
            "wanted copies, and half of them gone or data flushed) or ALWAYS."}};
constexpr Option<bool> kReplaceBestEffort{
    {.name = "dfs.client.block.write.replace-datanode-on-failure.best-effort",
     .default_text = "true",
     .unit = "",
     .doc =
         "Whether a writer goes on with fewer datanodes when another one cannot be had; Hadoop's "
         "own default is false, with which a cluster of three nodes cannot lose one."}};
constexpr Option<int64_t> kAcquireFailures{
    {.name = "dfs.client.max.block.acquire.failures",
     .default_text = "3",
     .unit = "times",
     .doc = "How often a reader whom all replicas of a block failed asks for their places again.",
     .min = 0,
     .max = 100}};
constexpr Option<nanoseconds> kRetryWindow{
    {.name = "dfs.client.retry.window.base",
     .default_text = "3000",
     .unit = "ms",
     .doc = "Base of the waits between these attempts; they grow and are spread at random.",
     .min = 0,
     .max = kOneDay}};
constexpr Option<nanoseconds> kIdleSocketTime{
    {.name = "dfs.client.socketcache.expiryMsec",
     .default_text = "3000",
     .unit = "ms",
     .doc = "How long an idle connection to a datanode is kept for the next read; less than "
            "datanodes keep theirs.",
     .min = 0,
     .max = kOneDay}};
constexpr Option<int64_t> kIdleSockets{
    {.name = "dfs.client.socketcache.capacity",
     .default_text = "16",
     .unit = "connections",
     .doc = "Idle connections to datanodes that a client keeps; 0 keeps none.",
     .min = 0,
     .max = 4096}};
constexpr Option<bool> kUseHostname{
    {.name = "dfs.client.use.datanode.hostname",
     .default_text = "false",
     .unit = "",
     .doc = "Whether clients connect to datanodes by name instead of by the address that the "
            "namenode knows."}};

constexpr const OptionBase* kOptions[] = {
    &kUmask,          &kHomePrefix,       &kMaxPackets,        &kConnectTimeout,  &kSocketTimeout,
    &kRpcTimeout,     &kFirstConnectWait, &kBlockWriteRetries, &kLocateRetries,   &kLocateDelay,
    &kReplaceEnabled, &kReplacePolicy,    &kReplaceBestEffort, &kAcquireFailures, &kRetryWindow,
    &kIdleSocketTime, &kIdleSockets,      &kUseHostname};

std::string AccountName() {
  passwd record;
  std::vector<char> buffer(16'384);
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &record, buffer.data(), buffer.size(), &found) == 0 && found) {
    return record.pw_name;
  }
  return std::to_string(::geteuid());
}

std::string UserOf() {
  const char* name = std::getenv("HADOOP_USER_NAME");
  return name != nullptr && *name != '\0' ? name : AccountName();
}

Status BadValue(const OptionBase& option, std::string_view value, std::string_view expected) {
  return Status::Error(StatusCode::kInvalidArgument, "{}: expected {}, got: {}", option.name(),
                       expected, value);
}

Result<ChecksumSpec> ReadChecksum(const Config& config) {
  ChecksumSpec spec;
  const std::string type = config.Get(kChecksumType);
  if (type == "CRC32C") {
    spec.type = ChecksumType::kCrc32c;
  } else if (type == "CRC32") {
    spec.type = ChecksumType::kCrc32;
  } else if (type == "NULL") {
    spec.type = ChecksumType::kNull;
  } else {
    return BadValue(kChecksumType, type, "CRC32C, CRC32 or NULL");
  }
  spec.bytes_per_checksum = static_cast<uint32_t>(config.Get(kBytesPerChecksum));
  return spec;
}

milliseconds Millis(const Config& config, const Option<nanoseconds>& option) {
  return std::chrono::duration_cast<milliseconds>(config.Get(option));
}

}  // namespace

std::span<const OptionBase* const> ClientOptionList() { return kOptions; }

Result<ClientOptions> ReadClientOptions(const Config& config) {
  ClientOptions options;
  options.user = UserOf();
  options.home_prefix = config.Get(kHomePrefix);
  ASSIGN_OR_RETURN(options.umask, ParseUmask(config.Get(kUmask)));
  options.replication = static_cast<uint16_t>(config.Get(kReplication));
  options.block_size = config.Get(kBlockSize).bytes;
  ASSIGN_OR_RETURN(options.checksum, ReadChecksum(config));
  if (options.block_size % options.checksum.bytes_per_checksum != 0) {
    return BadValue(kBlockSize, std::to_string(options.block_size),
                    "a multiple of dfs.bytes-per-checksum");
  }
  options.packet_bytes = static_cast<uint32_t>(config.Get(kWritePacketSize).bytes);
  options.max_packets_in_flight = static_cast<uint32_t>(config.Get(kMaxPackets));
  options.connect_timeout = Millis(config, kConnectTimeout);
  options.socket_timeout = Millis(config, kSocketTimeout);
  options.rpc_timeout = Millis(config, kRpcTimeout);
  options.first_connect_wait = Millis(config, kFirstConnectWait);
  options.block_write_retries = static_cast<uint32_t>(config.Get(kBlockWriteRetries));
  options.locate_block_retries = static_cast<uint32_t>(config.Get(kLocateRetries));
  options.locate_block_delay = Millis(config, kLocateDelay);
  const std::string policy = config.Get(kReplacePolicy);
  if (!config.Get(kReplaceEnabled) || policy == "NEVER") {
    options.replace_policy = ReplaceDatanodePolicy::kNever;
  } else if (policy == "ALWAYS") {
    options.replace_policy = ReplaceDatanodePolicy::kAlways;
  } else if (policy != "DEFAULT") {
    return BadValue(kReplacePolicy, policy, "NEVER, DEFAULT or ALWAYS");
  }
  options.replace_best_effort = config.Get(kReplaceBestEffort);
  options.max_block_acquire_failures = static_cast<uint32_t>(config.Get(kAcquireFailures));
  options.read_retry_window = Millis(config, kRetryWindow);
  options.idle_socket_time = Millis(config, kIdleSocketTime);
  options.idle_sockets = static_cast<uint32_t>(config.Get(kIdleSockets));
  options.use_datanode_hostname = config.Get(kUseHostname);
  return options;
}

}  // namespace tusk::dfs

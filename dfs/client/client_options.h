#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "common/base/result.h"
#include "common/config/config.h"
#include "dfs/wire/checksum_spec.h"

namespace tusk::dfs {

/// When a pipeline that lost a node asks for another one (Hadoop's ReplaceDatanodeOnFailure).
enum class ReplaceDatanodePolicy : uint8_t {
  kNever,
  kDefault,  ///< with 3 or more wanted copies: when half or more are gone, or after a flush
  kAlways,
};

/// What a client of the distributed file system is told once: the values of its options.
struct ClientOptions {
  std::string user;  ///< HADOOP_USER_NAME, else the account of the process
  std::string home_prefix = "/user";
  uint16_t umask = 022;

  uint16_t replication = 3;
  uint64_t block_size = 128 << 20;
  ChecksumSpec checksum;
  uint32_t packet_bytes = 64 << 10;
  uint32_t max_packets_in_flight = 80;

  std::chrono::milliseconds connect_timeout{20'000};
  std::chrono::milliseconds socket_timeout{60'000};     ///< silence of a datanode
  std::chrono::milliseconds rpc_timeout{120'000};       ///< one namenode call with its retries
  std::chrono::milliseconds first_connect_wait{5'000};  ///< for a namenode never reached yet

  uint32_t block_write_retries = 3;
  uint32_t locate_block_retries = 5;
  std::chrono::milliseconds locate_block_delay{400};
  ReplaceDatanodePolicy replace_policy = ReplaceDatanodePolicy::kDefault;
  bool replace_best_effort = true;

  uint32_t max_block_acquire_failures = 3;
  std::chrono::milliseconds read_retry_window{3'000};
  uint64_t prefetch_blocks = 10;
  std::chrono::milliseconds idle_socket_time{3'000};
  uint32_t idle_sockets = 16;
  bool use_datanode_hostname = false;
};

/// The options that only the client reads.
std::span<const OptionBase* const> ClientOptionList();

/// Reads them and those of the model. kInvalidArgument names the option.
Result<ClientOptions> ReadClientOptions(const Config& config);

}  // namespace tusk::dfs

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "common/net/endpoint.h"
#include "dfs/model/block.h"

namespace tusk {
class MetricRegistry;
}

namespace tusk::dfs::datanode {

class Volume;

/// Limits and times of a TransferServer. In parentheses Hadoop's names.
struct TransferOptions {
  /// Port 0 takes any free one (dfs.datanode.address).
  Endpoint endpoint{"0.0.0.0", 9866};
  /// Connections served at one time; further ones are closed at once
  /// (dfs.datanode.max.transfer.threads).
  size_t max_connections = 4096;
  /// Of connecting to the next datanode and of its answers, five seconds more for each datanode
  /// behind it (dfs.client.socket-timeout).
  std::chrono::milliseconds socket_timeout{60'000};
  std::chrono::milliseconds timeout_per_target{5'000};
  /// A peer that takes nothing for so long is given up (dfs.datanode.socket.write.timeout).
  std::chrono::milliseconds write_timeout{480'000};
  /// A writer that sends nothing for so long is given up. Some clients send no heartbeats.
  std::chrono::milliseconds idle_writer_timeout{600'000};
  /// How long a connection is kept for the next read
  /// (dfs.datanode.socket.reuse.keepalive). 0 closes after each.
  std::chrono::milliseconds keepalive{4'000};
  /// An operation once begun must have come whole after this; also a reader's last word.
  std::chrono::milliseconds op_timeout{60'000};
  /// How long a reader that asks for more than is acknowledged waits for it to come.
  std::chrono::milliseconds growth_timeout{3'000};
  /// How long whoever takes a replica over waits for its writer to end.
  std::chrono::milliseconds stop_writer_timeout{60'000};
  /// Data bytes in a packet to a reader, rounded to whole chunks.
  uint32_t read_packet_bytes = 64 << 10;
  /// Connect to other datanodes by name instead of by address
  /// (dfs.datanode.use.datanode.hostname).
  bool connect_by_name = false;

  /// Called, from any thread, when a replica here turns out to be damaged: the namenode is to be
  /// told. Must not block. May be null.
  std::function<void(const Block&, const Volume&)> on_corrupt;
  /// Where counters go; may be null.
  MetricRegistry* metrics = nullptr;
};

}  // namespace tusk::dfs::datanode

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "common/base/status.h"
#include "common/net/io_runtime.h"
#include "common/net/task.h"
#include "dfs/datanode/storage/block_store.h"
#include "dfs/datanode/transfer/transfer_options.h"
#include "dfs/datanode/upstream/replica_source.h"
#include "dfs/model/datanode_info.h"

namespace tusk::dfs::datanode {

/// The datanode's end of the data transfer protocol, version 28 (docs/formats/data_transfer.md):
/// blocks to readers, from writers, and from datanode to datanode.
///
/// One strand for each connection; disk work on the pool of the volume concerned. A malformed frame
/// or a peer that does not read, or does not write, costs that connection only. A writer that
/// vanishes leaves its replica to recovery.
///
/// Thread-safe. Before the store is attached every operation is refused.
class TransferServer {
 public:
  /// Both must outlive the server.
  TransferServer(IoRuntime& runtime, BlockStore& store, TransferOptions options);
  /// Stop must have been called if Start succeeded, or Transfer was called (checked).
  ~TransferServer();
  TransferServer(const TransferServer&) = delete;
  TransferServer& operator=(const TransferServer&) = delete;

  /// Binds and accepts. kAlreadyExists when the port is taken.
  Status Start();
  /// Accepts no more, closes idle connections, lets operations go on for up to `drain`, then
  /// cancels the rest. Idempotent. Not from an I/O thread.
  void Stop(std::chrono::milliseconds drain = std::chrono::seconds(2));

  /// Where it listens, with the real port: "0.0.0.0:9866". After Start.
  std::string address() const;
  int port() const;

  /// Who this datanode is, as the namenode knows it: how pipelines name it in errors, and the
  /// source of copies. Until it is told, the address that the peer connected to is named.
  void SetSelf(DatanodeId self);

  /// Operations under way, copies that this datanode sends included (xceiverCount).
  uint32_t OpenStreams() const;

  /// Sends a replica to the first target, which passes it on to the others. Ok when the first has
  /// taken all of it. kNotFound, kFailedPrecondition (not final here), kCorruption (told to
  /// on_corrupt), errors of the network. kCancelled when the caller is cancelled or the server
  /// stops.
  Task<Status> Transfer(TransferOrder order);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tusk::dfs::datanode

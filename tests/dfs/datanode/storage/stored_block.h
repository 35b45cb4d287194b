#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "dfs/datanode/storage/block_store.h"
#include "tests/support/memory_env.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::datanode {

inline const NamespaceIdentity kTestIdentity = {.namespace_id = 42,
                                                .cluster_id = "CID-test",
                                                .pool_id = "BP-1-127.0.0.1-2",
                                                .creation_time = 2};
inline constexpr ChecksumSpec kSmallChunks = {ChecksumType::kCrc32c, 16};

/// The bytes [from, to) of a block's data: another sequence for each block.
inline std::string DataOf(BlockId id, uint64_t from, uint64_t to) {
  std::string data;
  for (uint64_t i = from; i < to; ++i) {
    data += static_cast<char>('a' + (i * 7 + i / 16 + static_cast<uint64_t>(id.value())) % 26);
  }
  return data;
}

/// A packet that owns its bytes.
class TestPacket {
 public:
  TestPacket(const ChecksumSpec& spec, uint64_t offset, std::string data)
      : data_(std::move(data)), checksums_(spec.ChecksumBytes(offset, data_.size()), 0) {
    ComputeChecksums(spec, offset, AsBytes(data_), checksums_);
    header_.offset_in_block = static_cast<int64_t>(offset);
    header_.data_length = static_cast<uint32_t>(data_.size());
  }
  PacketView View() const { return {header_, checksums_, AsBytes(data_)}; }
  std::string& data() { return data_; }

 private:
  PacketHeader header_;
  std::string data_;
  std::vector<uint8_t> checksums_;
};

/// Writes bytes [from, to) of the writer's block as one packet.
inline Status WriteRange(ReplicaWriter& writer, uint64_t from, uint64_t to,
                         const ChecksumSpec& spec = kSmallChunks) {
  const TestPacket packet(spec, from, DataOf(writer.block().id, from, to));
  const PacketView view = packet.View();
  return writer.Write({&view, 1}, spec, true);
}

/// All that a reader of `block` gets, its checksums verified.
inline Result<std::string> ReadBack(BlockStore& store, const Block& block) {
  ASSIGN_OR_RETURN(const auto reader, store.OpenForRead(block));
  std::vector<uint8_t> data(reader->length());
  std::vector<uint8_t> checksums(reader->spec().ChecksumBytes(0, data.size()));
  RETURN_IF_ERROR(reader->Read(0, data, checksums));
  RETURN_IF_ERROR(VerifyChecksums(reader->spec(), 0, data, checksums));
  return std::string(AsText(data));
}

/// A store with one volume at /data, attached.
inline Result<std::unique_ptr<BlockStore>> OpenStore(Env& env) {
  BlockStoreOptions options;
  options.volumes = {{.path = "/data", .type = StorageType::kDisk}};
  options.volume.threads = 1;
  ASSIGN_OR_RETURN(auto store, BlockStore::Open(env, std::move(options)));
  RETURN_IF_ERROR(store->Attach(kTestIdentity, "uuid-of-the-datanode"));
  return store;
}

}  // namespace tusk::dfs::datanode

#pragma once

#include <cstdint>

#include "mapreduce/api/key_codec.h"
#include "mapreduce/sort/record.h"

namespace tusk::mapreduce {

/// Chooses the reduce task of a key: override `Partition`. It must depend on the key alone, or a
/// task that is run again would send its records elsewhere. Jobs without one use a stable hash of
/// the key's bytes.
template <typename K>
class Partitioner {
 public:
  using Key = K;
  virtual ~Partitioner() = default;
  /// In [0, reduces); anything else fails the task.
  virtual uint32_t Partition(KeyView<K> key, uint32_t reduces) const = 0;
};

namespace internal {

/// Decodes keys for a user's partitioner.
template <typename P>
class TypedPartitioner final : public KeyPartitioner {
 public:
  uint32_t Partition(ByteView key, uint32_t partitions) const override {
    Decoded<typename P::Key, KeyCodec> decoded;
    if (!decoded.Decode(key)) return partitions;  // out of range: refused by the collector
    return partitioner_.Partition(decoded.view(), partitions);
  }

 private:
  P partitioner_;
};

}  // namespace internal
}  // namespace tusk::mapreduce

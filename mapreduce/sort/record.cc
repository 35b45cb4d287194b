#include "mapreduce/sort/record.h"

#include "common/base/stable_hash.h"

namespace tusk::mapreduce {

uint32_t HashPartition(ByteView key, uint32_t partitions) {
  if (partitions <= 1) return 0;
  return static_cast<uint32_t>(((StableHash(AsText(key)) >> 32) * partitions) >> 32);
}

}  // namespace tusk::mapreduce

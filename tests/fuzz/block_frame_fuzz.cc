#include <vector>

#include "mapreduce/sort/block_frame.h"
#include "tests/fuzz/fuzz_target.h"

// The frame of blocks in spill and record files: any stored bytes unpack or are refused, within the
// announced length.
FUZZ_TARGET(BlockFrame) {
  using namespace mapreduce;
  if (bytes.size() < kBlockHeaderBytes) return;
  BlockHeader header;
  if (!ParseBlockHeader(bytes.data(), &header).ok()) return;
  CHECK(header.raw_bytes <= kMaxBlockBytes && header.stored_bytes <= kMaxBlockBytes);
  const ByteView stored = bytes.subspan(kBlockHeaderBytes);
  if (header.stored_bytes > stored.size()) return;
  const ByteView block = stored.first(header.stored_bytes);
  static_cast<void>(CheckBlock(bytes.data(), block, header));
  if (header.compression == MapOutputCompression::kNone || header.raw_bytes > 1 << 20) return;
  std::vector<uint8_t> out(header.raw_bytes);
  static_cast<void>(UnpackBlock(block, header, out));
}

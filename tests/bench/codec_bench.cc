// Rates of checksums and compressors over a text in memory.   codec_bench [--runs N]

#include <string>

#include "common/base/random.h"
#include "common/codec/compression.h"
#include "common/codec/crc.h"
#include "tests/bench/report.h"

namespace tusk::bench {
namespace {

constexpr size_t kBytes = size_t{8} << 20;
constexpr size_t kBlock = size_t{256} << 10;
constexpr size_t kChunk = 512;

/// Words of a few letters, the frequent ones far more often: compresses about as text does.
std::string MakeText() {
  Random random(1);
  std::string text;
  while (text.size() < kBytes) {
    const uint64_t spread = uint64_t{1} << random.Below(16);
    text += std::to_string(random.Below(spread) * 2654435761U % 1000003);
    text += random.Below(10) == 0 ? '\n' : ' ';
  }
  text.resize(kBytes);
  return text;
}

void MeasureCodec(const Codec& codec, const std::string& text, int runs) {
  std::string packed(codec.MaxCompressedLength(kBlock), '\0');
  std::string unpacked(kBlock, '\0');
  const ByteView block = AsBytes(std::string_view(text).substr(0, kBlock));
  const MutableByteView room(reinterpret_cast<uint8_t*>(packed.data()), packed.size());
  const MutableByteView out(reinterpret_cast<uint8_t*>(unpacked.data()), unpacked.size());
  const int rounds = codec.name() == "zlib" ? 8 : 64;
  const double megabytes = static_cast<double>(kBlock) * rounds / 1e6;
  size_t size = 0;
  const std::string name(codec.name());
  MeasureRate(name + " compress", "MB/s", megabytes, runs, [&] {
    for (int i = 0; i < rounds; ++i) {
      const Result<size_t> done = codec.Compress(block, room);
      Require(done.status());
      size = *done;
    }
  });
  MeasureRate(name + " decompress", "MB/s", megabytes, runs, [&] {
    for (int i = 0; i < rounds; ++i) Require(codec.Decompress(room.first(size), out).status());
  });
}

int Run(int argc, char** argv) {
  const int runs = static_cast<int>(NumberOf(argc, argv, "--runs", 5));
  const std::string text = MakeText();
  const ByteView bytes = AsBytes(text);
  std::string sums(kBytes / kChunk * 4, '\0');
  const MutableByteView room(reinterpret_cast<uint8_t*>(sums.data()), sums.size());
  MeasureRate("crc32c of 512-byte chunks", "MB/s", kBytes / 1e6, runs,
              [&] { ChecksumChunks(ChecksumType::kCrc32c, bytes, kChunk, room); });
  MeasureRate("crc32c verified", "MB/s", kBytes / 1e6, runs, [&] {
    if (FindBadChunk(ChecksumType::kCrc32c, bytes, kChunk, room)) std::abort();
  });
  for (const Codec* codec : AllCodecs()) MeasureCodec(*codec, text, runs);
  return 0;
}

}  // namespace
}  // namespace tusk::bench

int main(int argc, char** argv) { return tusk::bench::Run(argc, argv); }

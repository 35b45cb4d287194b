#include "common/codec/crc.h"

#include <algorithm>

#include <isa-l/crc.h>

#include "common/base/check.h"
#include "common/codec/endian.h"

namespace tusk {

namespace {

constexpr uint32_t kCrc32Polynomial = 0xEDB88320;
constexpr uint32_t kCrc32cPolynomial = 0x82F63B78;

/// Product of two polynomials over GF(2), modulo `polynomial`; all reflected (bit 31 is x^0).
uint32_t Multiply(uint32_t a, uint32_t b, uint32_t polynomial) {
  uint32_t product = 0;
  for (uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
    if ((a & bit) != 0) product ^= b;
    b = (b & 1) != 0 ? (b >> 1) ^ polynomial : b >> 1;
  }
  return product;
}

/// Appending n zero bytes multiplies a checksum by x^(8n).
uint32_t Combine(uint32_t crc_a, uint32_t crc_b, uint64_t length_b, uint32_t polynomial) {
  uint32_t power = 1u << 23;  // x^8
  uint32_t shift = 1u << 31;  // x^0
  for (uint64_t n = length_b; n != 0; n >>= 1) {
    if ((n & 1) != 0) shift = Multiply(power, shift, polynomial);
    power = Multiply(power, power, polynomial);
  }
  return Multiply(shift, crc_a, polynomial) ^ crc_b;
}

}  // namespace

uint32_t Crc32(ByteView data, uint32_t before) {
  return crc32_gzip_refl(before, data.data(), data.size());
}

uint32_t Crc32c(ByteView data, uint32_t before) {
  // The library counts in int, takes no const, and leaves both inversions to the caller.
  constexpr size_t kMaxStep = 1u << 30;
  uint32_t state = ~before;
  while (!data.empty()) {
    const size_t n = std::min(data.size(), kMaxStep);
    state = crc32_iscsi(const_cast<uint8_t*>(data.data()), static_cast<int>(n), state);
    data = data.subspan(n);
  }
  return ~state;
}

uint32_t Checksum(ChecksumType type, ByteView data, uint32_t before) {
  switch (type) {
    case ChecksumType::kNull:
      return 0;
    case ChecksumType::kCrc32:
      return Crc32(data, before);
    case ChecksumType::kCrc32c:
      return Crc32c(data, before);
  }
  return 0;
}

uint32_t Crc32Combine(uint32_t crc_a, uint32_t crc_b, uint64_t length_b) {
  return Combine(crc_a, crc_b, length_b, kCrc32Polynomial);
}

uint32_t Crc32cCombine(uint32_t crc_a, uint32_t crc_b, uint64_t length_b) {
  return Combine(crc_a, crc_b, length_b, kCrc32cPolynomial);
}

size_t ChecksumLength(ChecksumType type) { return type == ChecksumType::kNull ? 0 : 4; }

void ChecksumChunks(ChecksumType type, ByteView data, size_t bytes_per_chunk, MutableByteView out) {
  CHECK(bytes_per_chunk > 0);
  if (type == ChecksumType::kNull) return;
  CHECK_EQ(out.size(), (data.size() + bytes_per_chunk - 1) / bytes_per_chunk * 4);
  uint8_t* to = out.data();
  for (size_t at = 0; at < data.size(); at += bytes_per_chunk, to += 4) {
    PutBig(to, Checksum(type, data.subspan(at, std::min(bytes_per_chunk, data.size() - at))));
  }
}

std::optional<size_t> FindBadChunk(ChecksumType type, ByteView data, size_t bytes_per_chunk,
                                   ByteView checksums) {
  CHECK(bytes_per_chunk > 0);
  if (type == ChecksumType::kNull) return std::nullopt;
  CHECK_EQ(checksums.size(), (data.size() + bytes_per_chunk - 1) / bytes_per_chunk * 4);
  size_t chunk = 0;
  for (size_t at = 0; at < data.size(); at += bytes_per_chunk, ++chunk) {
    const ByteView bytes = data.subspan(at, std::min(bytes_per_chunk, data.size() - at));
    if (GetBig<uint32_t>(checksums.data() + 4 * chunk) != Checksum(type, bytes)) return chunk;
  }
  return std::nullopt;
}

}  // namespace tusk

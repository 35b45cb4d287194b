#include "mapreduce/sort/block_frame.h"

#include <isa-l/crc.h>
#include <lz4.h>
#include <snappy.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>

#include "common/base/status_macros.h"

namespace tusk::mapreduce {
namespace {

constexpr size_t kCrcOffset = 12;
constexpr int kZstdLevel = -1;  // the fast end: intermediate data is read once

void PutU32(uint8_t* out, uint32_t value) { std::memcpy(out, &value, sizeof(value)); }

uint32_t GetU32(const uint8_t* in) {
  uint32_t value;
  std::memcpy(&value, in, sizeof(value));
  return value;
}

/// The packed size, or 0 when packing failed.
size_t Pack(ByteView raw, MapOutputCompression compression, std::vector<uint8_t>* packed) {
  const char* const in = reinterpret_cast<const char*>(raw.data());
  switch (compression) {
    case MapOutputCompression::kNone:
      return 0;
    case MapOutputCompression::kSnappy: {
      packed->resize(snappy::MaxCompressedLength(raw.size()));
      size_t size = 0;
      snappy::RawCompress(in, raw.size(), reinterpret_cast<char*>(packed->data()), &size);
      return size;
    }
    case MapOutputCompression::kLz4: {
      packed->resize(static_cast<size_t>(LZ4_compressBound(static_cast<int>(raw.size()))));
      const int size =
          LZ4_compress_default(in, reinterpret_cast<char*>(packed->data()),
                               static_cast<int>(raw.size()), static_cast<int>(packed->size()));
      return size > 0 ? static_cast<size_t>(size) : 0;
    }
    case MapOutputCompression::kZstd: {
      packed->resize(ZSTD_compressBound(raw.size()));
      const size_t size = ZSTD_compress(packed->data(), packed->size(), in, raw.size(), kZstdLevel);
      return ZSTD_isError(size) ? 0 : size;
    }
  }
  return 0;
}

bool Unpack(ByteView stored, MapOutputCompression compression, MutableByteView out) {
  const char* const in = reinterpret_cast<const char*>(stored.data());
  char* const to = reinterpret_cast<char*>(out.data());
  switch (compression) {
    case MapOutputCompression::kNone:
      return false;
    case MapOutputCompression::kSnappy: {
      size_t size = 0;
      return snappy::GetUncompressedLength(in, stored.size(), &size) && size == out.size() &&
             snappy::RawUncompress(in, stored.size(), to);
    }
    case MapOutputCompression::kLz4:
      return LZ4_decompress_safe(in, to, static_cast<int>(stored.size()),
                                 static_cast<int>(out.size())) == static_cast<int>(out.size());
    case MapOutputCompression::kZstd:
      return ZSTD_decompress(to, out.size(), in, stored.size()) == out.size();
  }
  return false;
}

uint32_t CrcOf(const uint8_t* header_bytes, ByteView stored) {
  return ExtendCrc32c(ExtendCrc32c(0, {header_bytes, kCrcOffset}), stored);
}

}  // namespace

uint32_t ExtendCrc32c(uint32_t crc, ByteView bytes) {
  constexpr size_t kStep = size_t{1} << 30;  // the library counts in int
  uint32_t state = ~crc;
  while (!bytes.empty()) {
    const size_t n = std::min(bytes.size(), kStep);
    state = ::crc32_iscsi(const_cast<unsigned char*>(bytes.data()), static_cast<int>(n), state);
    bytes = bytes.subspan(n);
  }
  return ~state;
}

Status ParseBlockHeader(const uint8_t* bytes, BlockHeader* header) {
  header->raw_bytes = GetU32(bytes);
  header->stored_bytes = GetU32(bytes + 4);
  const uint32_t compression = GetU32(bytes + 8);
  header->crc = GetU32(bytes + kCrcOffset);
  const bool plain = compression == 0;
  if (header->raw_bytes == 0 || header->raw_bytes > kMaxBlockBytes || header->stored_bytes == 0 ||
      header->stored_bytes > header->raw_bytes || compression > 3 ||
      (plain && header->stored_bytes != header->raw_bytes)) {
    return Status(StatusCode::kCorruption, "not the header of a block");
  }
  header->compression = static_cast<MapOutputCompression>(compression);
  return Status::Ok();
}

Status CheckBlock(const uint8_t* header_bytes, ByteView stored, const BlockHeader& header) {
  if (CrcOf(header_bytes, stored) != header.crc) {
    return Status(StatusCode::kCorruption, "the checksum of a block is wrong");
  }
  return Status::Ok();
}

Status UnpackBlock(ByteView stored, const BlockHeader& header, MutableByteView out) {
  if (!Unpack(stored, header.compression, out)) {
    return Status(StatusCode::kCorruption, "a compressed block does not unpack");
  }
  return Status::Ok();
}

ByteView PackBlock(ByteView raw, MapOutputCompression compression, std::vector<uint8_t>* packed,
                   uint8_t* header_bytes, uint32_t* crc) {
  const size_t size = Pack(raw, compression, packed);
  const bool smaller = size > 0 && size < raw.size();
  const ByteView stored = smaller ? ByteView(packed->data(), size) : raw;
  PutU32(header_bytes, static_cast<uint32_t>(raw.size()));
  PutU32(header_bytes + 4, static_cast<uint32_t>(stored.size()));
  PutU32(header_bytes + 8, smaller ? static_cast<uint32_t>(compression) : 0);
  *crc = CrcOf(header_bytes, stored);
  PutU32(header_bytes + kCrcOffset, *crc);
  return stored;
}

}  // namespace tusk::mapreduce

#include "dfs/namenode/journal/journal_frame.h"

#include <charconv>

#include <fmt/format.h>

#include "common/base/stable_hash.h"
#include "common/codec/crc.h"
#include "common/codec/endian.h"

namespace tusk::dfs::namenode {

namespace {

constexpr std::string_view kSegmentMagic = "TUSKJRNL";
constexpr uint32_t kSegmentVersion = 1;
constexpr uint32_t kFrameMagic = 0x4D52464A;  // "JFRM"
constexpr std::string_view kSegmentPrefix = "edits_";
constexpr size_t kSegmentDigits = 20;

// Offsets in a frame header; the CRC covers what is before it.
constexpr size_t kCrcOffset = 40;

uint8_t* Bytes(std::string& text) { return reinterpret_cast<uint8_t*>(text.data()); }

}  // namespace

std::string EncodeSegmentHeader(const SegmentHeader& header) {
  std::string out(kSegmentHeaderBytes, '\0');
  out.replace(0, kSegmentMagic.size(), kSegmentMagic);
  PutLittle<uint32_t>(Bytes(out) + 8, kSegmentVersion);
  PutLittle<uint64_t>(Bytes(out) + 16, header.first_txid);
  PutLittle<uint64_t>(Bytes(out) + 24, header.epoch);
  PutLittle<uint64_t>(Bytes(out) + 32, header.chain);
  PutLittle<uint32_t>(Bytes(out) + 60, Crc32c(AsBytes(out).first(60)));
  return out;
}

Result<SegmentHeader> DecodeSegmentHeader(ByteView bytes) {
  if (bytes.size() < kSegmentHeaderBytes || AsText(bytes.first(8)) != kSegmentMagic ||
      GetLittle<uint32_t>(bytes.data() + 60) != Crc32c(bytes.first(60))) {
    return Status(StatusCode::kCorruption, "journal: segment header is damaged");
  }
  if (GetLittle<uint32_t>(bytes.data() + 8) > kSegmentVersion) {
    return Status(StatusCode::kVersionMismatch, "journal: written by a newer version");
  }
  return SegmentHeader{GetLittle<uint64_t>(bytes.data() + 16),
                       GetLittle<uint64_t>(bytes.data() + 24),
                       GetLittle<uint64_t>(bytes.data() + 32)};
}

uint64_t FrameHeader::FrameBytes() const {
  const uint64_t bytes = kFrameHeaderBytes + payload_bytes;
  return (bytes + kFrameAlignment - 1) / kFrameAlignment * kFrameAlignment;
}

void EncodeFrame(const JournalBatch& batch, uint64_t epoch, uint64_t chain, std::string* out) {
  FrameHeader header;
  header.payload_bytes = static_cast<uint32_t>(batch.payload.size());
  out->clear();
  out->reserve(header.FrameBytes());
  out->resize(kFrameHeaderBytes, '\0');
  uint8_t* bytes = Bytes(*out);
  PutLittle<uint32_t>(bytes, kFrameMagic);
  PutLittle<uint32_t>(bytes + 4, header.payload_bytes);
  PutLittle<uint32_t>(bytes + 8, batch.count);
  PutLittle<uint64_t>(bytes + 16, batch.first_txid);
  PutLittle<uint64_t>(bytes + 24, epoch);
  PutLittle<uint64_t>(bytes + 32, chain);
  const uint32_t crc = Crc32c(AsBytes(batch.payload), Crc32c(ByteView(bytes, kCrcOffset)));
  PutLittle<uint32_t>(bytes + kCrcOffset, crc);
  out->append(batch.payload);
  out->resize(header.FrameBytes(), '\0');
}

std::optional<FrameHeader> DecodeFrameHeader(ByteView bytes) {
  if (bytes.size() < kFrameHeaderBytes || GetLittle<uint32_t>(bytes.data()) != kFrameMagic) {
    return std::nullopt;
  }
  FrameHeader header;
  header.payload_bytes = GetLittle<uint32_t>(bytes.data() + 4);
  header.count = GetLittle<uint32_t>(bytes.data() + 8);
  header.first_txid = GetLittle<uint64_t>(bytes.data() + 16);
  header.epoch = GetLittle<uint64_t>(bytes.data() + 24);
  header.chain = GetLittle<uint64_t>(bytes.data() + 32);
  header.crc = GetLittle<uint32_t>(bytes.data() + kCrcOffset);
  if (header.payload_bytes > kMaxFramePayload) return std::nullopt;
  return header;
}

bool FrameIsWhole(ByteView header_bytes, const FrameHeader& header, ByteView payload) {
  return payload.size() == header.payload_bytes &&
         Crc32c(payload, Crc32c(header_bytes.first(kCrcOffset))) == header.crc;
}

uint64_t NextChain(uint64_t chain, const FrameHeader& header) {
  // The CRC stands for the payload; length, ids and the chain before are in the header it covers.
  uint8_t bytes[24];
  PutLittle<uint64_t>(bytes, header.first_txid);
  PutLittle<uint64_t>(bytes + 8, header.count);
  PutLittle<uint32_t>(bytes + 16, header.payload_bytes);
  PutLittle<uint32_t>(bytes + 20, header.crc);
  return StableHash(AsText(ByteView(bytes)), chain);
}

std::string SegmentName(TxId first_txid) {
  return fmt::format("{}{:020}", kSegmentPrefix, first_txid);
}

std::optional<TxId> ParseSegmentName(std::string_view name) {
  if (!name.starts_with(kSegmentPrefix)) return std::nullopt;
  name.remove_prefix(kSegmentPrefix.size());
  if (name.size() != kSegmentDigits) return std::nullopt;
  TxId txid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), txid);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return txid;
}

}  // namespace tusk::dfs::namenode

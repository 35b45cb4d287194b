#include "dfs/datanode/storage/block_meta_file.h"

#include <charconv>

#include "common/codec/endian.h"

namespace tusk::dfs::datanode {
namespace {

constexpr std::string_view kPrefix = "blk_";
constexpr std::string_view kSuffix = ".meta";

std::optional<int64_t> ParseNumber(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return {};
  return value;
}

}  // namespace

std::array<uint8_t, kMetaHeaderBytes> EncodeMetaHeader(const ChecksumSpec& spec) {
  std::array<uint8_t, kMetaHeaderBytes> header;
  PutBig<uint16_t>(header.data(), kMetaVersion);
  header[2] = static_cast<uint8_t>(spec.type);
  PutBig<uint32_t>(header.data() + 3, spec.bytes_per_checksum);
  return header;
}

Result<ChecksumSpec> ParseMetaHeader(ByteView header) {
  if (header.size() < kMetaHeaderBytes) {
    return Status::Error(StatusCode::kCorruption, "checksum file has only {} bytes", header.size());
  }
  const uint16_t version = GetBig<uint16_t>(header.data());
  if (version != kMetaVersion) {
    return Status::Error(StatusCode::kCorruption, "checksum file has version {}, not {}", version,
                         kMetaVersion);
  }
  Result<ChecksumSpec> spec = ChecksumSpec::Make(header[2], GetBig<uint32_t>(header.data() + 3));
  if (!spec.ok()) {
    return Status(StatusCode::kCorruption,
                  "checksum file: " + std::string(spec.status().message()));
  }
  // Without checksums any chunk size is written, but it divides offsets here.
  if (spec->bytes_per_checksum == 0) spec->bytes_per_checksum = kDefaultBytesPerChecksum;
  return spec;
}

std::string BlockFileName(BlockId id) { return std::string(kPrefix) + std::to_string(id.value()); }

std::string MetaFileName(BlockId id, GenerationStamp stamp) {
  return BlockFileName(id) + "_" + std::to_string(stamp.value()) + std::string(kSuffix);
}

std::optional<BlockId> ParseBlockFileName(std::string_view name) {
  if (!name.starts_with(kPrefix)) return {};
  const std::optional<int64_t> id = ParseNumber(name.substr(kPrefix.size()));
  if (!id.has_value()) return {};
  return BlockId(*id);
}

std::optional<MetaName> ParseMetaFileName(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return {};
  name.remove_prefix(kPrefix.size());
  if (name.size() < kSuffix.size()) return {};
  name.remove_suffix(kSuffix.size());
  const size_t split = name.rfind('_');
  if (split == std::string_view::npos) return {};
  const std::optional<int64_t> id = ParseNumber(name.substr(0, split));
  const std::optional<int64_t> stamp = ParseNumber(name.substr(split + 1));
  if (!id.has_value() || !stamp.has_value()) return {};
  return MetaName{BlockId(*id), GenerationStamp(*stamp)};
}

}  // namespace tusk::dfs::datanode

#include "dfs/datanode/storage/directory_scanner.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "common/base/status_macros.h"
#include "common/codec/crc.h"
#include "common/log/logger.h"
#include "dfs/datanode/storage/block_meta_file.h"
#include "dfs/datanode/storage/replica_writer.h"

namespace tusk::dfs::datanode {
namespace {

constexpr size_t kReadBytes = 1 << 20;

// The files of one block in one directory.
struct Found {
  std::string data;  // path; empty if there is none
  std::string meta;
  GenerationStamp stamp;
};
using FoundMap = std::map<BlockId, Found>;

// Bytes at the front of `chunk` that have this checksum; 0 if no prefix has.
uint64_t CoveredPrefix(ChecksumType type, ByteView chunk, uint32_t checksum) {
  uint64_t covered = 0;
  uint32_t running = 0;
  for (size_t i = 0; i < chunk.size(); ++i) {
    running = Checksum(type, chunk.subspan(i, 1), running);
    if (running == checksum) covered = i + 1;
  }
  return covered;
}

class Scanner {
 public:
  explicit Scanner(Volume& volume) : volume_(volume), env_(volume.env()) {}

  Result<ScanResult> Run() {
    FoundMap rbw;
    RETURN_IF_ERROR(List(volume_.rbw_directory(), &rbw));
    ASSIGN_OR_RETURN(const std::vector<std::string> outer,
                     env_.ListDirectory(volume_.finalized_directory()));
    for (const std::string& first : outer) {
      const std::string path = volume_.finalized_directory() + "/" + first;
      ASSIGN_OR_RETURN(const std::vector<std::string> inner, env_.ListDirectory(path));
      for (const std::string& second : inner) {
        FoundMap finalized;
        RETURN_IF_ERROR(List(path + "/" + second, &finalized));
        for (auto& [id, found] : finalized) {
          RETURN_IF_ERROR(AddFinalized(id, found, path + "/" + second, &rbw));
        }
      }
    }
    for (auto& [id, found] : rbw) RETURN_IF_ERROR(AddBeingWritten(id, found));
    return std::move(result_);
  }

 private:
  Status List(const std::string& directory, FoundMap* found) {
    Result<std::vector<std::string>> names = env_.ListDirectory(directory);
    if (names.status().code() == StatusCode::kNotADirectory) return Status();
    RETURN_IF_ERROR(names.status());
    for (const std::string& name : *names) {
      std::string path = directory + "/" + name;
      if (const auto meta = ParseMetaFileName(name); meta.has_value()) {
        Found& entry = (*found)[meta->id];
        // Two stamps of one block: a rename that a power cut undid in part; the newer one counts.
        if (entry.meta.empty() || entry.stamp < meta->stamp) {
          entry.meta = std::move(path);
          entry.stamp = meta->stamp;
        }
      } else if (const auto id = ParseBlockFileName(name); id.has_value()) {
        (*found)[*id].data = std::move(path);
      }
    }
    return Status();
  }

  Status AddFinalized(BlockId id, Found& found, const std::string& directory, FoundMap* rbw) {
    const auto other = rbw->find(id);
    if (found.data.empty()) {
      // Moved into rbw in half, or out of it: the data decides.
      if (other != rbw->end() && other->second.meta.empty()) {
        const std::string target = volume_.rbw_directory() + "/" + MetaFileName(id, found.stamp);
        RETURN_IF_ERROR(Move(found.meta, target));
        other->second.meta = target;
        other->second.stamp = found.stamp;
      } else {
        ++result_.dropped;
      }
      return Status();
    }
    if (found.meta.empty() && other != rbw->end() && other->second.data.empty()) {
      const std::string target = directory + "/" + MetaFileName(id, other->second.stamp);
      RETURN_IF_ERROR(Move(other->second.meta, target));
      found.meta = target;
      found.stamp = other->second.stamp;
      rbw->erase(other);
    }
    if (found.meta.empty()) {
      LOG_WARN("datanode", "{} has no checksum file and is not served", found.data);
      ++result_.dropped;
      return Status();
    }
    ASSIGN_OR_RETURN(const FileStat data, env_.Stat(found.data));
    ASSIGN_OR_RETURN(const FileStat meta, env_.Stat(found.meta));
    result_.used_bytes += data.size + meta.size;
    Replica replica;
    replica.block = {.id = id, .generation_stamp = found.stamp, .length = data.size};
    replica.volume = volume_.index();
    result_.replicas.push_back(std::move(replica));
    return Status();
  }

  Status Move(const std::string& from, const std::string& to) {
    LOG_INFO("datanode", "completing an interrupted move from={} to={}", from, to);
    RETURN_IF_ERROR(env_.Rename(from, to));
    RETURN_IF_ERROR(env_.SyncDirectory(to.substr(0, to.rfind('/'))));
    return env_.SyncDirectory(from.substr(0, from.rfind('/')));
  }

  Status AddBeingWritten(BlockId id, const Found& found) {
    if (found.data.empty() || found.meta.empty()) {
      ++result_.dropped;
      return env_.RemoveFile(found.data.empty() ? found.meta : found.data);
    }
    ASSIGN_OR_RETURN(const FileStat data, env_.Stat(found.data));
    ASSIGN_OR_RETURN(const FileStat meta, env_.Stat(found.meta));
    Result<uint64_t> length = VerifiedLength(env_, found.data, found.meta);
    Replica replica;
    replica.block = {.id = id, .generation_stamp = found.stamp, .length = length.value_or(0)};
    replica.volume = volume_.index();
    replica.state = ReplicaState::kWaiting;
    Status cut = length.ok() ? Cut(replica.block) : std::move(length).status();
    if (!cut.ok()) {
      LOG_WARN("datanode", "{} cannot be used: {}", found.data, cut.ToString());
      ++result_.dropped;
      return Status();
    }
    // The sizes of before: the cut has told the volume what it took away.
    result_.used_bytes += data.size + meta.size;
    result_.bytes_verified += replica.block.length;
    result_.replicas.push_back(std::move(replica));
    return Status();
  }

  Status Cut(const Block& block) {
    ASSIGN_OR_RETURN(const std::unique_ptr<ReplicaWriter> writer,
                     ReplicaWriter::Reopen(volume_, volume_.rbw_directory(), block, block.length));
    return writer->Close();
  }

  Volume& volume_;
  Env& env_;
  ScanResult result_;
};

}  // namespace

Result<ScanResult> ScanVolume(Volume& volume) { return Scanner(volume).Run(); }

Result<uint64_t> VerifiedLength(Env& env, const std::string& data_path,
                                const std::string& meta_path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<File> data, env.OpenFile(data_path, OpenMode::kRead));
  ASSIGN_OR_RETURN(const std::unique_ptr<File> meta, env.OpenFile(meta_path, OpenMode::kRead));
  ASSIGN_OR_RETURN(const uint64_t data_bytes, data->Size());
  ASSIGN_OR_RETURN(const uint64_t meta_bytes, meta->Size());
  if (meta_bytes < kMetaHeaderBytes) return uint64_t{0};
  uint8_t header[kMetaHeaderBytes];
  RETURN_IF_ERROR(meta->PReadExactly(0, header));
  ASSIGN_OR_RETURN(const ChecksumSpec spec, ParseMetaHeader(header));
  if (spec.ChecksumSize() == 0) return data_bytes;
  const uint64_t chunk = spec.bytes_per_checksum;
  const uint64_t chunks = (meta_bytes - kMetaHeaderBytes) / kChecksumBytes;
  const uint64_t end = std::min(data_bytes, chunks * chunk);
  const uint64_t step = std::max<uint64_t>(chunk, kReadBytes / chunk * chunk);
  std::vector<uint8_t> bytes;
  std::vector<uint8_t> checksums;
  for (uint64_t offset = 0; offset < end; offset += step) {
    bytes.resize(std::min(step, end - offset));
    checksums.resize(spec.ChecksumBytes(offset, bytes.size()));
    RETURN_IF_ERROR(data->PReadExactly(offset, bytes));
    RETURN_IF_ERROR(meta->PReadExactly(ChecksumPosition(spec, offset), checksums));
    if (const auto bad = FindBadChunk(spec, offset, bytes, checksums); bad.has_value()) {
      // The last chunk's checksum is written anew as its data grows: what it covers may have been
      // acknowledged, although the data has grown past it. It need not look like the last one: the
      // files may have got longer without what was to stand there.
      const ByteView rest = ByteView(bytes).subspan(bad->offset - offset);
      const ByteView last = rest.first(std::min<uint64_t>(chunk, rest.size()));
      return bad->offset + CoveredPrefix(spec.type, last, bad->expected);
    }
  }
  return end;
}

}  // namespace tusk::dfs::datanode

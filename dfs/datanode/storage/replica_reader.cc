#include "dfs/datanode/storage/replica_reader.h"

#include <fcntl.h>

#include "common/base/status_macros.h"
#include "common/codec/endian.h"
#include "common/fault/fault_point.h"
#include "dfs/datanode/storage/block_meta_file.h"

namespace tusk::dfs::datanode {

ReplicaReader::ReplicaReader(Volume& volume, const Source& source)
    : volume_(volume),
      block_(source.block),
      length_(source.length),
      growing_(source.growing),
      last_checksum_(source.last_checksum) {}

Result<std::unique_ptr<ReplicaReader>> ReplicaReader::Open(Volume& volume, const Source& source) {
  RETURN_IF_ERROR(FAULT_STATUS("dn.replica.open"));
  std::unique_ptr<ReplicaReader> reader(new ReplicaReader(volume, source));
  ASSIGN_OR_RETURN(reader->data_, volume.env().OpenFile(source.data_path, OpenMode::kRead));
  ASSIGN_OR_RETURN(reader->meta_, volume.env().OpenFile(source.meta_path, OpenMode::kRead));
  uint8_t header[kMetaHeaderBytes];
  RETURN_IF_ERROR(reader->meta_->PReadExactly(0, header));
  ASSIGN_OR_RETURN(reader->spec_, ParseMetaHeader(header));
  ASSIGN_OR_RETURN(const uint64_t data_bytes, reader->data_->Size());
  ASSIGN_OR_RETURN(const uint64_t meta_bytes, reader->meta_->Size());
  const uint64_t wanted = MetaFileBytes(reader->spec_, source.length);
  const bool fits = source.growing ? data_bytes >= source.length && meta_bytes >= wanted
                                   : data_bytes == source.length && meta_bytes == wanted;
  if (!fits) {
    return Status::Error(StatusCode::kCorruption,
                         "{} has {} bytes and {} of checksums, expected {} and {}",
                         source.data_path, data_bytes, meta_bytes, source.length, wanted);
  }
  return reader;
}

Status ReplicaReader::Read(uint64_t offset, MutableByteView data, MutableByteView checksums) const {
  RETURN_IF_ERROR(FAULT_STATUS("dn.replica.read"));
  RETURN_IF_ERROR(data_->PReadExactly(offset, data));
  if (checksums.empty()) return Status();
  RETURN_IF_ERROR(meta_->PReadExactly(ChecksumPosition(spec_, offset), checksums));
  const uint64_t end = offset + data.size();
  if (growing_ && end == length_ && end % spec_.bytes_per_checksum != 0) {
    PutBig<uint32_t>(checksums.data() + checksums.size() - kChecksumBytes, last_checksum_);
  }
  return Status();
}

void ReplicaReader::ReadAhead(uint64_t offset, uint64_t length) const {
  if (data_->descriptor() < 0) return;
  ::posix_fadvise(data_->descriptor(), static_cast<off_t>(offset), static_cast<off_t>(length),
                  POSIX_FADV_WILLNEED);
}

}  // namespace tusk::dfs::datanode

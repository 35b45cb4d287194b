#include "common/env/env.h"

#include <algorithm>

#include <fmt/core.h>

#include "common/base/status_macros.h"
#include "common/env/local_path.h"

namespace tusk {

Status File::PReadExactly(uint64_t offset, MutableByteView out) const {
  ASSIGN_OR_RETURN(const size_t read, PRead(offset, out));
  if (read == out.size()) return Status();
  return Status::Error(StatusCode::kCorruption, "file ends at byte {}, expected at least {}",
                       offset + read, offset + out.size());
}

Result<bool> Env::Exists(const std::string& path) const {
  Result<FileStat> stat = Stat(path);
  if (stat.ok()) return true;
  if (stat.status().code() == StatusCode::kNotFound) return false;
  return stat.status();
}

Status Env::MakeDirectories(const std::string& path, uint32_t mode) {
  // Collects the missing ones from the leaf up, then makes them from the root down.
  std::vector<std::string> missing;
  for (std::string at = path;; at = ParentPath(at)) {
    Result<FileStat> stat = Stat(at);
    if (stat.ok()) {
      if (stat->type == FileType::kDirectory) break;
      return Status::Error(StatusCode::kNotADirectory, "not a directory: {}", at);
    }
    if (stat.status().code() != StatusCode::kNotFound) return stat.status();
    if (at == "/" || at == ".") return stat.status();
    missing.push_back(at);
  }
  for (auto at = missing.rbegin(); at != missing.rend(); ++at) {
    Status made = MakeDirectory(*at, mode);
    if (!made.ok() && made.code() != StatusCode::kAlreadyExists) return made;
    RETURN_IF_ERROR(SyncDirectory(ParentPath(*at)));
  }
  return Status();
}

Status Env::RemoveTree(const std::string& path) {
  // Depth first without recursion: a directory stays on the stack until it is empty.
  std::vector<std::string> stack = {path};
  while (!stack.empty()) {
    const std::string at = stack.back();
    Status removed = RemoveFile(at);
    if (removed.code() == StatusCode::kIsADirectory) {
      ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDirectory(at));
      if (!names.empty()) {
        for (const std::string& name : names) stack.push_back(JoinPath(at, name));
        continue;
      }
      removed = RemoveDirectory(at);
    }
    if (!removed.ok() && removed.code() != StatusCode::kNotFound) return removed;
    stack.pop_back();
  }
  return Status();
}

Result<std::string> Env::ReadSmallFile(const std::string& path, uint64_t max_bytes) const {
  // Opening for reading changes nothing; the interface has one OpenFile for all modes.
  ASSIGN_OR_RETURN(std::unique_ptr<File> file,
                   const_cast<Env*>(this)->OpenFile(path, OpenMode::kRead));
  ASSIGN_OR_RETURN(const uint64_t size, file->Size());
  if (size > max_bytes) {
    return Status::Error(StatusCode::kTooLarge, "{} has {} bytes, at most {} are read", path, size,
                         max_bytes);
  }
  // Files of /proc claim no size: read until the end, one byte beyond the bound at most.
  std::string content;
  size_t chunk = std::max<size_t>(size, 4096);
  while (content.size() <= max_bytes) {
    const size_t start = content.size();
    content.resize(start + std::min<uint64_t>(chunk, max_bytes + 1 - start));
    MutableByteView out(reinterpret_cast<uint8_t*>(content.data()) + start, content.size() - start);
    ASSIGN_OR_RETURN(const size_t read, file->PRead(start, out));
    content.resize(start + read);
    if (read < out.size() || read == 0) return content;
  }
  return Status::Error(StatusCode::kTooLarge, "{} has more than {} bytes", path, max_bytes);
}

Status Env::ReplaceFile(const std::string& path, ByteView content, uint32_t mode) {
  const std::string beside = path + ".new";
  {
    ASSIGN_OR_RETURN(std::unique_ptr<File> file, OpenFile(beside, OpenMode::kTruncate, mode));
    RETURN_IF_ERROR(file->Append(content));
    RETURN_IF_ERROR(file->Sync());
    RETURN_IF_ERROR(file->Close());
  }
  RETURN_IF_ERROR(Rename(beside, path));
  return SyncDirectory(ParentPath(path));
}

}  // namespace tusk

#include "dataframe/source/dfs_arrow_file_system.h"

#include <chrono>
#include <utility>
#include <vector>

#include <arrow/io/interfaces.h>

#include "common/base/status_macros.h"
#include "dataframe/source/arrow_files.h"
#include "dataframe/type/arrow_status.h"
#include "dfs/client/file_system.h"

namespace tusk::df {
namespace {

constexpr size_t kCopyBytes = size_t{1} << 20;

arrow::fs::FileInfo InfoOf(const dfs::FileStatus& status, std::string path) {
  arrow::fs::FileInfo info(std::move(path), status.IsDirectory() ? arrow::fs::FileType::Directory
                                                                 : arrow::fs::FileType::File);
  if (!status.IsDirectory()) info.set_size(static_cast<int64_t>(status.length));
  info.set_mtime(arrow::fs::TimePoint(std::chrono::milliseconds(status.modification_ms)));
  return info;
}

Status Copy(dfs::FileSystem& files, const std::string& source, const std::string& destination) {
  ASSIGN_OR_RETURN(const auto in, files.Open(source));
  ASSIGN_OR_RETURN(const auto out, files.Create(destination));
  std::vector<uint8_t> buffer(kCopyBytes);
  while (true) {
    ASSIGN_OR_RETURN(const size_t read, in->Read(buffer));
    if (read == 0) break;
    RETURN_IF_ERROR(out->Write(ByteView(buffer).first(read)));
  }
  return out->Close();
}

}  // namespace

DfsArrowFileSystem::DfsArrowFileSystem(std::shared_ptr<dfs::FileSystem> files)
    : files_(std::move(files)) {}

bool DfsArrowFileSystem::Equals(const arrow::fs::FileSystem& other) const {
  if (this == &other) return true;
  return other.type_name() == type_name() &&
         static_cast<const DfsArrowFileSystem&>(other).files_->Uri() == files_->Uri();
}

arrow::Result<arrow::fs::FileInfo> DfsArrowFileSystem::GetFileInfo(const std::string& path) {
  const Result<dfs::FileStatus> status = files_->Stat(path);
  if (status.ok()) return InfoOf(*status, path);
  // A file where a folder is needed: what is below it is not there either.
  if (status.status().code() == StatusCode::kNotFound ||
      status.status().code() == StatusCode::kNotADirectory) {
    return arrow::fs::FileInfo(path, arrow::fs::FileType::NotFound);
  }
  return ToArrow(status.status());
}

arrow::Result<arrow::fs::FileInfoVector> DfsArrowFileSystem::GetFileInfo(
    const arrow::fs::FileSelector& select) {
  arrow::fs::FileInfoVector out;
  const Result<dfs::FileStatus> base = files_->Stat(select.base_dir);
  if (!base.ok()) {
    if (select.allow_not_found && base.status().code() == StatusCode::kNotFound) return out;
    return ToArrow(base.status());
  }
  if (!base->IsDirectory()) {
    return arrow::Status::IOError("not a folder: ", select.base_dir);
  }
  const Status status = List(select.base_dir, select, 0, out);
  if (!status.ok()) return ToArrow(status);
  return out;
}

Status DfsArrowFileSystem::List(const std::string& directory, const arrow::fs::FileSelector& select,
                                int32_t depth, arrow::fs::FileInfoVector& out) const {
  ASSIGN_OR_RETURN(const auto children, files_->ListPaged(directory));
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<dfs::FileStatus> child, children->Next());
    if (!child) return Status::Ok();
    // Paths are as the caller has written the folder's.
    const std::string name = child->path.substr(child->path.rfind('/') + 1);
    const std::string path = directory + (directory.ends_with('/') ? "" : "/") + name;
    out.push_back(InfoOf(*child, path));
    if (child->IsDirectory() && select.recursive && depth < select.max_recursion) {
      RETURN_IF_ERROR(List(path, select, depth + 1, out));
    }
  }
}

arrow::Status DfsArrowFileSystem::CreateDir(const std::string& path, bool recursive) {
  if (!recursive) {
    const size_t slash = path.find_last_of('/');
    const std::string parent =
        slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
    const Result<dfs::FileStatus> status = files_->Stat(parent);
    if (!status.ok()) return ToArrow(status.status());
  }
  return ToArrow(files_->MakeDirectories(path));
}

arrow::Status DfsArrowFileSystem::DeleteDir(const std::string& path) {
  const Result<dfs::FileStatus> status = files_->Stat(path);
  if (!status.ok()) return ToArrow(status.status());
  if (!status->IsDirectory()) return arrow::Status::IOError("not a folder: ", path);
  return ToArrow(files_->Delete(path, true)).status();
}

arrow::Status DfsArrowFileSystem::DeleteDirContents(const std::string& path, bool missing_dir_ok) {
  const Result<std::string> resolved = files_->ResolvePath(path);
  if (path.empty() || (resolved.ok() && *resolved == "/")) return DeleteRootDirContents();
  const Result<dfs::FileStatus> status = files_->Stat(path);
  if (!status.ok()) {
    const bool missing = status.status().code() == StatusCode::kNotFound;
    return missing && missing_dir_ok ? arrow::Status::OK() : ToArrow(status.status());
  }
  if (!status->IsDirectory()) return arrow::Status::IOError("not a folder: ", path);
  const Result<std::vector<dfs::FileStatus>> children = files_->List(path);
  if (!children.ok()) return ToArrow(children.status());
  for (const dfs::FileStatus& child : *children) {
    const Result<bool> deleted = files_->Delete(child.path, true);
    if (!deleted.ok()) return ToArrow(deleted.status());
  }
  return arrow::Status::OK();
}

arrow::Status DfsArrowFileSystem::DeleteRootDirContents() {
  return arrow::Status::Invalid("the contents of the root are not deleted at once");
}

arrow::Status DfsArrowFileSystem::DeleteFile(const std::string& path) {
  const Result<dfs::FileStatus> status = files_->Stat(path);
  if (!status.ok()) return ToArrow(status.status());
  if (status->IsDirectory()) return arrow::Status::IOError("a folder, not a file: ", path);
  return ToArrow(files_->Delete(path, false)).status();
}

arrow::Status DfsArrowFileSystem::Move(const std::string& source, const std::string& destination) {
  return ToArrow(files_->Rename(source, destination, {.overwrite = true}));
}

arrow::Status DfsArrowFileSystem::CopyFile(const std::string& source,
                                           const std::string& destination) {
  return ToArrow(Copy(*files_, source, destination));
}

arrow::Result<std::shared_ptr<arrow::io::InputStream>> DfsArrowFileSystem::OpenInputStream(
    const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto file, OpenInputFile(path));
  return std::shared_ptr<arrow::io::InputStream>(std::move(file));
}

arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> DfsArrowFileSystem::OpenInputFile(
    const std::string& path) {
  return ToArrow(OpenArrowInput(*files_, path));
}

arrow::Result<std::shared_ptr<arrow::io::OutputStream>> DfsArrowFileSystem::OpenOutputStream(
    const std::string& path, const std::shared_ptr<const arrow::KeyValueMetadata>&) {
  Result<std::unique_ptr<dfs::OutputStream>> stream = files_->Create(path);
  if (!stream.ok()) return ToArrow(stream.status());
  return MakeArrowOutput(std::move(*stream));
}

arrow::Result<std::shared_ptr<arrow::io::OutputStream>> DfsArrowFileSystem::OpenAppendStream(
    const std::string& path, const std::shared_ptr<const arrow::KeyValueMetadata>&) {
  Result<std::unique_ptr<dfs::OutputStream>> stream = files_->Append(path);
  if (!stream.ok()) return ToArrow(stream.status());
  return MakeArrowOutput(std::move(*stream));
}

}  // namespace tusk::df

#pragma once

#include <memory>
#include <string>

#include <arrow/filesystem/filesystem.h>

#include "common/base/result.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::df {

/// One of our file systems where Arrow wants one of its own: for readers and writers of whole
/// tables that Arrow or others bring along. Thread-safe as the file system below; what Arrow calls
/// asynchronous is done when it returns.
///
/// `Move` replaces files, as Arrow's contract wants. Metadata of output streams is not kept.
class DfsArrowFileSystem final : public arrow::fs::FileSystem {
 public:
  explicit DfsArrowFileSystem(std::shared_ptr<dfs::FileSystem> files);

  std::string type_name() const override { return "tusk"; }
  bool Equals(const arrow::fs::FileSystem& other) const override;
  using arrow::fs::FileSystem::Equals;

  arrow::Result<arrow::fs::FileInfo> GetFileInfo(const std::string& path) override;
  arrow::Result<arrow::fs::FileInfoVector> GetFileInfo(
      const arrow::fs::FileSelector& select) override;
  using arrow::fs::FileSystem::GetFileInfo;

  arrow::Status CreateDir(const std::string& path, bool recursive) override;
  using arrow::fs::FileSystem::CreateDir;
  arrow::Status DeleteDir(const std::string& path) override;
  arrow::Status DeleteDirContents(const std::string& path, bool missing_dir_ok) override;
  using arrow::fs::FileSystem::DeleteDirContents;
  /// Refused: nobody means it.
  arrow::Status DeleteRootDirContents() override;
  arrow::Status DeleteFile(const std::string& path) override;
  arrow::Status Move(const std::string& source, const std::string& destination) override;
  arrow::Status CopyFile(const std::string& source, const std::string& destination) override;

  arrow::Result<std::shared_ptr<arrow::io::InputStream>> OpenInputStream(
      const std::string& path) override;
  using arrow::fs::FileSystem::OpenInputStream;
  arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenInputFile(
      const std::string& path) override;
  using arrow::fs::FileSystem::OpenInputFile;
  arrow::Result<std::shared_ptr<arrow::io::OutputStream>> OpenOutputStream(
      const std::string& path,
      const std::shared_ptr<const arrow::KeyValueMetadata>& metadata) override;
  using arrow::fs::FileSystem::OpenOutputStream;
  arrow::Result<std::shared_ptr<arrow::io::OutputStream>> OpenAppendStream(
      const std::string& path,
      const std::shared_ptr<const arrow::KeyValueMetadata>& metadata) override;
  using arrow::fs::FileSystem::OpenAppendStream;

 private:
  Status List(const std::string& directory, const arrow::fs::FileSelector& select, int32_t depth,
              arrow::fs::FileInfoVector& out) const;

  const std::shared_ptr<dfs::FileSystem> files_;
};

}  // namespace tusk::df

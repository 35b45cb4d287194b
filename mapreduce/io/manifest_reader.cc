#include "mapreduce/io/manifest_reader.h"

#include "common/base/status_macros.h"
#include "dfs/client/file_system.h"

namespace tusk::mapreduce {
namespace {

constexpr uint64_t kMaxManifestBytes = uint64_t{256} << 20;
constexpr uint64_t kMaxSuccessBytes = 4096;

}  // namespace

Result<std::string> ReadSmallFile(dfs::FileSystem& files, const std::string& path,
                                  uint64_t max_bytes) {
  ASSIGN_OR_RETURN(const auto stream, files.Open(path));
  const uint64_t length = stream->Length();
  if (length > max_bytes) {
    return Status::Error(StatusCode::kTooLarge, "{} has {} bytes, at most {} are expected", path,
                         length, max_bytes);
  }
  std::string text(static_cast<size_t>(length), '\0');
  ASSIGN_OR_RETURN(const size_t got,
                   stream->PRead(0, {reinterpret_cast<uint8_t*>(text.data()), text.size()}));
  text.resize(got);
  return text;
}

Status WriteSmallFile(dfs::FileSystem& files, const std::string& path, std::string_view text) {
  // A rename is the commit: a writer that dies leaves only the other name.
  const size_t slash = path.rfind('/');
  const std::string temporary = path.substr(0, slash + 1) + "_writing" + path.substr(slash + 1);
  dfs::CreateOptions create;
  create.overwrite = true;
  ASSIGN_OR_RETURN(auto stream, files.Create(temporary, create));
  RETURN_IF_ERROR(stream->Write(AsBytes(text)));
  RETURN_IF_ERROR(stream->Close());
  dfs::RenameOptions rename;
  rename.overwrite = true;
  return files.Rename(temporary, path, rename);
}

Result<OutputManifest> ReadManifest(dfs::FileSystem& files, const std::string& directory) {
  const std::string success_path = directory + "/" + std::string(kSuccessName);
  Result<std::string> success = ReadSmallFile(files, success_path, kMaxSuccessBytes);
  if (!success.ok()) {
    if (success.status().code() != StatusCode::kNotFound) return success.status();
    return Status::Error(StatusCode::kFailedPrecondition,
                         "{} is the output of a job that has not finished", directory);
  }
  ASSIGN_OR_RETURN(
      const std::string text,
      ReadSmallFile(files, directory + "/" + std::string(kManifestName), kMaxManifestBytes));
  if (*success != OutputManifest::HashOf(text) + "\n") {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "_SUCCESS and _manifest of {} do not belong together", directory);
  }
  return OutputManifest::Decode(text);
}

}  // namespace tusk::mapreduce

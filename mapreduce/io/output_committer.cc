#include "mapreduce/io/output_committer.h"

#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "dfs/client/file_system.h"
#include "mapreduce/io/manifest_reader.h"

namespace tusk::mapreduce {
namespace {

/// In an attempt's directory, so that the rename to the task's carries along whose it is.
constexpr std::string_view kOwnerPrefix = "_owner_";

/// Whether a directory is there and empty, or not there at all.
Result<bool> HasChildrenBut(dfs::FileSystem& files, const std::string& directory,
                            std::string_view allowed) {
  ASSIGN_OR_RETURN(const auto children, files.ListPaged(directory));
  while (true) {
    ASSIGN_OR_RETURN(const auto child, children->Next());
    if (!child.has_value()) return false;
    if (child->path.substr(child->path.rfind('/') + 1) != allowed) return true;
  }
}

}  // namespace

OutputCommitter::OutputCommitter(const JobSpec& spec, dfs::FileSystem& files)
    : spec_(spec),
      files_(files),
      root_(fmt::format("{}/{}/{}", spec.output_path, kTemporaryName, spec.uuid)) {}

std::string OutputCommitter::PartName(const TaskId& task) {
  return fmt::format("part-{}-{:05}", TaskTypeLetter(task.type), task.index);
}

std::string OutputCommitter::AttemptDirectory(const AttemptId& attempt) const {
  return root_ + "/" + attempt.ToString();
}

std::string OutputCommitter::TaskDirectory(std::string_view task) const {
  return fmt::format("{}/{}", root_, task);
}

Status OutputCommitter::SetUpJob() const {
  const Result<dfs::FileStatus> found = files_.Stat(spec_.output_path);
  if (found.ok()) {
    bool taken = !found->IsDirectory();
    if (!taken) {
      ASSIGN_OR_RETURN(const bool ours, files_.Exists(root_));
      ASSIGN_OR_RETURN(const bool others,
                       HasChildrenBut(files_, spec_.output_path, kTemporaryName));
      taken = !ours || others;
    }
    if (taken) {
      return Status::Error(StatusCode::kAlreadyExists, "Output directory {} already exists",
                           spec_.output_path);
    }
  } else if (found.status().code() != StatusCode::kNotFound) {
    return found.status();
  }
  return files_.MakeDirectories(root_);
}

Result<std::unique_ptr<OutputFileWriter>> OutputCommitter::OpenFile(const AttemptId& attempt,
                                                                    const std::string& name) const {
  if (!IsOutputFileName(name)) {
    return Status::Error(StatusCode::kInvalidArgument, "not the name of an output file: {}", name);
  }
  dfs::CreateOptions options;
  options.overwrite = true;
  ASSIGN_OR_RETURN(auto stream, files_.Create(AttemptDirectory(attempt) + "/" + name, options));
  return std::make_unique<OutputFileWriter>(name, std::move(stream));
}

Status OutputCommitter::CommitTask(const AttemptId& attempt) const {
  const std::string from = AttemptDirectory(attempt);
  const std::string to = TaskDirectory(attempt.task.ToString());
  const std::string owner = std::string(kOwnerPrefix) + attempt.ToString();
  while (true) {  // each round but the last removes what one earlier attempt has committed
    ASSIGN_OR_RETURN(const bool committed, files_.Exists(to));
    if (!committed) {
      // An attempt without files commits an empty directory.
      RETURN_IF_ERROR(files_.MakeDirectories(from + "/" + owner));
      const Status renamed = files_.Rename(from, to);
      if (renamed.ok()) return Status::Ok();
      ASSIGN_OR_RETURN(const bool there, files_.Exists(to));
      if (!there) return renamed;
    }
    ASSIGN_OR_RETURN(const std::optional<AttemptId> holder, OwnerOf(to));
    if (holder == attempt) return Status::Ok();
    if (holder && holder->number > attempt.number) {
      return Status::Error(StatusCode::kStaleEpoch, "another attempt of {} has committed",
                           attempt.task.ToString());
    }
    RETURN_IF_ERROR(files_.Delete(to, true).status());
  }
}

Result<std::optional<AttemptId>> OutputCommitter::OwnerOf(const std::string& task_directory) const {
  ASSIGN_OR_RETURN(const auto children, files_.ListPaged(task_directory));
  while (true) {
    ASSIGN_OR_RETURN(const auto child, children->Next());
    if (!child.has_value()) return std::optional<AttemptId>();
    const std::string_view name = std::string_view(child->path).substr(child->path.rfind('/') + 1);
    if (!name.starts_with(kOwnerPrefix)) continue;
    ASSIGN_OR_RETURN(const AttemptId owner, AttemptId::Parse(name.substr(kOwnerPrefix.size())));
    return std::optional<AttemptId>(owner);
  }
}

Status OutputCommitter::AbortTask(const AttemptId& attempt) const {
  return files_.Delete(AttemptDirectory(attempt), true).status();
}

Status OutputCommitter::WriteManifest(const OutputManifest& manifest) const {
  return WriteSmallFile(files_, spec_.output_path + "/" + std::string(kManifestName),
                        manifest.Encode());
}

Status OutputCommitter::MoveFile(const std::string& from, const std::string& to,
                                 const OutputFile& file) const {
  const Status renamed = files_.Rename(from, to);
  if (renamed.ok()) return Status::Ok();
  // Done before? Then the source is gone and the target is what the manifest says.
  ASSIGN_OR_RETURN(const bool source, files_.Exists(from));
  if (source) return renamed;
  const Result<dfs::FileStatus> target = files_.Stat(to);
  if (target.ok() && target->IsFile() && target->length == file.length) return Status::Ok();
  return renamed;
}

Status OutputCommitter::MoveIntoPlace(const OutputManifest& manifest) const {
  for (const TaskOutput& task : manifest.tasks) {
    for (const OutputFile& file : task.files) {
      if (!IsOutputFileName(file.name)) {
        return Status::Error(StatusCode::kInvalidArgument, "not the name of an output file: {}",
                             file.name);
      }
      const std::string to = spec_.output_path + "/" + file.name;
      const size_t slash = file.name.rfind('/');
      if (slash != std::string::npos) {
        RETURN_IF_ERROR(
            files_.MakeDirectories(spec_.output_path + "/" + file.name.substr(0, slash)));
      }
      RETURN_IF_ERROR(MoveFile(TaskDirectory(task.task) + "/" + file.name, to, file));
    }
  }
  return Status::Ok();
}

Status OutputCommitter::CommitJob(const OutputManifest& manifest) const {
  const std::string success = spec_.output_path + "/" + std::string(kSuccessName);
  const std::string hash_line = OutputManifest::HashOf(manifest.Encode()) + "\n";
  ASSIGN_OR_RETURN(const bool done, files_.Exists(success));
  if (done) {
    ASSIGN_OR_RETURN(const std::string text, ReadSmallFile(files_, success, 4096));
    if (text != hash_line) {
      return Status::Error(StatusCode::kStaleEpoch, "{} was committed with another manifest",
                           spec_.output_path);
    }
    return Clean();
  }
  RETURN_IF_ERROR(WriteManifest(manifest));
  RETURN_IF_ERROR(MoveIntoPlace(manifest));
  RETURN_IF_ERROR(WriteSmallFile(files_, success, hash_line));
  return Clean();
}

Status OutputCommitter::Clean() const {
  RETURN_IF_ERROR(files_.Delete(root_, true).status());
  // `_temporary` goes with the last job in it; another job's keeps it.
  const std::string temporary = spec_.output_path + "/" + std::string(kTemporaryName);
  const Status deleted = files_.Delete(temporary, false).status();
  return deleted.code() == StatusCode::kNotEmpty ? Status::Ok() : deleted;
}

Status OutputCommitter::AbortJob() const {
  RETURN_IF_ERROR(Clean());
  const Status deleted = files_.Delete(spec_.output_path, false).status();
  return deleted.code() == StatusCode::kNotEmpty ? Status::Ok() : deleted;
}

}  // namespace tusk::mapreduce

#include "dataframe/compiler/group_store.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "dataframe/compiler/group_file.h"
#include "dfs/client/file_system.h"
#include "mapreduce/io/manifest_reader.h"

namespace tusk::df {
namespace {

constexpr const char* kRecordName = "record";
constexpr uint64_t kMaxRecordBytes = uint64_t{256} << 20;
/// Runs of one family that are looked at, the newest first: each has what those before it had and
/// more, as long as files are added.
constexpr size_t kMaxRuns = 16;

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// The part of each reduce, in order; nothing when one is missing.
std::optional<std::vector<SourceFile>> PartsOf(const std::vector<dfs::FileStatus>& entries,
                                               uint32_t reduces) {
  std::vector<SourceFile> parts;
  // In order of names, and so of reduces.
  for (const dfs::FileStatus& entry : entries) {
    const std::optional<GroupFileName> name = GroupFileName::Parse(BaseName(entry.path));
    if (!name || name->reduce != parts.size()) continue;
    SourceFile& part = parts.emplace_back();
    part.path = entry.path;
    part.length = entry.length;
    part.rows = name->groups;
  }
  if (parts.size() != reduces) return std::nullopt;
  return parts;
}

/// The record of a run if all its parts are there.
Result<KeptGroups> ReadRun(dfs::FileSystem& files, const std::string& run) {
  ASSIGN_OR_RETURN(const std::string bytes,
                   mapreduce::ReadSmallFile(files, run + "/" + kRecordName, kMaxRecordBytes));
  ASSIGN_OR_RETURN(KeptGroups kept, KeptGroups::Decode(bytes, run));
  ASSIGN_OR_RETURN(const std::vector<dfs::FileStatus> entries, files.List(run));
  for (const SourceFile& part : kept.parts) {
    const bool there =
        std::any_of(entries.begin(), entries.end(), [&part](const dfs::FileStatus& entry) {
          return BaseName(entry.path) == BaseName(part.path) && entry.length == part.length;
        });
    if (!there) return Status::Error(StatusCode::kNotFound, "{} is not there", part.path);
  }
  return kept;
}

}  // namespace

GroupStore::GroupStore(dfs::FileSystem& files, const std::string& stage_directory)
    : files_(files), directory_(stage_directory + "/" + kFolder) {}

Result<std::vector<KeptGroups>> GroupStore::Find(const std::string& family,
                                                 const std::vector<SourceFile>& input) {
  const std::string directory = directory_ + "/" + family;
  Result<std::vector<dfs::FileStatus>> runs = files_.List(directory);
  if (runs.status().code() == StatusCode::kNotFound) return std::vector<KeptGroups>();
  RETURN_IF_ERROR(runs.status());
  std::sort(runs->begin(), runs->end(), [](const dfs::FileStatus& a, const dfs::FileStatus& b) {
    return a.modification_ms != b.modification_ms ? a.modification_ms > b.modification_ms
                                                  : a.path < b.path;
  });
  std::vector<KeptGroups> found;
  for (size_t i = 0; i < runs->size() && i < kMaxRuns; ++i) {
    const std::string run = directory + "/" + BaseName((*runs)[i].path);
    Result<KeptGroups> kept = ReadRun(files_, run);
    if (kept.ok()) found.push_back(std::move(*kept));
  }
  return ChooseKept(std::move(found), input);
}

Result<std::string> GroupStore::NewRun(const std::string& family) {
  std::string run = fmt::format("{}/{}/{:016x}", directory_, family, RandomSeed());
  RETURN_IF_ERROR(files_.MakeDirectories(run));
  return run;
}

Status GroupStore::Complete(const std::string& run, uint32_t reduces,
                            std::vector<SourceFile> covered) {
  ASSIGN_OR_RETURN(const std::vector<dfs::FileStatus> entries, files_.List(run));
  std::optional<std::vector<SourceFile>> parts = PartsOf(entries, reduces);
  if (!parts) return Remove(run);
  KeptGroups kept;
  kept.covered = std::move(covered);
  kept.parts = std::move(*parts);
  return mapreduce::WriteSmallFile(files_, run + "/" + kRecordName, kept.Encode());
}

Status GroupStore::Remove(const std::string& run) {
  RETURN_IF_ERROR(files_.Delete(run, true).status());
  const Result<bool> last = files_.Delete(run.substr(0, run.rfind('/')), false);
  const StatusCode code = last.status().code();
  return code == StatusCode::kNotEmpty || code == StatusCode::kNotFound ? Status::Ok()
                                                                        : last.status();
}

Result<std::vector<dfs::FileStatus>> GroupStore::Runs() {
  std::vector<dfs::FileStatus> all;
  const Result<std::vector<dfs::FileStatus>> families = files_.List(directory_);
  if (families.status().code() == StatusCode::kNotFound) return all;
  RETURN_IF_ERROR(families.status());
  for (const dfs::FileStatus& family : *families) {
    Result<std::vector<dfs::FileStatus>> runs = files_.List(family.path);
    if (runs.status().code() == StatusCode::kNotFound) continue;
    RETURN_IF_ERROR(runs.status());
    std::move(runs->begin(), runs->end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace tusk::df

#include "dataframe/source/file_listing.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/nearest_name.h"
#include "common/base/status_macros.h"
#include "dataframe/plan/partition_folder.h"
#include "dfs/client/file_system.h"
#include "dfs/client/glob_pattern.h"
#include "dfs/client/path_uri.h"
#include "mapreduce/io/manifest_reader.h"

namespace tusk::df {
namespace {

constexpr int kMaxDepth = 64;
constexpr size_t kMaxFiles = 1'000'000;
constexpr size_t kNamesShown = 5;

std::string_view NameOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool IsHidden(std::string_view name) {
  return name.empty() || name.front() == '_' || name.front() == '.';
}

std::vector<std::string_view> Components(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    if (slash != 0) out.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return out;
}

/// Walks what a path means.
class Lister {
 public:
  explicit Lister(dfs::FileSystem& files) : files_(files) {}

  Result<FileListing> List(std::string_view path) {
    ASSIGN_OR_RETURN(const std::vector<dfs::FileStatus> found, files_.Glob(path));
    if (found.empty()) return NotFound(path);
    ASSIGN_OR_RETURN(const size_t fixed, FixedComponents(path));
    for (const dfs::FileStatus& status : found) {
      // A name that was typed is meant, hidden or not; what a pattern matches by chance is not.
      if (found.size() > 1 && IsHidden(NameOf(status.path))) continue;
      RETURN_IF_ERROR(Visit(status, fixed, 0));
    }
    if (out_.files.empty()) {
      return Status::Error(StatusCode::kNotFound,
                           "there is no file below {} (names that begin with _ or . do not count)",
                           path);
    }
    std::sort(out_.files.begin(), out_.files.end(),
              [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
    const auto same =
        std::unique(out_.files.begin(), out_.files.end(),
                    [](const SourceFile& a, const SourceFile& b) { return a.path == b.path; });
    out_.files.erase(same, out_.files.end());
    return std::move(out_);
  }

 private:
  /// How many components of found paths are not part of a pattern or below what was typed.
  Result<size_t> FixedComponents(std::string_view path) const {
    ASSIGN_OR_RETURN(const std::string resolved, files_.ResolvePath(path));
    size_t fixed = 0;
    for (const std::string_view component : Components(resolved)) {
      if (dfs::HasGlobCharacters(component)) break;
      ++fixed;
    }
    return fixed;
  }

  Status Visit(const dfs::FileStatus& status, size_t fixed, int depth) {
    if (!status.IsDirectory()) return Add(status, fixed);
    if (depth > kMaxDepth) {
      return Status::Error(StatusCode::kTooLarge, "folders are nested too deeply: {}", status.path);
    }
    ASSIGN_OR_RETURN(const bool has_manifest,
                     files_.Exists(dfs::JoinPath(status.path, mapreduce::kManifestName)));
    if (has_manifest) RETURN_IF_ERROR(CheckManifest(status.path));
    ASSIGN_OR_RETURN(const std::vector<dfs::FileStatus> children, files_.List(status.path));
    for (const dfs::FileStatus& child : children) {
      if (!IsHidden(NameOf(child.path))) RETURN_IF_ERROR(Visit(child, fixed, depth + 1));
    }
    return Status::Ok();
  }

  /// All that a job says it wrote must be there; others may have put more into the folder.
  Status CheckManifest(const std::string& directory) {
    ASSIGN_OR_RETURN(const mapreduce::OutputManifest manifest,
                     mapreduce::ReadManifest(files_, directory));
    for (const mapreduce::TaskOutput& task : manifest.tasks) {
      for (const mapreduce::OutputFile& file : task.files) {
        ASSIGN_OR_RETURN(const dfs::FileStatus found,
                         files_.Stat(dfs::JoinPath(directory, file.name)));
        if (found.length == file.length) continue;
        return Status::Error(StatusCode::kCorruption, "{} has {} bytes, its manifest says {}",
                             found.path, found.length, file.length);
      }
    }
    return Status::Ok();
  }

  Status Add(const dfs::FileStatus& status, size_t fixed) {
    if (out_.files.size() >= kMaxFiles) {
      return Status::Error(StatusCode::kTooLarge, "a table of more than {} files", kMaxFiles);
    }
    ASSIGN_OR_RETURN(const std::string resolved, files_.ResolvePath(status.path));
    SourceFile file;
    file.path = resolved;
    file.length = status.length;
    file.modification_ms = status.modification_ms;
    std::vector<std::string> keys;
    const std::vector<std::string_view> components = Components(resolved);
    for (size_t i = fixed; i + 1 < components.size(); ++i) {
      const size_t equals = components[i].find('=');
      if (equals == std::string_view::npos || equals == 0) continue;
      keys.push_back(DecodeFolderText(components[i].substr(0, equals)));
      const std::string_view value = components[i].substr(equals + 1);
      if (value != kNullFolder) file.partition_values[keys.back()] = DecodeFolderText(value);
    }
    if (out_.files.empty()) {
      out_.path_columns = keys;
    } else if (out_.path_columns != keys) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "{} and {} lie in folders of different key=value names: read them as "
                           "tables of their own",
                           out_.files.front().path, file.path);
    }
    out_.files.push_back(std::move(file));
    return Status::Ok();
  }

  /// Says what is there instead: in the deepest folder of the path that exists.
  Status NotFound(std::string_view path) const {
    std::string message = fmt::format("there is no file or folder {}", path);
    if (dfs::HasGlobCharacters(path)) message = fmt::format("no file matches {}", path);
    const auto resolved = files_.ResolvePath(path);
    if (!resolved.ok()) return Status(StatusCode::kNotFound, message);
    std::string folder = "/";
    for (const std::string_view component : Components(*resolved)) {
      const std::string next = dfs::JoinPath(folder, component);
      const auto exists = files_.Exists(next);
      if (!dfs::HasGlobCharacters(component) && exists.ok() && *exists) {
        folder = next;
        continue;
      }
      message += Nearby(folder, component);
      break;
    }
    return Status(StatusCode::kNotFound, message);
  }

  std::string Nearby(const std::string& folder, std::string_view missing) const {
    const auto children = files_.List(folder);
    if (!children.ok()) return "";
    std::vector<std::pair<size_t, std::string>> names;
    for (const dfs::FileStatus& child : *children) {
      const std::string name(NameOf(child.path));
      if (!IsHidden(name)) names.emplace_back(EditDistance(name, missing), name);
    }
    if (names.empty()) return fmt::format("; {} is empty", folder);
    std::sort(names.begin(), names.end());
    std::string text = fmt::format("; in {} there is ", folder);
    for (size_t i = 0; i < names.size() && i < kNamesShown; ++i) {
      text += (i == 0 ? "" : ", ") + names[i].second;
    }
    if (names.size() > kNamesShown)
      text += fmt::format(", ... {} more", names.size() - kNamesShown);
    return text;
  }

  dfs::FileSystem& files_;
  FileListing out_;
};

}  // namespace

Result<FileListing> ListTableFiles(dfs::FileSystem& files, std::string_view path) {
  return Lister(files).List(path);
}

}  // namespace tusk::df

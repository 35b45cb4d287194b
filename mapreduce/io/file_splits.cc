#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "dfs/client/file_system.h"
#include "mapreduce/api/input_format.h"
#include "mapreduce/io/manifest_reader.h"

namespace tusk::mapreduce {
namespace {

/// A last piece of up to a tenth more than a split is not worth a task
/// (FileInputFormat.SPLIT_SLOP).
constexpr double kSplitSlop = 1.1;
constexpr uint64_t kUnknownBlockBytes = uint64_t{128} << 20;
/// Files of this machine have no blocks to be near to. Fewer and larger splits mean fewer sorted
/// runs of the same keys, as long as each slot has a few to balance with.
constexpr uint64_t kLocalSplitsPerSlot = 4;
constexpr uint64_t kMaxLocalSplitBytes = uint64_t{256} << 20;

bool IsHidden(std::string_view path) {
  const size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  return name.empty() || name[0] == '_' || name[0] == '.';
}

/// Files of one input path: itself, or what a directory holds (not what is in directories below
/// it).
Status CollectFiles(dfs::FileSystem& files, const dfs::FileStatus& status,
                    std::vector<dfs::FileStatus>* out) {
  if (!status.IsDirectory()) {
    out->push_back(status);
    return Status::Ok();
  }
  ASSIGN_OR_RETURN(const bool has_manifest,
                   files.Exists(status.path + "/" + std::string(kManifestName)));
  if (has_manifest) {
    // The output of a job: exactly what it says it wrote.
    ASSIGN_OR_RETURN(const OutputManifest manifest, ReadManifest(files, status.path));
    for (const TaskOutput& task : manifest.tasks) {
      for (const OutputFile& file : task.files) {
        ASSIGN_OR_RETURN(dfs::FileStatus found, files.Stat(status.path + "/" + file.name));
        if (found.length != file.length) {
          return Status::Error(StatusCode::kCorruption, "{} has {} bytes, its manifest says {}",
                               found.path, found.length, file.length);
        }
        out->push_back(std::move(found));
      }
    }
    return Status::Ok();
  }
  ASSIGN_OR_RETURN(std::vector<dfs::FileStatus> children, files.List(status.path));
  for (dfs::FileStatus& child : children) {
    if (IsHidden(child.path)) continue;
    if (child.IsDirectory()) {
      return Status::Error(StatusCode::kIsADirectory, "not a file: {}", child.path);
    }
    out->push_back(std::move(child));
  }
  return Status::Ok();
}

std::vector<std::string> HostsOf(const std::vector<dfs::BlockLocation>& blocks, uint64_t offset) {
  for (const dfs::BlockLocation& block : blocks) {
    if (offset >= block.offset && offset < block.offset + block.length) return block.hosts;
  }
  return {};
}

/// What to take for the block size of all files, when it is not theirs; otherwise 0.
uint64_t LocalSplitBytes(dfs::FileSystem& files, const std::vector<dfs::FileStatus>& inputs,
                         const SplitOptions& options) {
  if (!files.Uri().starts_with("file:") || inputs.empty()) return 0;
  uint64_t bytes = 0;
  for (const dfs::FileStatus& file : inputs) bytes += file.length;
  const uint64_t pieces = std::max<uint64_t>(options.slots, 1) * kLocalSplitsPerSlot;
  const uint64_t least = std::min(inputs[0].block_size, kMaxLocalSplitBytes);
  return std::clamp((bytes + pieces - 1) / pieces, least, kMaxLocalSplitBytes);
}

Status SplitOneFile(dfs::FileSystem& files, const dfs::FileStatus& file, uint64_t local_bytes,
                    const SplitOptions& options, std::vector<InputSplit>* out) {
  if (file.length == 0) return Status::Ok();
  uint64_t block = local_bytes != 0 ? local_bytes : file.block_size;
  if (block == 0) block = kUnknownBlockBytes;
  const uint64_t size = std::max<uint64_t>(std::max<uint64_t>(options.min_split_bytes, 1),
                                           std::min(options.max_split_bytes, block));
  if (file.length / size >= kMaxSplits) {
    return Status::Error(StatusCode::kTooLarge,
                         "{} would be cut into {} splits, at most {} are possible", file.path,
                         file.length / size, kMaxSplits);
  }
  ASSIGN_OR_RETURN(const auto blocks, files.GetBlockLocations(file.path, 0, file.length));
  uint64_t offset = 0;
  while (offset < file.length) {
    const uint64_t left = file.length - offset;
    const bool last = static_cast<double>(left) <= static_cast<double>(size) * kSplitSlop;
    InputSplit split;
    split.path = file.path;
    split.offset = offset;
    split.length = last ? left : size;
    split.hosts = HostsOf(blocks, offset);
    offset += split.length;
    out->push_back(std::move(split));
  }
  return Status::Ok();
}

}  // namespace

Result<std::vector<InputSplit>> SplitFiles(const JobSpec& spec, dfs::FileSystem& files,
                                           const SplitOptions& options) {
  if (spec.input_paths.empty()) {
    return Status(StatusCode::kInvalidArgument, "no input paths specified in job");
  }
  std::vector<dfs::FileStatus> inputs;
  for (const std::string& path : spec.input_paths) {
    ASSIGN_OR_RETURN(const std::vector<dfs::FileStatus> found, files.Glob(path));
    if (found.empty()) {
      return Status::Error(StatusCode::kNotFound, "Input path does not exist: {}", path);
    }
    for (const dfs::FileStatus& status : found)
      RETURN_IF_ERROR(CollectFiles(files, status, &inputs));
  }
  std::vector<InputSplit> splits;
  const uint64_t local_bytes = LocalSplitBytes(files, inputs, options);
  for (const dfs::FileStatus& file : inputs) {
    RETURN_IF_ERROR(SplitOneFile(files, file, local_bytes, options, &splits));
    if (splits.size() > kMaxSplits) return Status(StatusCode::kTooLarge, "too many splits");
  }
  return splits;
}

}  // namespace tusk::mapreduce

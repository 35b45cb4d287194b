#include "mapreduce/client/job_runner.h"

#include <fmt/format.h>

#include "common/base/quantity_text.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "dfs/client/file_system.h"
#include "mapreduce/client/job_options.h"

namespace tusk::mapreduce {
namespace {

Result<MapOutputCompression> ParseCompression(const std::string& text) {
  if (text == "none") return MapOutputCompression::kNone;
  if (text == "snappy") return MapOutputCompression::kSnappy;
  if (text == "lz4") return MapOutputCompression::kLz4;
  if (text == "zstd") return MapOutputCompression::kZstd;
  return Status::Error(StatusCode::kInvalidArgument, "{}: no such compression: {}",
                       kMapOutputCodec.name(), text);
}

/// The configuration speaks where the program does not.
Status ApplyConfig(const Config& config, Job* job) {
  JobSpec& spec = job->spec();
  const Job::Said& said = job->said();
  if (!said.sort_buffer)
    spec.sort_buffer_bytes = static_cast<uint64_t>(config.Get(kSortBufferMebibytes)) << 20;
  if (!said.reduces && !spec.reduce_step.empty())
    spec.reduces = static_cast<uint32_t>(config.Get(kReduces));
  if (!said.priority) {
    ASSIGN_OR_RETURN(spec.priority, ParseJobPriority(config.Get(kPriority)));
  }
  if (!said.compression) {
    ASSIGN_OR_RETURN(spec.compression, ParseCompression(config.Get(kMapOutputCodec)));
  }
  spec.merge_factor = static_cast<uint32_t>(config.Get(kSortFactor));
  spec.max_attempts = static_cast<uint32_t>(config.Get(kMapMaxAttempts));
  for (const Config::Entry& entry : config.Entries()) {
    if (entry.origin == "-D" && entry.option == nullptr)
      spec.parameters.emplace(entry.name, entry.value);
  }
  return Status::Ok();
}

std::string AbsolutePath(const dfs::FileSystem& files, const std::string& path) {
  if (path.empty() || path[0] == '/' || path.find("://") != std::string::npos ||
      path.starts_with("file:")) {
    return path;
  }
  return files.HomeDirectory() + "/" + path;
}

std::string WithoutTrailingSlashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

Status PrepareJob(const Config& config, dfs::FileSystem& files, uint32_t slots, Job* job) {
  JobSpec& spec = job->spec();
  spec.uuid = fmt::format("{:016x}{:016x}", RandomSeed(), RandomSeed());
  spec.user = files.UserName();
  RETURN_IF_ERROR(ApplyConfig(config, job));
  for (std::string& path : spec.input_paths) path = AbsolutePath(files, path);
  spec.output_path = WithoutTrailingSlashes(AbsolutePath(files, spec.output_path));
  if (spec.output_path.empty() || spec.output_step.empty()) {
    return Status::Error(StatusCode::kInvalidArgument, "job \"{}\" has no Write", spec.name);
  }
  ASSIGN_OR_RETURN(const bool exists, files.Exists(spec.output_path));
  if (exists) {
    return Status::Error(StatusCode::kAlreadyExists, "Output directory {} already exists",
                         spec.output_path);
  }
  SplitOptions options;
  options.max_split_bytes = config.Get(kSplitMaxSize).bytes;
  options.min_split_bytes = config.Get(kSplitMinSize).bytes;
  options.slots = slots;
  RETURN_IF_ERROR(job->MakeSplits(files, options));
  return spec.Validate();
}

std::string SummaryOf(const JobResult& result) {
  const Counters& counters = result.counters;
  const auto get = [&counters](BuiltinCounter counter) { return counters.Get(counter); };
  const bool reduced = result.reduces > 0;
  std::string text = fmt::format("done in {:.2f} s: {} read, {} in, {} out; {}", result.seconds,
                                 BytesText(get(BuiltinCounter::kBytesRead)),
                                 CountText(get(BuiltinCounter::kMapInputRecords), "record"),
                                 GroupedText(get(reduced ? BuiltinCounter::kReduceOutputRecords
                                                         : BuiltinCounter::kMapOutputRecords)),
                                 CountText(result.maps, "map"));
  const int64_t local = get(BuiltinCounter::kDataLocalMaps);
  if (local > 0) text += fmt::format(" ({} local)", local);
  text += fmt::format(", {}", CountText(result.reduces, "reduce"));
  if (reduced) {
    text += fmt::format("; {} shuffled, {} spilled",
                        BytesText(get(BuiltinCounter::kReduceShuffleBytes)),
                        CountText(get(BuiltinCounter::kSpilledRecords), "record"));
  }
  const int64_t cpu_ms = get(BuiltinCounter::kCpuMilliseconds);
  text += fmt::format("; {:.2f} s of CPU; peak {} per task", static_cast<double>(cpu_ms) / 1000,
                      BytesText(get(BuiltinCounter::kPhysicalMemoryBytes)));
  return text;
}

}  // namespace tusk::mapreduce

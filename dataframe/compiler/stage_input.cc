#include "dataframe/compiler/stage_input.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include <arrow/util/base64.h>

#include "common/base/byte_span.h"
#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/source_codec.h"
#include "dataframe/proto/stage.pb.h"
#include "dataframe/type/arrow_status.h"
#include "mapreduce/model/job_spec.h"

namespace tusk::df {
namespace {

/// Hosts that a task is offered to first.
constexpr size_t kMaxHosts = 3;

Result<std::string_view> ParameterOf(const mapreduce::JobSpec& spec, std::string_view name) {
  const auto found = spec.parameters.find(std::string(name));
  if (found == spec.parameters.end()) {
    return Status::Error(StatusCode::kInvalidArgument, "the job has no parameter {}", name);
  }
  return std::string_view(found->second);
}

/// The hosts with most of the bytes of `parts`, the first of them first.
std::vector<std::string> HostsOf(const std::vector<ScanSplit>& parts) {
  if (parts.size() == 1) return parts.front().hosts;
  std::map<std::string, uint64_t> bytes;
  for (const ScanSplit& part : parts) {
    for (const std::string& host : part.hosts) bytes[host] += part.bytes;
  }
  std::vector<std::pair<std::string, uint64_t>> hosts(bytes.begin(), bytes.end());
  std::sort(hosts.begin(), hosts.end(), [](const auto& one, const auto& other) {
    return one.second != other.second ? one.second > other.second : one.first < other.first;
  });
  std::vector<std::string> out;
  for (size_t i = 0; i < std::min(hosts.size(), kMaxHosts); ++i) out.push_back(hosts[i].first);
  return out;
}

/// A split with its place left open, and who shall run it.
struct Cut {
  StageSplit split;
  mapreduce::InputSplit input_split;
};

Cut CutOf(const TableSource& source, uint32_t input, std::vector<ScanSplit> parts) {
  Cut cut;
  cut.split.input = input;
  cut.input_split.hosts = HostsOf(parts);
  for (ScanSplit& part : parts) {
    cut.input_split.length += part.bytes;
    if (!source.files.empty()) {
      const SourceFile& file = source.files[part.file];
      std::vector<SourceFile>& files = cut.split.files;
      if (files.empty() || files.back().path != file.path) files.push_back(file);
      part.file = static_cast<uint32_t>(files.size() - 1);
    }
  }
  if (cut.split.files.size() == 1) cut.input_split.path = cut.split.files.front().path;
  cut.split.parts = std::move(parts);
  return cut;
}

/// As many elements as have `wanted` bytes together, or all.
template <typename T, typename BytesOf>
void KeepFirst(uint64_t wanted, BytesOf bytes_of, std::vector<T>* elements) {
  uint64_t bytes = 0;
  size_t kept = 0;
  while (kept < elements->size() && bytes < wanted) bytes += bytes_of((*elements)[kept++]);
  elements->resize(kept);
}

/// A scan of the first files alone that have `bytes` together; the others are not even looked at.
Result<PlanPtr> OverFirstFiles(const PlanPtr& scan, uint64_t bytes) {
  ASSIGN_OR_RETURN(std::vector<SourceFile> first, FilesByPath(As<ScanNode>(*scan)));
  KeepFirst(bytes, [](const SourceFile& file) { return file.length; }, &first);
  return OverFiles(scan, std::move(first));
}

/// Splits so that every slot gets some, each of the wanted size where there is enough for that.
Status AddCuts(const Stage& stage, uint32_t input, SplitGoal goal, dfs::FileSystem& files,
               std::vector<Cut>* cuts) {
  ASSIGN_OR_RETURN(PlanPtr leaf, DrivingLeaf(*stage.inputs[input].plan).WithChildren({}));
  if (leaf->kind() != PlanKind::kScan) {
    cuts->emplace_back().split.input = input;
    return Status::Ok();
  }
  const uint64_t first = stage.first_bytes;
  if (first > 0) {
    ASSIGN_OR_RETURN(leaf, OverFirstFiles(leaf, first));
    goal.target_bytes = std::min(goal.target_bytes, first);
  }
  const ScanNode& scan = As<ScanNode>(*leaf);
  ASSIGN_OR_RETURN(std::vector<ScanSplit> splits, MakeSplits(scan, files, goal));
  if (first > 0) KeepFirst(first, [](const ScanSplit& split) { return split.bytes; }, &splits);
  for (std::vector<ScanSplit>& parts : PackSplits(scan.source(), std::move(splits), goal))
    cuts->push_back(CutOf(scan.source(), input, std::move(parts)));
  return Status::Ok();
}

Result<std::vector<mapreduce::InputSplit>> CutStage(const Stage& stage,
                                                    const mapreduce::JobSpec& spec,
                                                    dfs::FileSystem& files,
                                                    const mapreduce::SplitOptions& options) {
  ASSIGN_OR_RETURN(const std::string_view bytes, ParameterOf(spec, kSplitBytesParameter));
  SplitGoal goal;
  goal.min_splits = std::max<uint32_t>(1, options.slots);
  std::from_chars(bytes.data(), bytes.data() + bytes.size(), goal.target_bytes);
  std::vector<Cut> cuts;
  for (uint32_t i = 0; i < stage.inputs.size(); ++i)
    RETURN_IF_ERROR(AddCuts(stage, i, goal, files, &cuts));
  std::vector<mapreduce::InputSplit> splits;
  for (uint32_t i = 0; i < cuts.size(); ++i) {
    cuts[i].split.place = {i, static_cast<uint32_t>(cuts.size())};
    cuts[i].input_split.opaque = cuts[i].split.Encode();
    splits.push_back(std::move(cuts[i].input_split));
  }
  return splits;
}

/// What tasks need to know of a stage.
Stage ForTasks(Stage stage) {
  for (StageInput& input : stage.inputs) {
    if (DrivingLeaf(*input.plan).kind() != PlanKind::kScan) continue;
    Result<PlanPtr> plan = OverFiles(input.plan, {});
    CHECK(plan.ok());
    input.plan = std::move(*plan);
  }
  return stage;
}

}  // namespace

Result<Stage> StageOf(const mapreduce::JobSpec& spec) {
  ASSIGN_OR_RETURN(const std::string_view text, ParameterOf(spec, kStageParameter));
  ASSIGN_OR_RETURN(const std::string bytes, FromArrow(arrow::util::base64_decode(text)));
  return DecodeStage(bytes);
}

std::string StageSplit::Encode() const {
  proto::StageSplitProto out;
  out.set_input(input);
  out.set_number(place.number);
  out.set_count(place.count);
  for (const SourceFile& file : files) ToProto(file, out.add_files());
  for (ScanSplit part : parts) {
    part.hosts.clear();
    out.add_parts(part.Encode());
  }
  return out.SerializeAsString();
}

Result<StageSplit> StageSplit::Decode(std::string_view bytes) {
  const Status bad(StatusCode::kCorruption, "these bytes are no split of a stage");
  proto::StageSplitProto in;
  if (!in.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !in.IsInitialized() || in.number() >= in.count()) {
    return bad;
  }
  StageSplit split;
  split.input = in.input();
  split.place = {in.number(), in.count()};
  for (const proto::SourceFileProto& file : in.files()) {
    ASSIGN_OR_RETURN(split.files.emplace_back(), FromProto(file));
  }
  for (const std::string& part : in.parts()) {
    ASSIGN_OR_RETURN(ScanSplit decoded, ScanSplit::Decode(AsBytes(part)));
    // A range has no file, but a part.
    if (decoded.file >= std::max<size_t>(split.files.size(), 1)) return bad;
    split.parts.push_back(std::move(decoded));
  }
  return split;
}

void StageInputFormat::Configure(mapreduce::JobSpec* spec, const Stage& stage) {
  const std::string bytes = EncodeStage(ForTasks(stage));
  spec->parameters[std::string(kStageParameter)] = arrow::util::base64_encode(bytes);
}

mapreduce::SplitFunction StageInputFormat::SplitsOf(const Stage& stage) {
  return [stage](const mapreduce::JobSpec& spec, dfs::FileSystem& files,
                 const mapreduce::SplitOptions& options) {
    return CutStage(stage, spec, files, options);
  };
}

Result<std::unique_ptr<StageInputFormat::Reader>> StageInputFormat::Open(
    const mapreduce::JobSpec&, const mapreduce::InputSplit& split, dfs::FileSystem&) {
  return std::make_unique<Reader>(split);
}

}  // namespace tusk::df

#include "dataframe/compiler/stage_input.h"

#include <algorithm>
#include <charconv>

#include <arrow/util/base64.h>
#include <fmt/format.h>

#include "common/base/byte_span.h"
#include "common/base/status_macros.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/source/scan.h"
#include "dataframe/type/arrow_status.h"
#include "mapreduce/model/job_spec.h"

namespace tusk::df {
namespace {

Result<std::string_view> ParameterOf(const mapreduce::JobSpec& spec, std::string_view name) {
  const auto found = spec.parameters.find(std::string(name));
  if (found == spec.parameters.end()) {
    return Status::Error(StatusCode::kInvalidArgument, "the job has no parameter {}", name);
  }
  return std::string_view(found->second);
}

/// Splits so that every slot gets some, each of the wanted size where there is enough for that.
Status AddSplits(const PlanNode& leaf, uint32_t input, const SplitGoal& goal,
                 dfs::FileSystem& files, std::vector<mapreduce::InputSplit>* splits,
                 std::vector<StageSplit>* stage_splits) {
  if (leaf.kind() != PlanKind::kScan) {
    splits->emplace_back();
    stage_splits->push_back({input, {}, ""});
    return Status::Ok();
  }
  const ScanNode& scan = As<ScanNode>(leaf);
  ASSIGN_OR_RETURN(const std::vector<ScanSplit> parts, MakeSplits(scan, files, goal));
  for (const ScanSplit& part : parts) {
    mapreduce::InputSplit& split = splits->emplace_back();
    if (!scan.source().files.empty()) split.path = scan.source().files[part.file].path;
    split.length = part.bytes;
    split.hosts = part.hosts;
    stage_splits->push_back({input, {}, part.Encode()});
  }
  return Status::Ok();
}

}  // namespace

Result<Stage> StageOf(const mapreduce::JobSpec& spec) {
  ASSIGN_OR_RETURN(const std::string_view text, ParameterOf(spec, kStageParameter));
  ASSIGN_OR_RETURN(const std::string bytes, FromArrow(arrow::util::base64_decode(text)));
  return DecodeStage(bytes);
}

std::string StageSplit::Encode() const {
  return fmt::format("{}:{}:{}:{}", input, place.number, place.count, scan_split);
}

Result<StageSplit> StageSplit::Decode(std::string_view bytes) {
  StageSplit split;
  for (uint32_t* const number : {&split.input, &split.place.number, &split.place.count}) {
    const size_t colon = std::min(bytes.find(':'), bytes.size());
    const auto parsed = std::from_chars(bytes.data(), bytes.data() + colon, *number);
    if (colon == bytes.size() || parsed.ec != std::errc() || parsed.ptr != bytes.data() + colon) {
      return Status(StatusCode::kCorruption, "these bytes are no split of a stage");
    }
    bytes.remove_prefix(colon + 1);
  }
  if (split.place.number >= split.place.count)
    return Status(StatusCode::kCorruption, "a split of a stage behind its last one");
  split.scan_split = bytes;
  return split;
}

void StageInputFormat::Configure(mapreduce::JobSpec* spec, const Stage& stage) {
  const std::string bytes = EncodeStage(stage);
  spec->parameters[std::string(kStageParameter)] = arrow::util::base64_encode(bytes);
}

Result<std::vector<mapreduce::InputSplit>> StageInputFormat::Splits(
    const mapreduce::JobSpec& spec, dfs::FileSystem& files,
    const mapreduce::SplitOptions& options) {
  ASSIGN_OR_RETURN(const Stage stage, StageOf(spec));
  ASSIGN_OR_RETURN(const std::string_view bytes, ParameterOf(spec, kSplitBytesParameter));
  SplitGoal goal;
  goal.min_splits = std::max<uint32_t>(1, options.slots);
  std::from_chars(bytes.data(), bytes.data() + bytes.size(), goal.target_bytes);
  std::vector<mapreduce::InputSplit> splits;
  std::vector<StageSplit> stage_splits;
  for (uint32_t i = 0; i < stage.inputs.size(); ++i) {
    const PlanNode& leaf = DrivingLeaf(*stage.inputs[i].plan);
    RETURN_IF_ERROR(AddSplits(leaf, i, goal, files, &splits, &stage_splits));
  }
  const auto count = static_cast<uint32_t>(splits.size());
  for (uint32_t i = 0; i < count; ++i) {
    stage_splits[i].place = {i, count};
    splits[i].opaque = stage_splits[i].Encode();
  }
  return splits;
}

Result<std::unique_ptr<StageInputFormat::Reader>> StageInputFormat::Open(
    const mapreduce::JobSpec&, const mapreduce::InputSplit& split, dfs::FileSystem&) {
  return std::make_unique<Reader>(split);
}

}  // namespace tusk::df

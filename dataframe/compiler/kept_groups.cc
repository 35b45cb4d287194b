#include "dataframe/compiler/kept_groups.h"

#include <xxhash.h>

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "dataframe/expr/aggregate.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/source_codec.h"
#include "dataframe/proto/stage.pb.h"

namespace tusk::df {
namespace {

/// Digits of the sum in front of an encoded record, and a line end.
constexpr size_t kSumBytes = 17;

std::string SumOf(std::string_view bytes) {
  return fmt::format("{:016x}\n", XXH3_64bits(bytes.data(), bytes.size()));
}

/// What tells one state of a file from another.
auto IdentityOf(const SourceFile& file) {
  return std::tie(file.path, file.length, file.modification_ms, file.partition_values);
}

struct ByIdentity {
  bool operator()(const SourceFile* a, const SourceFile* b) const {
    return IdentityOf(*a) < IdentityOf(*b);
  }
};

using FileSet = std::set<const SourceFile*, ByIdentity>;

FileSet SetOf(const std::vector<SourceFile>& files) {
  FileSet set;
  for (const SourceFile& file : files) set.insert(&file);
  return set;
}

uint64_t BytesOf(const std::vector<SourceFile>& files) {
  uint64_t bytes = 0;
  for (const SourceFile& file : files) bytes += file.length;
  return bytes;
}

/// Whether `node` makes rows of each row of its driving child alone.
bool IsRowByRow(const PlanNode& node) {
  switch (node.kind()) {
    case PlanKind::kFilter:
    case PlanKind::kProject:
    case PlanKind::kExplode:
    case PlanKind::kJoin:  // in a map: with a side that it holds
      return true;
    default:
      return false;
  }
}

bool IsFreePartial(const PlanNode& node) {
  if (node.kind() != PlanKind::kAggregate) return false;
  const AggregateNode& aggregate = As<AggregateNode>(node);
  return aggregate.mode() == AggregateMode::kPartial &&
         std::all_of(aggregate.aggregates().begin(), aggregate.aggregates().end(),
                     [](const AggregateCall& call) { return HasShortFreeStates(call.function); });
}

/// Final aggregations of a reduce; `tag` is that of the shuffle right below the last one.
int CountFinals(const PlanNode& node, std::optional<uint32_t>* tag) {
  int finals = 0;
  if (node.kind() == PlanKind::kAggregate &&
      As<AggregateNode>(node).mode() == AggregateMode::kFinal) {
    ++finals;
    if (node.child()->kind() == PlanKind::kShuffleRead)
      *tag = As<ShuffleReadNode>(*node.child()).tag();
  }
  for (const PlanPtr& child : node.children()) finals += CountFinals(*child, tag);
  return finals;
}

}  // namespace

uint64_t KeptGroups::CoveredBytes() const { return BytesOf(covered); }
uint64_t KeptGroups::PartBytes() const { return BytesOf(parts); }

std::string KeptGroups::Encode() const {
  proto::KeptGroupsProto out;
  for (const SourceFile& file : covered) {
    proto::SourceFileProto* const one = out.add_covered();
    ToProto(file, one);
    one->clear_rows();
  }
  for (const SourceFile& file : parts) {
    proto::SourceFileProto* const one = out.add_parts();
    ToProto(file, one);
    one->set_path(file.path.substr(file.path.rfind('/') + 1));
    one->clear_modification_ms();
  }
  const std::string bytes = out.SerializeAsString();
  return SumOf(bytes) + bytes;
}

Result<KeptGroups> KeptGroups::Decode(std::string_view bytes, const std::string& directory) {
  const Status bad(StatusCode::kCorruption, "these bytes are no record of kept groups");
  if (bytes.size() < kSumBytes || bytes.substr(0, kSumBytes) != SumOf(bytes.substr(kSumBytes)))
    return bad;
  bytes.remove_prefix(kSumBytes);
  proto::KeptGroupsProto in;
  if (!in.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !in.IsInitialized()) {
    return bad;
  }
  KeptGroups kept;
  for (const proto::SourceFileProto& one : in.covered()) {
    ASSIGN_OR_RETURN(kept.covered.emplace_back(), FromProto(one));
  }
  for (const proto::SourceFileProto& one : in.parts()) {
    if (one.path().empty() || one.path().find('/') != std::string::npos || !one.has_rows())
      return bad;
    ASSIGN_OR_RETURN(SourceFile file, FromProto(one));
    file.path = directory + "/" + file.path;
    kept.parts.push_back(std::move(file));
  }
  return kept;
}

std::optional<size_t> FindMergingInput(const Stage& stage) {
  std::optional<uint32_t> tag;
  if (stage.reduce == nullptr || stage.by_range) return std::nullopt;
  if (CountFinals(*stage.reduce, &tag) != 1 || !tag) return std::nullopt;
  std::optional<size_t> found;
  for (size_t i = 0; i < stage.inputs.size(); ++i) {
    if (stage.inputs[i].tag != *tag) continue;
    if (found) return std::nullopt;
    found = i;
  }
  if (!found || !IsFreePartial(*stage.inputs[*found].plan)) return std::nullopt;
  const PlanNode* node = stage.inputs[*found].plan->child().get();
  while (IsRowByRow(*node)) node = node->children()[DrivingChild(*node)].get();
  if (node->kind() != PlanKind::kScan) return std::nullopt;
  const TableSource& source = As<ScanNode>(*node).source();
  // What a stage has made is found under the name of that stage.
  if (source.files.empty() || source.stage) return std::nullopt;
  // A file that is read twice could not be told from one that is read once.
  return SetOf(source.files).size() == source.files.size() ? found : std::nullopt;
}

const std::vector<SourceFile>& DrivingFiles(const StageInput& input) {
  return As<ScanNode>(DrivingLeaf(*input.plan)).source().files;
}

std::string GroupFamilyOf(const StageInput& input, std::string_view program) {
  Stage family;
  const Result<PlanPtr> plan = OverFiles(input.plan, {});
  CHECK(plan.ok());
  family.inputs.push_back({*plan, input.partition_by, 0});
  return FingerprintOf(family, program);
}

std::vector<KeptGroups> ChooseKept(std::vector<KeptGroups> kept,
                                   const std::vector<SourceFile>& files) {
  FileSet wanted = SetOf(files);
  std::vector<size_t> order(kept.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&kept](size_t a, size_t b) {
    const auto size_of = [&kept](size_t i) {
      return std::pair(kept[i].CoveredBytes(), kept[i].covered.size());
    };
    return size_of(a) != size_of(b) ? size_of(a) > size_of(b) : a < b;
  });
  std::vector<KeptGroups> chosen;
  for (const size_t index : order) {
    const std::vector<SourceFile>& covered = kept[index].covered;
    const bool fits = !covered.empty() && std::all_of(covered.begin(), covered.end(),
                                                      [&wanted](const SourceFile& file) {
                                                        return wanted.contains(&file);
                                                      });
    if (!fits) continue;
    for (const SourceFile& file : covered) wanted.erase(&file);
    chosen.push_back(std::move(kept[index]));
  }
  return chosen;
}

Result<Stage> WithKeptGroups(const Stage& stage, size_t input,
                             const std::vector<KeptGroups>& kept) {
  const StageInput& replaced = stage.inputs[input];
  FileSet covered;
  auto groups = std::make_shared<TableSource>();
  groups->name = "kept groups";
  groups->format = TableFormat::kIpc;
  groups->schema = replaced.plan->schema();
  for (const KeptGroups& each : kept) {
    for (const SourceFile& file : each.covered) covered.insert(&file);
    groups->files.insert(groups->files.end(), each.parts.begin(), each.parts.end());
  }
  std::vector<SourceFile> missing;
  for (const SourceFile& file : DrivingFiles(replaced)) {
    if (!covered.contains(&file)) missing.push_back(file);
  }
  std::vector<StageInput> instead;
  if (!kept.empty()) {
    ASSIGN_OR_RETURN(PlanPtr scan, ScanNode::Make(std::move(groups)));
    instead.push_back({std::move(scan), replaced.partition_by, replaced.tag});
  }
  if (!missing.empty()) {
    ASSIGN_OR_RETURN(PlanPtr plan, OverFiles(replaced.plan, std::move(missing)));
    instead.push_back({std::move(plan), replaced.partition_by, replaced.tag});
  }
  Stage made = stage;
  const auto at = made.inputs.erase(made.inputs.begin() + static_cast<ptrdiff_t>(input));
  made.inputs.insert(at, std::make_move_iterator(instead.begin()),
                     std::make_move_iterator(instead.end()));
  return made;
}

}  // namespace tusk::df

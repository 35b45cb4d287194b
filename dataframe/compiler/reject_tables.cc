#include "dataframe/compiler/reject_tables.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/source/table_discovery.h"
#include "dfs/client/file_system.h"

namespace tusk::df {
namespace {

using SourcePtr = std::shared_ptr<const TableSource>;

Status Collect(const PlanNode& plan, std::map<std::string, SourcePtr>* by_folder) {
  for (const PlanPtr& child : plan.children()) RETURN_IF_ERROR(Collect(*child, by_folder));
  if (plan.kind() != PlanKind::kScan) return Status::Ok();
  const SourcePtr& source = As<ScanNode>(plan).shared_source();
  if (source->csv.on_bad != OnBad::kReject || source->csv.rejects.empty()) return Status::Ok();
  const auto [found, fresh] = by_folder->try_emplace(source->csv.rejects, source);
  const TableSource& other = *found->second;
  const bool same = fresh || (other.files == source->files && other.csv == source->csv &&
                              other.schema->Equals(*source->schema));
  if (same) return Status::Ok();
  return Status::Error(StatusCode::kInvalidArgument,
                       "{} and {} would write their rejects into the same folder {}", other.name,
                       source->name, source->csv.rejects);
}

/// A folder of somebody's is not deleted because it was named here.
Status CheckFolder(const std::string& folder, dfs::FileSystem& files) {
  ASSIGN_OR_RETURN(const bool exists, files.Exists(folder));
  if (!exists) return Status::Ok();
  const auto there = DiscoverTable(files, folder);
  if (there.ok() && (*there)->format == TableFormat::kParquet &&
      (*there)->schema->field_names() == RejectSchema()->field_names()) {
    return Status::Ok();
  }
  return Status::Error(StatusCode::kAlreadyExists,
                       "{} is there and holds no rejects\n  do: name another folder for them",
                       folder);
}

}  // namespace

Result<std::vector<PlanPtr>> RejectWrites(const PlanPtr& plan, dfs::FileSystem& files) {
  std::map<std::string, SourcePtr> by_folder;
  RETURN_IF_ERROR(Collect(*plan, &by_folder));
  std::vector<PlanPtr> writes;
  for (const auto& [folder, source] : by_folder) {
    RETURN_IF_ERROR(CheckFolder(folder, files));
    auto rejects = std::make_shared<TableSource>(RejectsOf(*source));
    rejects->name = "rejects of " + source->name;
    ASSIGN_OR_RETURN(PlanPtr scan, ScanNode::Make(std::move(rejects)));
    WriteSpec spec;
    spec.path = folder;
    spec.mode = SaveMode::kOverwrite;
    ASSIGN_OR_RETURN(writes.emplace_back(), WriteNode::Make(std::move(scan), std::move(spec)));
  }
  return writes;
}

}  // namespace tusk::df

#pragma once

#include <vector>

#include "common/base/result.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::df {

/// The writes of what the tables of a plan reject: one for each table with OnBad::kReject, a plan
/// that reads its files for nothing else. What is rejected is a function of files, format and
/// columns alone; so it is the same however the query reads the table, is cut into tasks, and
/// however often these are tried, and the files appear by the commit of their own job.
///
/// A folder that is there is replaced when it holds rejects. kAlreadyExists when it holds something
/// else; kInvalidArgument when two tables have the same folder.
Result<std::vector<PlanPtr>> RejectWrites(const PlanPtr& plan, dfs::FileSystem& files);

}  // namespace tusk::df

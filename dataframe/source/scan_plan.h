#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/source/file_scan.h"

namespace tusk::df {

/// Where the columns of a scan come from, for one file.
struct ScanPlan {
  /// Of one column of the node.
  struct Place {
    /// Index in `file_columns`; -1 for a column of the path.
    int file_column = -1;
    /// Of a column of the path: its value.
    std::shared_ptr<arrow::Scalar> path_value;
  };
  /// All columns of the node, hidden ones too, under the plan's names.
  SchemaPtr schema;
  std::vector<Place> places;
  /// What is read of the file, each column once.
  std::vector<std::shared_ptr<arrow::Field>> file_columns;
  /// The file, for messages.
  std::string file_name;
  /// Index of the file in the source; of no meaning for a range.
  uint32_t file = 0;
};

/// kInvalidArgument for a file or a column that the source does not have.
Result<ScanPlan> PlanScan(const ScanNode& scan, uint32_t file);

/// False when the columns of the path alone rule out every row of the file.
Result<bool> MayMatchPath(const ScanNode& scan, const ScanPlan& plan);

/// What the reader of the format is told.
FileScan MakeFileScan(const ScanNode& scan, const ScanPlan& plan, const ScanSplit& split,
                      dfs::FileSystem& files, ScanCounters* counters);

}  // namespace tusk::df

#pragma once

#include "common/base/result.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/sql/bind_context.h"
#include "dataframe/sql/tree.h"

namespace tusk::df::sql {

/// The path and the options of COPY ... TO: FORMAT (else by the path's extension, else Parquet),
/// HEADER, DELIMITER, QUOTE, NULL, PARTITION_BY, OVERWRITE, MODE, COMPRESSION, TARGET_FILE_SIZE.
/// `plan` is what is written; partitions are columns of it.
Result<WriteSpec> BindCopyOptions(const BindContext& context, const Tree& copy,
                                  const PlanNode& plan);

}  // namespace tusk::df::sql

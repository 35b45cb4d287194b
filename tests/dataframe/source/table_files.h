#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/api.h>

#include "common/base/random.h"
#include "common/base/result.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/sink/table_writer.h"
#include "dataframe/source/scan.h"
#include "dataframe/source/table_discovery.h"
#include "dfs/client/local_file_system.h"

namespace tusk::df {

/// Writes text as a local file; missing folders are made.
void WriteText(const std::string& path, std::string_view text);

/// Writes a table by the table writer; batches of `batch_rows`.
Result<WrittenTable> WriteTable(const std::string& path, const arrow::Table& table,
                                const TableWriterOptions& options, int64_t batch_rows = 1000);

/// A column of random values, a tenth of them null. For floats `odd` adds NaN and infinities.
std::shared_ptr<arrow::Array> RandomColumn(const TypePtr& type, int64_t rows, Random& random,
                                           bool odd = true);
/// A table of such columns named c0, c1, ...
std::shared_ptr<arrow::Table> RandomTable(const std::vector<TypePtr>& types, int64_t rows,
                                          Random& random, bool odd = true);

/// A column of values by their texts; nullptr is null.
std::shared_ptr<arrow::Array> ColumnOf(const TypePtr& type, const std::vector<const char*>& texts);
std::shared_ptr<arrow::Array> ColumnOfTexts(const TypePtr& type,
                                            const std::vector<std::string>& texts);

/// A scan of all columns of a source, or of what is given.
std::shared_ptr<const ScanNode> MakeScan(std::shared_ptr<const TableSource> source,
                                         ExprPtr predicate = nullptr);
std::shared_ptr<const ScanNode> MakeScan(std::shared_ptr<const TableSource> source,
                                         std::vector<ScanNode::Column> columns,
                                         ExprPtr predicate = nullptr);

/// The rows of all splits in their order; fails when a batch is empty or has another schema.
Result<std::shared_ptr<arrow::Table>> ReadAll(const ScanNode& scan, const SplitGoal& goal,
                                              ScanCounters* counters = nullptr);

/// Discovers and reads all.
Result<std::shared_ptr<arrow::Table>> ReadPath(const std::string& path,
                                               const DiscoveryOptions& options = {},
                                               const SplitGoal& goal = {});

/// This machine's files.
dfs::FileSystem& LocalFiles();

/// A column's values as text, nulls as "null": to compare in few words.
std::vector<std::string> Texts(const arrow::Table& table, const std::string& column);

}  // namespace tusk::df

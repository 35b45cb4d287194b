#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/source/byte_input.h"
#include "dataframe/source/file_scan.h"

namespace tusk::df {

/// True when records that do not fit are left out, or looked for.
bool Rejects(const TableSource& source);

/// The columns that a record must fit to be a row of `file`: all that its table has outside of
/// paths, whether a query reads them or not. So it does not depend on the query what is rejected.
std::vector<std::shared_ptr<arrow::Field>> CheckedColumns(const TableSource& source,
                                                          const SourceFile& file);

/// Gathers rows of `RejectSchema` while one split is read. One thread.
class RejectRows {
 public:
  /// Of the file and the columns of `scan`, which must outlive it.
  explicit RejectRows(const FileScan& scan);

  /// A record that begins at `offset` of the file. Records come in order.
  void Add(uint64_t offset, std::optional<std::string_view> column, std::string_view text,
           std::string reason);

  /// What was added since the last time, with the columns of the scan; maybe no rows.
  Result<BatchPtr> Take();

 private:
  struct Row {
    uint64_t offset = 0;
    std::optional<uint64_t> line;
    std::optional<std::string> column;
    std::string text;
    std::string reason;
  };
  Result<std::shared_ptr<arrow::Array>> ColumnOf(const std::string& name) const;

  const FileScan& scan_;
  LineCounter lines_;
  std::vector<Row> rows_;
};

}  // namespace tusk::df

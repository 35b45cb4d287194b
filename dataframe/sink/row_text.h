#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/plan/table_source.h"

namespace tusk::df {

/// Writes the rows of batches as lines of text. One thread.
class RowText {
 public:
  virtual ~RowText() = default;
  /// What stands before all rows; may be nothing.
  virtual std::string Header() const { return {}; }
  /// Appends all rows of the batch, a line each.
  virtual void Append(const arrow::RecordBatch& batch, std::string& out) = 0;
};

/// kUnsupported names the column whose type has no text in the format.
Result<std::unique_ptr<RowText>> MakeCsvText(const CsvFormat& format,
                                             std::shared_ptr<arrow::Schema> schema);
Result<std::unique_ptr<RowText>> MakeJsonText(std::shared_ptr<arrow::Schema> schema);
/// For a schema of one string column.
Result<std::unique_ptr<RowText>> MakeLineText(std::shared_ptr<arrow::Schema> schema);

}  // namespace tusk::df

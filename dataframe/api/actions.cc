// The methods of DataFrame that run its plan.

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include "common/base/quantity_text.h"
#include "common/base/status_macros.h"
#include "dataframe/api/dataframe.h"
#include "dataframe/api/functions.h"
#include "dataframe/api/result_printer.h"
#include "dataframe/api/session.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

/// Characters of a cell that Show and Glimpse print.
constexpr size_t kMaxCell = 60;

/// The first rows of another stream; knows whether there are more.
class FirstRows final : public BatchStream {
 public:
  FirstRows(BatchStream& rows, int64_t limit) : rows_(rows), left_(limit) {}

  Result<BatchPtr> Next() override {
    ASSIGN_OR_RETURN(BatchPtr batch, rows_.Next());
    if (batch == nullptr) return batch;
    more_ = batch->num_rows() > left_;
    if (more_) batch = batch->Slice(0, left_);
    left_ -= batch->num_rows();
    if (batch->num_rows() == 0) return BatchPtr();
    return batch;
  }
  bool more() const { return more_; }

 private:
  BatchStream& rows_;
  int64_t left_;
  bool more_ = false;
};

/// Prints all rows of a plan.
Result<int64_t> PrintPlan(Session& session, const PlanPtr& plan, ResultFormat format) {
  ASSIGN_OR_RETURN(const QueryResult result, session.Run(plan));
  ASSIGN_OR_RETURN(const auto rows, session.Rows(result));
  TableLook look;
  look.max_cell = kMaxCell;
  ASSIGN_OR_RETURN(const int64_t count,
                   PrintRows(*rows, result.table->schema, format, look, stdout));
  std::fflush(stdout);
  return count;
}

/// A line for each column: name, type, values.
Status PrintDownwards(const arrow::Table& table) {
  size_t name_width = 0, type_width = 0;
  for (const auto& field : table.schema()->fields()) {
    name_width = std::max(name_width, field->name().size());
    type_width = std::max(type_width, TypeText(*field->type()).size());
  }
  for (int i = 0; i < table.num_columns(); ++i) {
    const arrow::Field& field = *table.schema()->field(i);
    std::string values;
    for (int64_t row = 0; row < table.num_rows(); ++row) {
      ASSIGN_OR_RETURN(const auto value, FromArrow(table.column(i)->GetScalar(row)));
      if (row > 0) values += ", ";
      values += value->is_valid ? value->ToString() : "NULL";
    }
    fmt::print("{:<{}}  {:<{}}  {}\n", field.name(), name_width, TypeText(*field.type()),
               type_width, values);
  }
  std::fflush(stdout);
  return Status::Ok();
}

}  // namespace

Result<DataFrame> DataFrame::Materialize() const {
  RETURN_IF_ERROR(plan_.status());
  ASSIGN_OR_RETURN(const QueryResult result, session_->Run(*plan_));
  auto table = std::make_shared<TableSource>(*result.table);
  // A table like any other now: numbers of stages are a query's own.
  table->stage.reset();
  table->name = "materialized";
  ASSIGN_OR_RETURN(PlanPtr scan, ScanNode::Make(std::move(table)));
  return DataFrame(session_, std::move(scan));
}

Result<std::shared_ptr<arrow::Table>> DataFrame::Collect(uint64_t max_bytes) const {
  RETURN_IF_ERROR(plan_.status());
  ASSIGN_OR_RETURN(const QueryResult result, session_->Run(*plan_));
  const uint64_t bytes = result.table->TotalBytes();
  if (bytes > max_bytes) {
    return Status::Error(
        StatusCode::kTooLarge,
        "the result has {}, and Collect was asked for {} at most\n  do: Limit or aggregate it, "
        "write it to files, or give Collect a greater bound",
        BytesText(static_cast<int64_t>(bytes)), BytesText(static_cast<int64_t>(max_bytes)));
  }
  ASSIGN_OR_RETURN(const auto rows, session_->Rows(result));
  std::vector<BatchPtr> batches;
  while (true) {
    ASSIGN_OR_RETURN(BatchPtr batch, rows->Next());
    if (batch == nullptr) break;
    batches.push_back(std::move(batch));
  }
  return FromArrow(arrow::Table::FromRecordBatches(result.table->schema, batches));
}

Result<int64_t> DataFrame::CountRows() const {
  ASSIGN_OR_RETURN(const auto table, Agg(Count().As("count")).Collect());
  ASSIGN_OR_RETURN(const auto count, FromArrow(table->column(0)->GetScalar(0)));
  return static_cast<const arrow::Int64Scalar&>(*count).value;
}

Status DataFrame::Show(int64_t rows) const {
  RETURN_IF_ERROR(plan_.status());
  if (rows <= 0) return PrintPlan(*session_, *plan_, ResultFormat::kTable).status();
  ASSIGN_OR_RETURN(const PlanPtr first, LimitNode::Make(*plan_, rows + 1));
  ASSIGN_OR_RETURN(const QueryResult result, session_->Run(first));
  ASSIGN_OR_RETURN(const auto stream, session_->Rows(result));
  FirstRows shown(*stream, rows);
  TableLook look;
  look.max_cell = kMaxCell;
  RETURN_IF_ERROR(
      PrintRows(shown, result.table->schema, ResultFormat::kTable, look, stdout).status());
  if (shown.more()) {
    fmt::print("... and more; these are the first {} (Show(0) prints all)\n",
               CountText(rows, "row"));
  }
  std::fflush(stdout);
  return Status::Ok();
}

Status DataFrame::Glimpse(int64_t rows) const {
  ASSIGN_OR_RETURN(const auto table, Limit(rows).Collect());
  return PrintDownwards(*table);
}

Status DataFrame::PrintCsv() const {
  RETURN_IF_ERROR(plan_.status());
  return PrintPlan(*session_, *plan_, ResultFormat::kCsv).status();
}

Status DataFrame::Write(const std::string& path, TableFormat format,
                        const WriteOptions& options) const {
  RETURN_IF_ERROR(plan_.status());
  WriteSpec spec;
  spec.path = path;
  spec.format = format;
  spec.mode = options.mode;
  spec.csv = options.csv;
  spec.compression = options.compression;
  spec.partition_by = options.partition_by;
  spec.target_file_bytes = options.target_file_bytes;
  ASSIGN_OR_RETURN(const PlanPtr write, WriteNode::Make(*plan_, std::move(spec)));
  return session_->Run(write).status();
}

Status DataFrame::WriteCsv(const std::string& path, const WriteOptions& options) const {
  return Write(path, TableFormat::kCsv, options);
}

Status DataFrame::WriteJson(const std::string& path, const WriteOptions& options) const {
  return Write(path, TableFormat::kJson, options);
}

Status DataFrame::WriteParquet(const std::string& path, const WriteOptions& options) const {
  return Write(path, TableFormat::kParquet, options);
}

Status DataFrame::WriteIpc(const std::string& path, const WriteOptions& options) const {
  return Write(path, TableFormat::kIpc, options);
}

Result<std::string> DataFrame::Explain() const {
  RETURN_IF_ERROR(plan_.status());
  return session_->Explain(*plan_);
}

}  // namespace tusk::df

#include "dataframe/compiler/table_output.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "dataframe/compiler/stage.h"
#include "dataframe/compiler/stage_input.h"
#include "dataframe/exec/row_key.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/partition_folder.h"
#include "dataframe/sink/cell_text.h"
#include "dataframe/sink/table_writer.h"
#include "dataframe/source/arrow_files.h"

namespace tusk::df {
namespace {

const PlanPtr& BelowWrite(const PlanPtr& plan) {
  return plan->kind() == PlanKind::kWrite ? plan->child() : plan;
}

/// What the output of a stage looks like on disk: the user's words, or an intermediate.
TableWriterOptions WriterOptionsOf(const Stage& stage) {
  TableWriterOptions options;
  options.format = TableFormat::kIpc;
  if (!stage.IsWrite()) return options;
  const WriteSpec& spec = As<WriteNode>(*stage.root()).spec();
  options.format = spec.format;
  options.csv = spec.csv;
  options.compression = spec.compression;
  options.target_bytes = spec.target_file_bytes;
  return options;
}

/// Which columns of the rows are in files and which in the names of folders.
struct Layout {
  std::vector<int> partitions;
  std::vector<int> others;
  SchemaPtr file_schema;
};

Layout LayoutOf(const Stage& stage) {
  Layout layout;
  const SchemaPtr& schema = BelowWrite(stage.root())->schema();
  std::vector<std::string> names;
  if (stage.IsWrite()) names = As<WriteNode>(*stage.root()).spec().partition_by;
  for (const std::string& name : names) layout.partitions.push_back(schema->GetFieldIndex(name));
  arrow::FieldVector fields;
  for (int i = 0; i < schema->num_fields(); ++i) {
    if (std::find(layout.partitions.begin(), layout.partitions.end(), i) !=
        layout.partitions.end()) {
      continue;
    }
    layout.others.push_back(i);
    fields.push_back(schema->field(i));
  }
  layout.file_schema = names.empty() ? schema : arrow::schema(std::move(fields));
  return layout;
}

Result<RowKeyEncoder> EncoderOf(const Stage& stage, const Layout& layout) {
  std::vector<TypePtr> types;
  for (const int i : layout.partitions) {
    types.push_back(BelowWrite(stage.root())->schema()->field(i)->type());
  }
  return RowKeyEncoder::ForEquality(types);
}

/// Writes the batches of one task.
class TableFilesWriter final : public TableOutput::Writer {
 public:
  TableFilesWriter(mapreduce::OutputFiles& files, TableWriterOptions options, Layout layout,
                   RowKeyEncoder encoder)
      : files_(files),
        options_(std::move(options)),
        layout_(std::move(layout)),
        encoder_(std::move(encoder)) {}

  void Write(uint32_t, const TableBatch& value) override {
    if (!status_.ok()) return;
    status_ = layout_.partitions.empty() ? Append(*value.batch) : Divide(*value.batch);
  }

  Status Close() override {
    RETURN_IF_ERROR(status_);
    // A table without rows has its columns nevertheless.
    if (layout_.partitions.empty() && part_ == 0) RETURN_IF_ERROR(OpenFile());
    return CloseFile();
  }

 private:
  /// Appends stretches of rows of one partition each.
  Status Divide(const arrow::RecordBatch& batch) {
    std::vector<ArrayPtr> values;
    for (const int i : layout_.partitions) values.push_back(batch.column(i));
    RETURN_IF_ERROR(encoder_.Encode(values, batch.num_rows(), &keys_));
    std::vector<ArrayPtr> columns;
    for (const int i : layout_.others) columns.push_back(batch.column(i));
    const auto rows =
        arrow::RecordBatch::Make(layout_.file_schema, batch.num_rows(), std::move(columns));
    int64_t end = 0;
    for (int64_t begin = 0; begin < batch.num_rows(); begin = end) {
      const std::string_view key = keys_[begin];
      for (end = begin + 1; end < batch.num_rows() && keys_[end] == key;) ++end;
      if (folder_.empty() || key != key_) {
        RETURN_IF_ERROR(CloseFile());
        key_ = key;
        folder_ = FolderOf(batch, begin);
        part_ = 0;
      }
      RETURN_IF_ERROR(Append(*rows->Slice(begin, end - begin)));
    }
    return Status::Ok();
  }

  /// "a=1/b=x/".
  std::string FolderOf(const arrow::RecordBatch& batch, int64_t row) const {
    std::string folder;
    for (const int i : layout_.partitions) {
      std::string text;
      const bool null = batch.column(i)->IsNull(row);
      if (!null) AppendCell(*batch.column(i), row, text);
      const std::string_view value = text;
      folder += PartitionFolder(batch.schema()->field(i)->name(), null ? nullptr : &value) + "/";
    }
    return folder;
  }

  Status Append(const arrow::RecordBatch& batch) {
    if (writer_ == nullptr) RETURN_IF_ERROR(OpenFile());
    RETURN_IF_ERROR(writer_->Write(batch));
    file_->CountRecords(static_cast<uint64_t>(batch.num_rows()));
    if (options_.target_bytes == 0) return Status::Ok();
    ASSIGN_OR_RETURN(const uint64_t length, writer_->LengthSoFar());
    return length < options_.target_bytes ? Status::Ok() : CloseFile();
  }

  Status OpenFile() {
    std::string name = folder_ + files_.part_name();
    if (part_ > 0) name += fmt::format("-{:05}", part_);
    name += FileEnding(options_.format, options_.compression);
    ++part_;
    const Result<mapreduce::OutputFileWriter*> file = files_.Open(name);
    if (file.status().code() == StatusCode::kTooLarge) {
      return Status::Error(StatusCode::kTooLarge,
                           "{}\n  do: partition by columns with fewer values, or let files get "
                           "longer",
                           file.status().message());
    }
    if (file.status().code() == StatusCode::kInvalidArgument) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "the values of these partitions make no name of a folder (too long?): "
                           "{}\n  do: partition by something shorter, for instance a left() of it",
                           folder_.substr(0, 200));
    }
    RETURN_IF_ERROR(file.status());
    file_ = *file;
    ASSIGN_OR_RETURN(writer_,
                     TableWriter::Open(options_, layout_.file_schema, MakeArrowOutput(file_)));
    return Status::Ok();
  }

  Status CloseFile() {
    if (writer_ == nullptr) return Status::Ok();
    RETURN_IF_ERROR(writer_->Close().status());
    writer_.reset();
    return files_.Complete(std::exchange(file_, nullptr)).status();
  }

  mapreduce::OutputFiles& files_;
  const TableWriterOptions options_;
  const Layout layout_;
  const RowKeyEncoder encoder_;
  RowKeys keys_;
  std::string key_;     // of the partition whose rows come
  std::string folder_;  // likewise
  uint32_t part_ = 0;   // files of that folder so far
  mapreduce::OutputFileWriter* file_ = nullptr;
  std::unique_ptr<TableWriter> writer_;
  Status status_;
};

}  // namespace

Result<PlanPtr> FragmentOf(const PlanPtr& root) {
  const PlanPtr& below = BelowWrite(root);
  if (root->kind() != PlanKind::kWrite) return below;
  std::vector<SortKey> keys;
  for (const std::string& column : As<WriteNode>(*root).spec().partition_by) {
    keys.push_back({Expr::Column(column)});
  }
  if (keys.empty()) return below;
  return SortNode::Make(below, std::move(keys));
}

Result<std::unique_ptr<TableOutput::Writer>> TableOutput::Make(mapreduce::OutputFiles& files,
                                                               const mapreduce::JobSpec& spec) {
  ASSIGN_OR_RETURN(const Stage stage, StageOf(spec));
  Layout layout = LayoutOf(stage);
  ASSIGN_OR_RETURN(RowKeyEncoder encoder, EncoderOf(stage, layout));
  return std::unique_ptr<Writer>(std::make_unique<TableFilesWriter>(
      files, WriterOptionsOf(stage), std::move(layout), std::move(encoder)));
}

}  // namespace tusk::df

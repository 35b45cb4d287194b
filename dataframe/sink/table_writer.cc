#include "dataframe/sink/table_writer.h"

#include <algorithm>
#include <utility>

#include <arrow/api.h>
#include <arrow/io/compressed.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/writer.h>
#include <arrow/util/compression.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include "common/base/status_macros.h"
#include "dataframe/sink/row_text.h"
#include "dataframe/type/arrow_status.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {
namespace {

/// Small enough that few files make many splits, large enough that pages and dictionaries pay.
constexpr int64_t kRowGroupRows = 512 * 1024;
constexpr size_t kTextBufferBytes = size_t{1} << 20;

Result<arrow::Compression::type> CompressionOf(std::string_view name) {
  if (name.empty() || name == "none") return arrow::Compression::UNCOMPRESSED;
  if (name == "snappy") return arrow::Compression::SNAPPY;
  if (name == "zstd") return arrow::Compression::ZSTD;
  if (name == "gzip") return arrow::Compression::GZIP;
  if (name == "lz4") return arrow::Compression::LZ4;
  return Status::Error(StatusCode::kInvalidArgument,
                       "there is no compression of this name, only snappy, zstd, gzip, lz4 and "
                       "none: {}",
                       name);
}

Status NoCompression(TableFormat format, std::string_view name, std::string_view others) {
  return Status::Error(StatusCode::kInvalidArgument, "{} is not compressed by {}, only by {}",
                       TableFormatName(format), name, others);
}

/// Arrow's writers want the very schema; columns of one branch of a union may be "not null" where
/// those of another are not.
std::shared_ptr<arrow::RecordBatch> WithSchema(const arrow::RecordBatch& batch,
                                               const std::shared_ptr<arrow::Schema>& schema) {
  return arrow::RecordBatch::Make(schema, batch.num_rows(), batch.columns());
}

/// Writes row groups.
class ParquetTableWriter final : public TableWriter {
 public:
  static Result<std::unique_ptr<TableWriter>> Open(const TableWriterOptions& options,
                                                   const std::shared_ptr<arrow::Schema>& schema,
                                                   std::shared_ptr<arrow::io::OutputStream> out) {
    for (const auto& field : schema->fields()) {
      if (field->type()->id() == arrow::Type::INTERVAL_MONTH_DAY_NANO) {
        return Status::Error(StatusCode::kUnsupported,
                             "Parquet cannot hold column {} of type {}: cast it to string",
                             field->name(), TypeText(*field->type()));
      }
    }
    ASSIGN_OR_RETURN(arrow::Compression::type compression,
                     CompressionOf(options.compression.empty() ? "snappy" : options.compression));
    parquet::WriterProperties::Builder properties;
    properties.compression(compression)->max_row_group_length(kRowGroupRows)->created_by("tusk");
    parquet::ArrowWriterProperties::Builder arrow_properties;
    arrow_properties.store_schema()->set_use_threads(false);
    auto writer = std::make_unique<ParquetTableWriter>();
    writer->schema_ = schema;
    writer->out_ = std::move(out);
    ASSIGN_OR_RETURN(writer->writer_, FromArrow(parquet::arrow::FileWriter::Open(
                                          *schema, arrow::default_memory_pool(), writer->out_,
                                          properties.build(), arrow_properties.build())));
    return std::unique_ptr<TableWriter>(std::move(writer));
  }

  Status Write(const arrow::RecordBatch& batch) override {
    rows_ += batch.num_rows();
    return FromArrow(writer_->WriteRecordBatch(*WithSchema(batch, schema_)));
  }

  Result<WrittenTable> Close() override {
    RETURN_IF_ERROR(FromArrow(writer_->Close()));
    ASSIGN_OR_RETURN(const int64_t bytes, FromArrow(out_->Tell()));
    RETURN_IF_ERROR(FromArrow(out_->Close()));
    return WrittenTable{rows_, static_cast<uint64_t>(bytes)};
  }

 private:
  std::shared_ptr<arrow::Schema> schema_;
  std::shared_ptr<arrow::io::OutputStream> out_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  int64_t rows_ = 0;
};

/// Writes Arrow's file format.
class IpcTableWriter final : public TableWriter {
 public:
  static Result<std::unique_ptr<TableWriter>> Open(const TableWriterOptions& options,
                                                   const std::shared_ptr<arrow::Schema>& schema,
                                                   std::shared_ptr<arrow::io::OutputStream> out) {
    ASSIGN_OR_RETURN(arrow::Compression::type compression, CompressionOf(options.compression));
    if (compression == arrow::Compression::LZ4) compression = arrow::Compression::LZ4_FRAME;
    auto ipc = arrow::ipc::IpcWriteOptions::Defaults();
    ipc.use_threads = false;
    if (compression == arrow::Compression::LZ4_FRAME || compression == arrow::Compression::ZSTD) {
      ASSIGN_OR_RETURN(ipc.codec, FromArrow(arrow::util::Codec::Create(compression)));
    } else if (compression != arrow::Compression::UNCOMPRESSED) {
      return NoCompression(TableFormat::kIpc, options.compression, "lz4 and zstd");
    }
    auto writer = std::make_unique<IpcTableWriter>();
    writer->schema_ = schema;
    writer->out_ = std::move(out);
    ASSIGN_OR_RETURN(writer->writer_,
                     FromArrow(arrow::ipc::MakeFileWriter(writer->out_, schema, ipc)));
    return std::unique_ptr<TableWriter>(std::move(writer));
  }

  Status Write(const arrow::RecordBatch& batch) override {
    rows_ += batch.num_rows();
    return FromArrow(writer_->WriteRecordBatch(*WithSchema(batch, schema_)));
  }

  Result<WrittenTable> Close() override {
    RETURN_IF_ERROR(FromArrow(writer_->Close()));
    ASSIGN_OR_RETURN(const int64_t bytes, FromArrow(out_->Tell()));
    RETURN_IF_ERROR(FromArrow(out_->Close()));
    return WrittenTable{rows_, static_cast<uint64_t>(bytes)};
  }

 private:
  std::shared_ptr<arrow::Schema> schema_;
  std::shared_ptr<arrow::io::OutputStream> out_;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer_;
  int64_t rows_ = 0;
};

/// Writes lines of text.
class TextTableWriter final : public TableWriter {
 public:
  static Result<std::unique_ptr<TableWriter>> Open(const TableWriterOptions& options,
                                                   const std::shared_ptr<arrow::Schema>& schema,
                                                   std::shared_ptr<arrow::io::OutputStream> out) {
    auto writer = std::make_unique<TextTableWriter>();
    if (options.format == TableFormat::kCsv) {
      ASSIGN_OR_RETURN(writer->text_, MakeCsvText(options.csv, schema));
    } else if (options.format == TableFormat::kJson) {
      ASSIGN_OR_RETURN(writer->text_, MakeJsonText(schema));
    } else {
      ASSIGN_OR_RETURN(writer->text_, MakeLineText(schema));
    }
    ASSIGN_OR_RETURN(arrow::Compression::type compression, CompressionOf(options.compression));
    if (compression == arrow::Compression::LZ4) compression = arrow::Compression::LZ4_FRAME;
    writer->file_ = out;
    writer->out_ = std::move(out);
    if (compression == arrow::Compression::SNAPPY) {
      return NoCompression(options.format, options.compression, "gzip, zstd and lz4");
    }
    if (compression != arrow::Compression::UNCOMPRESSED) {
      ASSIGN_OR_RETURN(writer->codec_, FromArrow(arrow::util::Codec::Create(compression)));
      ASSIGN_OR_RETURN(writer->out_, FromArrow(arrow::io::CompressedOutputStream::Make(
                                         writer->codec_.get(), writer->file_)));
    }
    writer->buffer_ = writer->text_->Header();
    return std::unique_ptr<TableWriter>(std::move(writer));
  }

  Status Write(const arrow::RecordBatch& batch) override {
    rows_ += batch.num_rows();
    // Pieces bound the buffer, however wide the rows are.
    constexpr int64_t kPieceRows = 1024;
    for (int64_t from = 0; from < batch.num_rows(); from += kPieceRows) {
      text_->Append(*batch.Slice(from, kPieceRows), buffer_);
      if (buffer_.size() >= kTextBufferBytes) RETURN_IF_ERROR(Send());
    }
    return Status::Ok();
  }

  Result<WrittenTable> Close() override {
    RETURN_IF_ERROR(Send());
    // Closing the compressed stream closes the file under it, where the length is asked.
    if (out_ != file_) RETURN_IF_ERROR(FromArrow(out_->Close()));
    ASSIGN_OR_RETURN(const int64_t bytes, FromArrow(file_->Tell()));
    RETURN_IF_ERROR(FromArrow(file_->Close()));
    return WrittenTable{rows_, static_cast<uint64_t>(bytes)};
  }

 private:
  Status Send() {
    const Status status =
        FromArrow(out_->Write(buffer_.data(), static_cast<int64_t>(buffer_.size())));
    buffer_.clear();
    return status;
  }

  std::unique_ptr<RowText> text_;
  std::unique_ptr<arrow::util::Codec> codec_;
  std::shared_ptr<arrow::io::OutputStream> file_;
  std::shared_ptr<arrow::io::OutputStream> out_;
  std::string buffer_;
  int64_t rows_ = 0;
};

}  // namespace

Result<std::unique_ptr<TableWriter>> TableWriter::Open(
    const TableWriterOptions& options, std::shared_ptr<arrow::Schema> schema,
    std::shared_ptr<arrow::io::OutputStream> out) {
  switch (options.format) {
    case TableFormat::kParquet:
      return ParquetTableWriter::Open(options, schema, std::move(out));
    case TableFormat::kIpc:
      return IpcTableWriter::Open(options, schema, std::move(out));
    case TableFormat::kCsv:
    case TableFormat::kJson:
    case TableFormat::kText:
      return TextTableWriter::Open(options, schema, std::move(out));
    case TableFormat::kRange:
      break;
  }
  return Status::Error(StatusCode::kUnsupported, "no table is written in the format {}",
                       TableFormatName(options.format));
}

std::string FileEnding(TableFormat format, std::string_view compression) {
  std::string ending;
  switch (format) {
    case TableFormat::kParquet:
      return ".parquet";
    case TableFormat::kIpc:
      return ".arrow";
    case TableFormat::kCsv:
      ending = ".csv";
      break;
    case TableFormat::kJson:
      ending = ".jsonl";
      break;
    case TableFormat::kText:
      ending = ".txt";
      break;
    case TableFormat::kRange:
      break;
  }
  if (compression == "gzip") return ending + ".gz";
  if (compression == "zstd") return ending + ".zst";
  if (compression == "lz4") return ending + ".lz4";
  return ending;
}

}  // namespace tusk::df

#include "dataframe/sink/table_writer.h"

#include <algorithm>
#include <utility>

#include <arrow/api.h>
#include <arrow/io/compressed.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/writer.h>
#include <arrow/util/byte_size.h>
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

/// What the writers of Arrow's own formats have in common.
template <typename Writer>
class ArrowTableWriter : public TableWriter {
 public:
  ArrowTableWriter(std::shared_ptr<arrow::Schema> schema,
                   std::shared_ptr<arrow::io::OutputStream> out, Writer writer)
      : schema_(std::move(schema)), out_(std::move(out)), writer_(std::move(writer)) {}

  Status Write(const arrow::RecordBatch& batch) override {
    rows_ += batch.num_rows();
    return FromArrow(writer_->WriteRecordBatch(*WithSchema(batch, schema_)));
  }

  Result<WrittenTable> Close() override {
    RETURN_IF_ERROR(FromArrow(writer_->Close()));
    ASSIGN_OR_RETURN(const uint64_t bytes, LengthSoFar());
    RETURN_IF_ERROR(FromArrow(out_->Close()));
    return WrittenTable{rows_, bytes};
  }

  Result<uint64_t> LengthSoFar() const override {
    ASSIGN_OR_RETURN(const int64_t bytes, FromArrow(out_->Tell()));
    return static_cast<uint64_t>(bytes);
  }

 protected:
  Writer& writer() { return writer_; }

 private:
  const std::shared_ptr<arrow::Schema> schema_;
  const std::shared_ptr<arrow::io::OutputStream> out_;
  Writer writer_;
  int64_t rows_ = 0;
};

/// Writes row groups.
class ParquetTableWriter final
    : public ArrowTableWriter<std::unique_ptr<parquet::arrow::FileWriter>> {
 public:
  using ArrowTableWriter::ArrowTableWriter;

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
    ASSIGN_OR_RETURN(auto file, FromArrow(parquet::arrow::FileWriter::Open(
                                    *schema, arrow::default_memory_pool(), out, properties.build(),
                                    arrow_properties.build())));
    auto writer = std::make_unique<ParquetTableWriter>(schema, std::move(out), std::move(file));
    if (options.target_bytes > 0) {
      writer->group_bytes_ = std::min(kRowGroupBytes, std::max(options.target_bytes, kLeastBytes));
    }
    return std::unique_ptr<TableWriter>(std::move(writer));
  }

  Status Write(const arrow::RecordBatch& batch) override {
    if (bytes_in_group_ >= group_bytes_) {
      // What is buffered goes out, and the next rows have a group of their own.
      RETURN_IF_ERROR(FromArrow(writer()->NewBufferedRowGroup()));
      bytes_before_ += std::exchange(bytes_in_group_, 0);
      rows_in_group_ = 0;
    }
    int64_t bytes = 0;
    for (const auto& column : batch.columns()) {
      ASSIGN_OR_RETURN(const int64_t of_column,
                       FromArrow(arrow::util::ReferencedBufferSize(*column)));
      bytes += of_column;
    }
    rows_in_group_ += batch.num_rows();
    bytes_in_group_ += static_cast<uint64_t>(bytes);
    if (rows_in_group_ > kRowGroupRows) {
      // The writer begins a group by itself with the rows beyond.
      rows_in_group_ -= kRowGroupRows;
      const uint64_t begun = static_cast<uint64_t>(bytes) * static_cast<uint64_t>(rows_in_group_) /
                             static_cast<uint64_t>(batch.num_rows());
      bytes_before_ += bytes_in_group_ - begun;
      bytes_in_group_ = begun;
    }
    return ArrowTableWriter::Write(batch);
  }

  Result<uint64_t> LengthSoFar() const override {
    ASSIGN_OR_RETURN(const uint64_t written, ArrowTableWriter::LengthSoFar());
    if (bytes_before_ == 0) return written;
    // What is buffered will be compressed as well as what went before.
    return written +
           static_cast<uint64_t>(static_cast<double>(bytes_in_group_) *
                                 static_cast<double>(written) / static_cast<double>(bytes_before_));
  }

 private:
  /// Bytes of rows, as Arrow holds them, after which a group ends.
  static constexpr uint64_t kRowGroupBytes = uint64_t{128} << 20;
  static constexpr uint64_t kLeastBytes = uint64_t{64} << 10;

  uint64_t group_bytes_ = kRowGroupBytes;
  int64_t rows_in_group_ = 0;
  uint64_t bytes_in_group_ = 0;
  uint64_t bytes_before_ = 0;
};

/// Writes Arrow's file format.
class IpcTableWriter final
    : public ArrowTableWriter<std::shared_ptr<arrow::ipc::RecordBatchWriter>> {
 public:
  using ArrowTableWriter::ArrowTableWriter;

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
    ASSIGN_OR_RETURN(auto file, FromArrow(arrow::ipc::MakeFileWriter(out, schema, ipc)));
    return std::unique_ptr<TableWriter>(
        std::make_unique<IpcTableWriter>(schema, std::move(out), std::move(file)));
  }
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

  Result<uint64_t> LengthSoFar() const override {
    ASSIGN_OR_RETURN(const int64_t bytes, FromArrow(file_->Tell()));
    // Of a compressed file what is buffered does not count: it is little.
    return static_cast<uint64_t>(bytes) + (out_ == file_ ? buffer_.size() : 0);
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

#include "dataframe/source/parquet_scan.h"

#include <algorithm>
#include <string>
#include <utility>

#include <arrow/api.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include "common/base/status_macros.h"
#include "dataframe/source/arrow_files.h"
#include "dataframe/source/parquet_pruning.h"
#include "dataframe/source/parquet_statistics.h"
#include "dataframe/type/arrow_status.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {
namespace {

/// Footers of more bytes are taken for damage.
constexpr int32_t kMaxThriftBytes = 256 << 20;

/// An open file.
struct ParquetFile {
  std::unique_ptr<parquet::arrow::FileReader> reader;
  std::shared_ptr<parquet::FileMetaData> metadata;
  std::shared_ptr<arrow::Schema> schema;
};

Status Damaged(std::string_view path, const Status& why) {
  return DamagedFile(path, "Parquet", why);
}

/// `body` with the exceptions of the Parquet library as errors.
template <typename T, typename Body>
Result<T> Guarded(std::string_view path, const Body& body) {
  try {
    return body();
  } catch (const parquet::ParquetException& error) {
    return Damaged(path, Status(StatusCode::kCorruption, error.what()));
  } catch (const std::bad_alloc&) {
    return Damaged(path, Status(StatusCode::kCorruption, "a length is beyond all memory"));
  }
}

Result<ParquetFile> Open(dfs::FileSystem& files, std::string_view path) {
  ASSIGN_OR_RETURN(auto input, OpenArrowInput(files, path));
  return Guarded<ParquetFile>(path, [&]() -> Result<ParquetFile> {
    parquet::ReaderProperties properties = parquet::default_reader_properties();
    properties.set_thrift_string_size_limit(kMaxThriftBytes);
    parquet::arrow::FileReaderBuilder builder;
    const Status opened = FromArrow(builder.Open(input, properties));
    if (!opened.ok()) return Damaged(path, opened);
    parquet::ArrowReaderProperties arrow_properties(false);
    arrow_properties.set_batch_size(kScanBatchRows);
    // Ranges are read together when the first of them is wanted.
    arrow_properties.set_pre_buffer(true);
    arrow_properties.set_cache_options(arrow::io::CacheOptions::LazyDefaults());
    arrow_properties.set_coerce_int96_timestamp_unit(arrow::TimeUnit::MICRO);
    ParquetFile file;
    file.metadata = builder.raw_reader()->metadata();
    auto built = FromArrow(builder.properties(arrow_properties)->Build());
    if (!built.ok()) return Damaged(path, built.status());
    file.reader = std::move(*built);
    const Status schema = FromArrow(file.reader->GetSchema(&file.schema));
    if (!schema.ok()) return Damaged(path, schema);
    return file;
  });
}

void AppendLeaves(const parquet::arrow::SchemaField& field, std::vector<int>& out) {
  if (field.is_leaf()) out.push_back(field.column_index);
  for (const auto& child : field.children) AppendLeaves(child, out);
}

/// Reads chosen row groups of a file, one after the other, so that the bytes of one are held.
class ParquetStream final : public BatchStream {
 public:
  ParquetStream(FileScan scan, ParquetFile file, std::vector<int> groups)
      : scan_(std::move(scan)), file_(std::move(file)), groups_(std::move(groups)) {}

  Status FindColumns() {
    for (const auto& column : scan_.columns) {
      const parquet::arrow::SchemaField* found = nullptr;
      for (const auto& field : file_.reader->manifest().schema_fields) {
        if (field.field->name() == column->name()) found = &field;
      }
      if (found == nullptr) {
        return Status::Error(StatusCode::kCorruption,
                             "{} has no column {}, which the table had when the query was made: "
                             "make the query again",
                             scan_.file->path, column->name());
      }
      AppendLeaves(*found, leaves_);
    }
    return Status::Ok();
  }

  Result<BatchPtr> Next() override {
    return Guarded<BatchPtr>(scan_.file->path, [this] { return Read(); });
  }

 private:
  Result<BatchPtr> Read() {
    while (true) {
      if (batches_ == nullptr) {
        if (next_group_ == groups_.size()) return BatchPtr();
        const int group = groups_[next_group_++];
        ++scan_.counters->row_groups_read;
        if (scan_.columns.empty()) {
          const int64_t rows = file_.metadata->RowGroup(group)->num_rows();
          if (rows > 0) return RowsOnly(rows);
          continue;
        }
        auto opened = FromArrow(file_.reader->GetRecordBatchReader({group}, leaves_));
        if (!opened.ok()) return Damaged(scan_.file->path, opened.status());
        batches_ = std::move(*opened);
      }
      BatchPtr batch;
      const Status status = FromArrow(batches_->ReadNext(&batch));
      if (!status.ok()) return Damaged(scan_.file->path, status);
      if (batch == nullptr) {
        batches_.reset();
      } else if (batch->num_rows() > 0) {
        return InOrder(*batch);
      }
    }
  }

  Result<BatchPtr> InOrder(const arrow::RecordBatch& batch) const {
    std::vector<std::shared_ptr<arrow::Array>> columns;
    std::vector<std::shared_ptr<arrow::Field>> fields;
    for (const auto& wanted : scan_.columns) {
      const int index = batch.schema()->GetFieldIndex(wanted->name());
      if (index < 0) {
        return Status::Error(StatusCode::kUnsupported, "{} has two columns of the name {}",
                             scan_.file->path, wanted->name());
      }
      columns.push_back(batch.column(index));
      RETURN_IF_ERROR(CheckText(*columns.back(), wanted->name()));
      fields.push_back(batch.schema()->field(index));
    }
    return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), batch.num_rows(),
                                    std::move(columns));
  }

  /// Other programs write text in other encodings; what is no UTF-8 would be met later, anywhere.
  Status CheckText(const arrow::Array& column, const std::string& name) const {
    if (column.type_id() != arrow::Type::STRING) return Status::Ok();
    if (static_cast<const arrow::StringArray&>(column).ValidateUTF8().ok()) return Status::Ok();
    return Status::Error(StatusCode::kCorruption,
                         "{}, column {}: text that is not UTF-8\n  do: read it with a schema that "
                         "says binary, or write the file again",
                         scan_.file->path, name);
  }

  const FileScan scan_;
  ParquetFile file_;
  const std::vector<int> groups_;
  std::vector<int> leaves_;
  size_t next_group_ = 0;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
};

}  // namespace

Result<ParquetFacts> ReadParquetFacts(dfs::FileSystem& files, std::string_view path) {
  ASSIGN_OR_RETURN(const ParquetFile file, Open(files, path));
  ParquetFacts out;
  out.rows = file.metadata->num_rows();
  std::vector<std::shared_ptr<arrow::Field>> fields;
  for (const auto& field : file.schema->fields()) {
    auto type = AdmitType(field->type());
    if (!type.ok()) {
      return type.status().WithContext(fmt::format("{}, column {}", path, field->name()));
    }
    fields.push_back(arrow::field(field->name(), *type, field->nullable()));
  }
  out.schema = arrow::schema(std::move(fields));
  using Statistics = std::map<std::string, ColumnStatistics>;
  ASSIGN_OR_RETURN(out.statistics, Guarded<Statistics>(path, [&file]() -> Result<Statistics> {
                     return FooterStatistics(*file.metadata, file.reader->manifest());
                   }));
  return out;
}

Result<std::vector<RowGroupRange>> CutParquet(const FileScan& scan, uint64_t target_bytes) {
  const std::string& path = scan.file->path;
  ASSIGN_OR_RETURN(const ParquetFile file, Open(*scan.files, path));
  return Guarded<std::vector<RowGroupRange>>(path, [&]() -> Result<std::vector<RowGroupRange>> {
    const int groups = file.metadata->num_row_groups();
    const std::vector<int> chosen = SelectRowGroups(
        *file.metadata, file.reader->manifest(), *scan.source->schema, scan.predicate, 0, groups);
    scan.counters->row_groups_pruned += groups - static_cast<int64_t>(chosen.size());
    std::vector<RowGroupRange> out;
    for (const int group : chosen) {
      const auto metadata = file.metadata->RowGroup(group);
      const auto bytes =
          static_cast<uint64_t>(std::max<int64_t>(metadata->total_compressed_size(), 1));
      if (metadata->num_rows() == 0) continue;
      // A gap of groups that are ruled out may stay inside of a split: it skips them again.
      const bool joins = !out.empty() && out.back().bytes + bytes <= target_bytes;
      if (!joins) {
        out.emplace_back();
        out.back().begin = static_cast<uint64_t>(group);
        out.back().offset = static_cast<uint64_t>(std::max<int64_t>(metadata->file_offset(), 0));
      }
      out.back().end = static_cast<uint64_t>(group) + 1;
      out.back().bytes += bytes;
    }
    return out;
  });
}

Result<std::unique_ptr<BatchStream>> OpenParquet(FileScan scan) {
  const std::string path = scan.file->path;
  ASSIGN_OR_RETURN(ParquetFile file, Open(*scan.files, path));
  return Guarded<std::unique_ptr<BatchStream>>(path, [&]() -> Result<std::unique_ptr<BatchStream>> {
    const auto groups = static_cast<uint64_t>(file.metadata->num_row_groups());
    const auto begin = static_cast<int>(std::min(scan.split.begin, groups));
    const auto end = std::max(begin, static_cast<int>(std::min(scan.split.end, groups)));
    std::vector<int> chosen = SelectRowGroups(*file.metadata, file.reader->manifest(),
                                              *scan.source->schema, scan.predicate, begin, end);
    scan.counters->row_groups_pruned += end - begin - static_cast<int64_t>(chosen.size());
    auto stream =
        std::make_unique<ParquetStream>(std::move(scan), std::move(file), std::move(chosen));
    RETURN_IF_ERROR(stream->FindColumns());
    return std::unique_ptr<BatchStream>(std::move(stream));
  });
}

}  // namespace tusk::df

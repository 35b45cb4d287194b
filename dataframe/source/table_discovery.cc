#include "dataframe/source/table_discovery.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <arrow/api.h>

#include "common/base/nearest_name.h"
#include "common/base/parallel_for.h"
#include "common/base/status_macros.h"
#include "dataframe/source/byte_input.h"
#include "dataframe/source/csv_scan.h"
#include "dataframe/source/file_listing.h"
#include "dataframe/source/file_scan.h"
#include "dataframe/source/ipc_scan.h"
#include "dataframe/source/parquet_scan.h"
#include "dataframe/source/parquet_statistics.h"
#include "dataframe/source/schema_inference.h"
#include "dataframe/source/text_scan.h"
#include "dataframe/type/arrow_runtime.h"
#include "dfs/client/file_system.h"

namespace tusk::df {
namespace {

using Fields = std::vector<std::shared_ptr<arrow::Field>>;

/// Footers that are read at the same time: most of that is waiting for blocks.
constexpr size_t kFootersAtOnce = 8;

/// An ending of file names and the format that it says.
struct Ending {
  std::string_view text;
  TableFormat format;
};
constexpr Ending kEndings[] = {
    {".parquet", TableFormat::kParquet}, {".parq", TableFormat::kParquet},
    {".pq", TableFormat::kParquet},      {".csv", TableFormat::kCsv},
    {".tsv", TableFormat::kCsv},         {".json", TableFormat::kJson},
    {".jsonl", TableFormat::kJson},      {".ndjson", TableFormat::kJson},
    {".arrow", TableFormat::kIpc},       {".ipc", TableFormat::kIpc},
    {".feather", TableFormat::kIpc},     {".txt", TableFormat::kText},
    {".log", TableFormat::kText}};

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

Result<TableFormat> FormatOf(dfs::FileSystem& files, const SourceFile& file) {
  const std::string lower = Lower(file.path);
  const std::string_view name = WithoutCompression(lower);
  for (const Ending& ending : kEndings) {
    if (name.ends_with(ending.text)) return ending.format;
  }
  ASSIGN_OR_RETURN(const auto input, ByteInput::Open(files, file.path));
  std::string head;
  RETURN_IF_ERROR(input->Append(6, head));
  if (head.starts_with("PAR1")) return TableFormat::kParquet;
  if (head == "ARROW1") return TableFormat::kIpc;
  return Status::Error(StatusCode::kInvalidArgument,
                       "the name does not tell the format, say which of parquet, csv, json, arrow "
                       "or text it is: {}",
                       file.path);
}

Result<TableFormat> CommonFormat(dfs::FileSystem& files, const std::vector<SourceFile>& table) {
  ASSIGN_OR_RETURN(const TableFormat first, FormatOf(files, table.front()));
  for (const SourceFile& file : table) {
    ASSIGN_OR_RETURN(const TableFormat format, FormatOf(files, file));
    if (format == first) continue;
    return Status::Error(StatusCode::kInvalidArgument,
                         "the files have different formats: {} is {}, {} is {}; name them by a "
                         "pattern, or say the format",
                         table.front().path, TableFormatName(first), file.path,
                         TableFormatName(format));
  }
  return first;
}

/// What the footer of each file says, in order.
Result<std::vector<ParquetFacts>> ReadFooters(dfs::FileSystem& files, TableFormat format,
                                              const std::vector<SourceFile>& table) {
  std::vector<ParquetFacts> footers(table.size());
  RETURN_IF_ERROR(ParallelFor(table.size(), kFootersAtOnce, [&](size_t index) -> Status {
    if (format == TableFormat::kParquet) {
      ASSIGN_OR_RETURN(footers[index], ReadParquetFacts(files, table[index].path));
      return Status::Ok();
    }
    ASSIGN_OR_RETURN(const IpcFacts facts, ReadIpcFacts(files, table[index].path));
    footers[index].schema = facts.schema;
    footers[index].rows = facts.rows;
    return Status::Ok();
  }));
  return footers;
}

/// Checks that `file` has the columns of `first`; of those with nulls in one of them, there may be
/// nulls.
Status MeetFields(const SourceFile& first, const SourceFile& file, const arrow::Schema& schema,
                  Fields* fields) {
  const auto differs = [&](std::string_view how) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "the files have different columns: {} {}, unlike {}; read them as "
                         "tables of their own",
                         file.path, how, first.path);
  };
  for (auto& field : *fields) {
    const auto here = schema.GetFieldByName(field->name());
    if (here == nullptr) return differs(fmt::format("has no column {}", field->name()));
    if (!here->type()->Equals(*field->type())) {
      return differs(fmt::format("has column {} as {} instead of {}", field->name(),
                                 TypeText(*here->type()), TypeText(*field->type())));
    }
    if (here->nullable()) field = field->WithNullable(true);
  }
  for (const auto& field : schema.fields()) {
    const bool known = std::any_of(fields->begin(), fields->end(), [&](const auto& other) {
      return other->name() == field->name();
    });
    if (!known) return differs(fmt::format("has column {}", field->name()));
  }
  return Status::Ok();
}

/// The schema of files with footers; all must agree. Fills in the rows, and what is known of
/// columns.
Result<SchemaPtr> SchemaOfFooters(dfs::FileSystem& files, TableFormat format,
                                  std::vector<SourceFile>& table,
                                  std::map<std::string, ColumnStatistics>* statistics) {
  ASSIGN_OR_RETURN(const std::vector<ParquetFacts> footers, ReadFooters(files, format, table));
  Fields fields = footers.front().schema->fields();
  bool known = false;
  for (size_t i = 0; i < table.size(); ++i) {
    const ParquetFacts& facts = footers[i];
    table[i].rows = facts.rows;
    // A file without rows knows nothing, and takes nothing away.
    if (facts.rows > 0 && !known) *statistics = facts.statistics;
    if (facts.rows > 0 && known) MergeStatistics(facts.statistics, statistics);
    known |= facts.rows > 0;
    RETURN_IF_ERROR(MeetFields(table.front(), table[i], *facts.schema, &fields));
  }
  return arrow::schema(std::move(fields));
}

/// The type of a key of folders: what all values are, and read back as they are written.
TypePtr TypeOfPathColumn(const std::vector<SourceFile>& table, const std::string& column) {
  TypeGuess guess;
  for (const SourceFile& file : table) {
    const auto value = file.partition_values.find(column);
    if (value != file.partition_values.end()) guess.Add(value->second);
  }
  const TypePtr type = guess.Type();
  const bool plain = type->id() == arrow::Type::INT64 || type->id() == arrow::Type::DATE32;
  return plain ? type : arrow::utf8();
}

/// Checks a given schema against the columns that there are.
Status CheckGiven(const arrow::Schema& given, const std::vector<std::string>& columns,
                  const std::string& path) {
  for (const auto& field : given.fields()) {
    if (std::find(columns.begin(), columns.end(), field->name()) != columns.end()) continue;
    std::string nearest;
    size_t best = SIZE_MAX;
    for (const std::string& column : columns) {
      const size_t distance = EditDistance(column, field->name());
      if (distance < best) nearest = column;
      best = std::min(best, distance);
    }
    return Status::Error(StatusCode::kInvalidArgument,
                         "{} has no column {}, which the given schema names; nearest is {}, of {} "
                         "columns",
                         path, field->name(), nearest, columns.size());
  }
  return Status::Ok();
}

/// Finds a table step by step.
class Discovery {
 public:
  Discovery(dfs::FileSystem& files, const DiscoveryOptions& options)
      : files_(files), options_(options) {}

  Result<std::shared_ptr<const TableSource>> Run(std::string_view path) {
    auto source = std::make_shared<TableSource>();
    ASSIGN_OR_RETURN(FileListing listing, ListTableFiles(files_, path));
    source->name = path;
    source->csv = options_.csv;
    source->files = std::move(listing.files);
    if (options_.format) {
      source->format = *options_.format;
    } else {
      ASSIGN_OR_RETURN(source->format, CommonFormat(files_, source->files));
    }
    if (source->format == TableFormat::kRange) {
      return Status(StatusCode::kInvalidArgument, "a range has no files");
    }
    if (source->format == TableFormat::kCsv && source->csv.delimiter == ',' &&
        WithoutCompression(Lower(source->files.front().path)).ends_with(".tsv")) {
      source->csv.delimiter = '\t';
    }
    RETURN_IF_ERROR(CheckOnBad(*source));
    ASSIGN_OR_RETURN(const SchemaPtr of_files, SchemaOfFiles(*source));
    RETURN_IF_ERROR(AddPathColumns(listing.path_columns, *of_files, *source));
    return std::shared_ptr<const TableSource>(std::move(source));
  }

 private:
  static Status CheckOnBad(const TableSource& source) {
    const OnBad on_bad = source.csv.on_bad;
    if (on_bad == OnBad::kFail && source.csv.rejects.empty()) return Status::Ok();
    if (source.format != TableFormat::kCsv && source.format != TableFormat::kJson) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "{} is {}: only of CSV and JSON a record may not fit", source.name,
                           TableFormatName(source.format));
    }
    if ((on_bad == OnBad::kReject) != source.csv.rejects.empty() && on_bad != OnBad::kRejectsOnly) {
      return Status::Ok();
    }
    return Status::Error(StatusCode::kInvalidArgument,
                         "{}: on_bad reject and a folder for the rejects belong together",
                         source.name);
  }

  Result<SchemaPtr> SchemaOfFiles(TableSource& source) {
    switch (source.format) {
      case TableFormat::kParquet:
      case TableFormat::kIpc:
        return SchemaOfFooters(files_, source.format, source.files, &source.statistics);
      case TableFormat::kCsv: {
        // Types that are given need not be guessed, and names that are not there yet may be.
        if (options_.schema == nullptr) return InferCsvSchema(files_, source.files, source.csv);
        return GivenCsvSchema(source);
      }
      case TableFormat::kJson:
        if (options_.schema != nullptr) return options_.schema;
        return InferJsonSchema(files_, source.files, source.csv.on_bad);
      default:
        return arrow::schema({arrow::field(kLineColumn, arrow::utf8(), false)});
    }
  }

  /// The columns of the first file with a header, types of the given schema where it has them.
  Result<SchemaPtr> GivenCsvSchema(const TableSource& source) const {
    if (!source.csv.header) return options_.schema;
    Fields fields;
    for (const SourceFile& file : source.files) {
      if (file.length == 0) continue;
      ASSIGN_OR_RETURN(const std::vector<std::string> names,
                       ReadCsvHeader(files_, file.path, source.csv));
      for (const std::string& name : names) {
        const auto given = options_.schema->GetFieldByName(name);
        fields.push_back(given != nullptr ? given : arrow::field(name, arrow::utf8()));
      }
      return arrow::schema(std::move(fields));
    }
    return options_.schema;
  }

  Status AddPathColumns(const std::vector<std::string>& path_columns, const arrow::Schema& of_files,
                        TableSource& source) const {
    Fields fields;
    // Where both have a column, the path's counts.
    for (const auto& field : of_files.fields()) {
      if (std::find(path_columns.begin(), path_columns.end(), field->name()) ==
          path_columns.end()) {
        fields.push_back(field);
      }
    }
    for (const std::string& column : path_columns) {
      fields.push_back(arrow::field(column, TypeOfPathColumn(source.files, column)));
    }
    source.schema = arrow::schema(std::move(fields));
    if (options_.schema == nullptr) return Status::Ok();
    RETURN_IF_ERROR(
        CheckGiven(*options_.schema, source.schema->field_names(), source.files.front().path));
    source.schema = options_.schema;
    return Status::Ok();
  }

  dfs::FileSystem& files_;
  const DiscoveryOptions& options_;
};

}  // namespace

Result<std::shared_ptr<const TableSource>> DiscoverTable(dfs::FileSystem& files,
                                                         std::string_view path,
                                                         const DiscoveryOptions& options) {
  InitializeArrow();
  return Discovery(files, options).Run(path);
}

}  // namespace tusk::df

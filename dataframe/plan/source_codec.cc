#include "dataframe/plan/source_codec.h"

#include "common/base/status_macros.h"
#include "dataframe/plan/expr_codec.h"
#include "dataframe/proto/plan.pb.h"

namespace tusk::df {
namespace {

Status Corrupt(std::string_view what) {
  return Status::Error(StatusCode::kCorruption, "plan: {}", what);
}

}  // namespace

Result<TableFormat> DecodeTableFormat(uint32_t number) {
  if (number > static_cast<uint32_t>(TableFormat::kRange)) return Corrupt("unknown table format");
  return static_cast<TableFormat>(number);
}

void ToProto(const CsvFormat& csv, proto::CsvFormatProto* out) {
  out->set_delimiter(static_cast<unsigned char>(csv.delimiter));
  out->set_quote(static_cast<unsigned char>(csv.quote));
  out->set_header(csv.header);
  for (const std::string& token : csv.null_tokens) out->add_null_tokens(token);
  out->set_on_bad(static_cast<uint32_t>(csv.on_bad));
  if (!csv.rejects.empty()) out->set_rejects(csv.rejects);
}

Result<CsvFormat> FromProto(const proto::CsvFormatProto& in) {
  if (in.delimiter() > 255 || in.quote() > 255) return Corrupt("a delimiter is no character");
  if (in.on_bad() > static_cast<uint32_t>(OnBad::kRejectsOnly)) {
    return Corrupt("unknown way with bad lines");
  }
  CsvFormat csv;
  csv.delimiter = static_cast<char>(in.delimiter());
  csv.quote = static_cast<char>(in.quote());
  csv.header = in.header();
  csv.null_tokens.assign(in.null_tokens().begin(), in.null_tokens().end());
  csv.on_bad = static_cast<OnBad>(in.on_bad());
  csv.rejects = in.rejects();
  return csv;
}

void ToProto(const SourceFile& file, proto::SourceFileProto* out) {
  out->set_path(file.path);
  out->set_length(file.length);
  out->set_modification_ms(file.modification_ms);
  if (file.rows >= 0) out->set_rows(file.rows);
  for (const auto& [column, value] : file.partition_values) {
    proto::PartitionValueProto* partition = out->add_partition_values();
    partition->set_column(column);
    partition->set_value(value);
  }
}

Result<SourceFile> FromProto(const proto::SourceFileProto& in) {
  SourceFile file;
  file.path = in.path();
  file.length = in.length();
  file.modification_ms = in.modification_ms();
  if (in.has_rows() && in.rows() < 0) return Corrupt("a file has less than no rows");
  file.rows = in.has_rows() ? in.rows() : -1;
  for (const proto::PartitionValueProto& partition : in.partition_values()) {
    file.partition_values[partition.column()] = partition.value();
  }
  return file;
}

void ToProto(const TableSource& source, proto::TableSourceProto* out) {
  out->set_name(source.name);
  out->set_format(static_cast<uint32_t>(source.format));
  for (const SourceFile& file : source.files) ToProto(file, out->add_files());
  ToProto(*source.schema, out->mutable_schema());
  ToProto(source.csv, out->mutable_csv());
  if (source.range_from != 0) out->set_range_from(source.range_from);
  if (source.range_to != 0) out->set_range_to(source.range_to);
  if (source.stage.has_value()) out->set_stage(*source.stage);
  if (source.checked != nullptr) ToProto(*source.checked, out->mutable_checked());
}

Result<TableSource> FromProto(const proto::TableSourceProto& in) {
  TableSource source;
  source.name = in.name();
  ASSIGN_OR_RETURN(source.format, DecodeTableFormat(in.format()));
  for (const proto::SourceFileProto& one : in.files()) {
    ASSIGN_OR_RETURN(source.files.emplace_back(), FromProto(one));
  }
  ASSIGN_OR_RETURN(source.schema, FromProto(in.schema()));
  ASSIGN_OR_RETURN(source.csv, FromProto(in.csv()));
  source.range_from = in.range_from();
  source.range_to = in.range_to();
  if (in.has_stage()) source.stage = in.stage();
  if (in.has_checked()) {
    ASSIGN_OR_RETURN(source.checked, FromProto(in.checked()));
  }
  if ((source.csv.on_bad == OnBad::kRejectsOnly) != (source.checked != nullptr)) {
    return Corrupt("rejects without columns to check");
  }
  return source;
}

}  // namespace tusk::df

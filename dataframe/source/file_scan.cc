#include "dataframe/source/file_scan.h"

#include <string>

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <arrow/util/utf8.h>

#include "common/base/status_macros.h"
#include "dataframe/plan/partition_folder.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {

bool IsPathColumn(const SourceFile& file, std::string_view name) {
  if (file.partition_values.contains(std::string(name))) return true;
  // A null is not among the values, but its folder is in the path.
  const std::string folder = "/" + PartitionFolder(name, nullptr) + "/";
  return file.path.find(folder) != std::string::npos;
}

Result<std::shared_ptr<arrow::Scalar>> PathValue(const SourceFile& file,
                                                 const arrow::Field& column) {
  const auto value = file.partition_values.find(column.name());
  if (value == file.partition_values.end()) return arrow::MakeNullScalar(column.type());
  const auto text = std::make_shared<arrow::StringScalar>(value->second);
  const auto parsed = arrow::compute::Cast(arrow::Datum(text), column.type());
  if (!parsed.ok()) {
    return Status::Error(
        StatusCode::kInvalidArgument,
        "the folder of {} says {}={}, which is no {}: give the column another type", file.path,
        column.name(), value->second, TypeText(*column.type()));
  }
  return parsed->scalar();
}

BatchPtr RowsOnly(int64_t rows) {
  return arrow::RecordBatch::Make(arrow::schema({}), rows,
                                  std::vector<std::shared_ptr<arrow::Array>>());
}

Result<std::shared_ptr<arrow::Array>> CastColumn(const std::shared_ptr<arrow::Array>& array,
                                                 const TypePtr& type) {
  if (array->type()->Equals(*type)) return array;
  arrow::compute::CastOptions options(true);
  options.to_type = type;
  options.allow_time_truncate = true;
  ASSIGN_OR_RETURN(const arrow::Datum cast, FromArrow(arrow::compute::Cast(array, options)));
  return cast.make_array();
}

std::string ShownText(std::string_view text, size_t bytes) {
  std::string out = "'";
  for (const char c : text.substr(0, bytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (byte < 0x20 || byte >= 0x7f) {
      // Also parts of UTF-8 that a message must not be cut in.
      if (byte < 0x20 || byte == 0x7f || !arrow::util::ValidateUTF8(text.substr(0, bytes))) {
        out += fmt::format("\\x{:02x}", byte);
      } else {
        out += c;
      }
    } else {
      out += c;
    }
  }
  out += '\'';
  if (text.size() > bytes) out += "...";
  return out;
}

Status DamagedFile(std::string_view path, std::string_view format, const Status& why) {
  switch (why.code()) {
    case StatusCode::kInvalidArgument:
    case StatusCode::kCorruption:
    case StatusCode::kIoError:
    case StatusCode::kInternal:
    case StatusCode::kUnknown:
      return Status::Error(StatusCode::kCorruption,
                           "{} is no whole {} file (cut off, damaged, or of another format): {}",
                           path, format, why.message());
    default:
      return why.WithContext(path);
  }
}

}  // namespace tusk::df

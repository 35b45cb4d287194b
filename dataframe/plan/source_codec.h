#pragma once

#include "common/base/result.h"
#include "dataframe/plan/table_source.h"

namespace tusk::df {

namespace proto {
class CsvFormatProto;
class SourceFileProto;
class TableSourceProto;
}  // namespace proto

/// The parts of `plan_codec` that name tables. Decoding errors are kCorruption.

void ToProto(const CsvFormat& csv, proto::CsvFormatProto* out);
Result<CsvFormat> FromProto(const proto::CsvFormatProto& in);

void ToProto(const SourceFile& file, proto::SourceFileProto* out);
Result<SourceFile> FromProto(const proto::SourceFileProto& in);

void ToProto(const TableSource& source, proto::TableSourceProto* out);
Result<TableSource> FromProto(const proto::TableSourceProto& in);

/// The format of a number.
Result<TableFormat> DecodeTableFormat(uint32_t number);

}  // namespace tusk::df

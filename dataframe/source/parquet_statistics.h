#pragma once

#include <map>
#include <string>

#include "dataframe/plan/table_source.h"

namespace parquet {
class FileMetaData;
}
namespace parquet::arrow {
struct SchemaManifest;
}

namespace tusk::df {

/// What a footer tells of the columns of its file, by name: least and greatest value of numbers
/// where each row group has them, and of columns with few different values about how many there
/// are, by the length of their dictionaries. May throw what the Parquet library throws on damage.
std::map<std::string, ColumnStatistics> FooterStatistics(
    const parquet::FileMetaData& metadata, const parquet::arrow::SchemaManifest& manifest);

/// Of two files of one table: what is known of both.
void MergeStatistics(const std::map<std::string, ColumnStatistics>& more,
                     std::map<std::string, ColumnStatistics>* all);

}  // namespace tusk::df

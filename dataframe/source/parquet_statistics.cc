#include "dataframe/source/parquet_statistics.h"

#include <algorithm>
#include <memory>
#include <optional>

#include <arrow/scalar.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/metadata.h>
#include <parquet/statistics.h>

#include "dataframe/type/scalar_number.h"

namespace tusk::df {
namespace {

/// Greater dictionaries are compressed by who knows how much, and tell little: the estimator's
/// guess for columns of many values is as good.
constexpr int64_t kMostDictionaryBytes = 4096;
/// The header of a page is about so long.
constexpr double kPageHeaderBytes = 16;
constexpr double kUsualTextBytes = 8;

/// The bytes of one value in a dictionary page.
double ValueBytes(const parquet::ColumnChunkMetaData& chunk, const parquet::Statistics* statistics,
                  int type_length) {
  switch (chunk.type()) {
    case parquet::Type::INT32:
    case parquet::Type::FLOAT:
      return 4;
    case parquet::Type::FIXED_LEN_BYTE_ARRAY:
      return std::max(type_length, 1);
    case parquet::Type::BYTE_ARRAY: {
      if (statistics == nullptr || !statistics->HasMinMax()) return 4 + kUsualTextBytes;
      const size_t both = statistics->EncodeMin().size() + statistics->EncodeMax().size();
      return 4 + static_cast<double>(both) / 2;
    }
    default:
      return 8;
  }
}

/// How many different values a chunk has, about; nothing when it has no dictionary or a long one.
std::optional<double> DistinctOf(const parquet::ColumnChunkMetaData& chunk,
                                 const parquet::Statistics* statistics, int type_length) {
  if (!chunk.has_dictionary_page()) return std::nullopt;
  const int64_t bytes = chunk.data_page_offset() - chunk.dictionary_page_offset();
  if (bytes <= 0 || bytes > kMostDictionaryBytes) return std::nullopt;
  const double values = static_cast<double>(bytes) - kPageHeaderBytes;
  return std::max(1.0, values / ValueBytes(chunk, statistics, type_length));
}

/// A bound of a range that grows; one that is not known makes all of it unknown.
template <typename Pick>
void Widen(std::optional<double> value, bool first, std::optional<double>* bound, Pick pick) {
  if (first) {
    *bound = value;
  } else if (bound->has_value() && value.has_value()) {
    *bound = pick(**bound, *value);
  } else {
    bound->reset();
  }
}

void Add(const ColumnStatistics& more, bool first, ColumnStatistics* all) {
  const auto least = [](double a, double b) { return std::min(a, b); };
  const auto greatest = [](double a, double b) { return std::max(a, b); };
  Widen(more.min, first, &all->min, least);
  Widen(more.max, first, &all->max, greatest);
  // Parts of a table have mostly the same values.
  Widen(more.distinct, first, &all->distinct, greatest);
}

ColumnStatistics OfChunk(const parquet::ColumnChunkMetaData& chunk, int type_length) {
  ColumnStatistics out;
  const std::shared_ptr<parquet::Statistics> statistics =
      chunk.is_stats_set() ? chunk.statistics() : nullptr;
  out.distinct = DistinctOf(chunk, statistics.get(), type_length);
  std::shared_ptr<arrow::Scalar> min, max;
  if (statistics != nullptr && statistics->HasMinMax() &&
      parquet::arrow::StatisticsAsScalars(*statistics, &min, &max).ok()) {
    out.min = ScalarNumber(*min);
    out.max = ScalarNumber(*max);
  }
  return out;
}

}  // namespace

std::map<std::string, ColumnStatistics> FooterStatistics(
    const parquet::FileMetaData& metadata, const parquet::arrow::SchemaManifest& manifest) {
  std::map<std::string, ColumnStatistics> out;
  for (const parquet::arrow::SchemaField& field : manifest.schema_fields) {
    if (!field.is_leaf()) continue;
    const int type_length = metadata.schema()->Column(field.column_index)->type_length();
    ColumnStatistics all;
    bool first = true;
    for (int group = 0; group < metadata.num_row_groups(); ++group) {
      const auto chunk = metadata.RowGroup(group)->ColumnChunk(field.column_index);
      if (chunk->num_values() == 0) continue;
      Add(OfChunk(*chunk, type_length), first, &all);
      first = false;
    }
    if (!first) out[field.field->name()] = all;
  }
  return out;
}

void MergeStatistics(const std::map<std::string, ColumnStatistics>& more,
                     std::map<std::string, ColumnStatistics>* all) {
  std::erase_if(*all, [&more](const auto& entry) { return !more.contains(entry.first); });
  for (auto& [name, statistics] : *all) Add(more.at(name), false, &statistics);
}

}  // namespace tusk::df

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/plan/table_source.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::df {

/// The type of a column of texts, widened value by value:
///
///   bool ("true", "False", ...)   int64   double   date (2024-02-29)
///   timestamp (2024-02-29 23:59:59.5, with a space or a T)   timestamptz (with Z or an offset)
///
/// int64 and double meet in double, date and timestamp in timestamp; whatever else meets is string.
/// Digits with leading zeros ("007") and integers beyond 64 bits are string: as numbers they would
/// not be what was written.
class TypeGuess {
 public:
  void AddNull() {}
  void Add(std::string_view value);
  /// True when `Add` would change nothing: so it is with nearly all values.
  bool Fits(std::string_view value) const;
  /// Takes another column's values as further ones of this.
  void Merge(const TypeGuess& other);
  /// string when there was no value.
  TypePtr Type() const;

 private:
  enum class Kind : uint8_t {
    kNothing,
    kBool,
    kInteger,
    kDouble,
    kDate,
    kTimestamp,
    kTimestampTz,
    kString
  };
  static Kind KindOf(std::string_view value, Kind hint);
  void Meet(Kind kind);
  Kind kind_ = Kind::kNothing;
};

/// The columns of CSV files by their headers, types by samples: small tables whole, of others the
/// start, the middle and the end of every file (of a hundred spread files when there are more). All
/// columns may be null. kInvalidArgument names a file whose header differs from the first one's.
Result<SchemaPtr> InferCsvSchema(dfs::FileSystem& files, const std::vector<SourceFile>& table,
                                 const CsvFormat& format);

/// The columns of JSON lines: the union of the keys in samples taken likewise, in the order of
/// their first appearance. Texts that are dates or timestamps throughout get these types. Lines
/// that are no objects are an error only with OnBad::kFail.
Result<SchemaPtr> InferJsonSchema(dfs::FileSystem& files, const std::vector<SourceFile>& table,
                                  OnBad on_bad = OnBad::kFail);

/// A part of a file that is looked at.
struct Sample {
  const SourceFile* file = nullptr;
  uint64_t begin = 0;
  uint64_t end = 0;
};
/// Where samples are taken.
std::vector<Sample> ChooseSamples(const std::vector<SourceFile>& table);

}  // namespace tusk::df

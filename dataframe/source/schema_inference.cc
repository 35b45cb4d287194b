#include "dataframe/source/schema_inference.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include <arrow/api.h>
#include <arrow/util/value_parsing.h>

#include "common/base/status_macros.h"
#include "dataframe/source/byte_input.h"
#include "dataframe/source/csv_blocks.h"
#include "dataframe/source/file_scan.h"
#include "dataframe/source/json_sample.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

/// A table of no more bytes is looked at as a whole.
constexpr uint64_t kWholeBytes = uint64_t{8} << 20;
/// Of larger ones about this much, in pieces of these lengths.
constexpr uint64_t kSampledBytes = uint64_t{32} << 20;
constexpr uint64_t kLeastPiece = 64 << 10;
constexpr uint64_t kGreatestPiece = uint64_t{4} << 20;
constexpr size_t kMaxSampledFiles = 100;
/// A compressed file is not entered in the middle: so much of its start.
constexpr uint64_t kCompressedPiece = uint64_t{1} << 20;

template <typename Type>
bool Parses(std::string_view text, const Type& type) {
  typename arrow::internal::StringConverter<Type>::value_type value;
  return arrow::internal::ParseValue(type, text.data(), text.size(), &value);
}

bool IsBool(std::string_view text) {
  return text == "true" || text == "false" || text == "True" || text == "False" || text == "TRUE" ||
         text == "FALSE";
}

bool LooksNumeric(std::string_view text) {
  const char c = text.front();
  return (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/// "007" is no number: who writes zeros in front means them.
bool HasLeadingZero(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

bool IsIntegerText(std::string_view text) {
  static const arrow::Int64Type kType;
  return Parses(text, kType);
}

bool IsDigits(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool IsDoubleText(std::string_view text) {
  static const arrow::DoubleType kType;
  return !IsDigits(text) && Parses(text, kType);
}

bool IsDateText(std::string_view text) {
  static const arrow::Date32Type kType;
  return text.size() == 10 && Parses(text, kType);
}

/// Ends in Z or +hh, +hhmm, +hh:mm behind a time.
bool HasZone(std::string_view text) {
  if (text.ends_with('Z')) return true;
  const size_t sign = text.find_last_of("+-");
  return sign != std::string_view::npos && sign > 10;
}

bool IsTimestampText(std::string_view text) {
  static const arrow::TimestampType kType(arrow::TimeUnit::MICRO);
  static const arrow::TimestampType kZoned(arrow::TimeUnit::MICRO, "UTC");
  if (text.size() < 13) return false;
  return HasZone(text) ? Parses(text, kZoned) : Parses(text, kType);
}

/// What must not make a column of numbers one of texts.
bool StandsForNull(const CsvFormat& format, std::string_view value) {
  const auto words = MissingWords();
  return std::find(format.null_tokens.begin(), format.null_tokens.end(), value) !=
             format.null_tokens.end() ||
         std::find(words.begin(), words.end(), value) != words.end();
}

}  // namespace

TypeGuess::Kind TypeGuess::KindOf(std::string_view value, Kind hint) {
  if (value.empty()) return Kind::kString;
  // What the others were is most likely.
  if (hint == Kind::kDouble && LooksNumeric(value) && !HasLeadingZero(value) &&
      IsDoubleText(value)) {
    return Kind::kDouble;
  }
  if (hint == Kind::kDate && IsDateText(value)) return Kind::kDate;
  if (LooksNumeric(value)) {
    if (HasLeadingZero(value)) return Kind::kString;
    if (IsIntegerText(value)) return Kind::kInteger;
    if (IsDateText(value)) return Kind::kDate;
    if (IsDoubleText(value)) return Kind::kDouble;
    if (IsTimestampText(value)) return HasZone(value) ? Kind::kTimestampTz : Kind::kTimestamp;
    return Kind::kString;
  }
  if (IsBool(value)) return Kind::kBool;
  // "nan" and "inf" as floats are written; "+49 30 1" is no number.
  const bool word = value.front() == 'n' || value.front() == 'N' || value.front() == 'i';
  return word && IsDoubleText(value) ? Kind::kDouble : Kind::kString;
}

void TypeGuess::Meet(Kind kind) {
  if (kind == kind_ || kind == Kind::kNothing) return;
  const auto both = [&](Kind a, Kind b) {
    return (kind == a && kind_ == b) || (kind == b && kind_ == a);
  };
  if (kind_ == Kind::kNothing) {
    kind_ = kind;
  } else if (both(Kind::kInteger, Kind::kDouble)) {
    kind_ = Kind::kDouble;
  } else if (both(Kind::kDate, Kind::kTimestamp)) {
    kind_ = Kind::kTimestamp;
  } else {
    kind_ = Kind::kString;
  }
}

void TypeGuess::Add(std::string_view value) {
  if (kind_ != Kind::kString) Meet(KindOf(value, kind_));
}

bool TypeGuess::Fits(std::string_view value) const {
  if (kind_ == Kind::kString) return true;
  TypeGuess after = *this;
  after.Meet(KindOf(value, kind_));
  return after.kind_ == kind_;
}

void TypeGuess::Merge(const TypeGuess& other) { Meet(other.kind_); }

TypePtr TypeGuess::Type() const {
  switch (kind_) {
    case Kind::kBool:
      return arrow::boolean();
    case Kind::kInteger:
      return arrow::int64();
    case Kind::kDouble:
      return arrow::float64();
    case Kind::kDate:
      return arrow::date32();
    case Kind::kTimestamp:
      return arrow::timestamp(arrow::TimeUnit::MICRO);
    case Kind::kTimestampTz:
      return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case Kind::kNothing:
    case Kind::kString:
      break;
  }
  return arrow::utf8();
}

std::vector<Sample> ChooseSamples(const std::vector<SourceFile>& table) {
  std::vector<const SourceFile*> filled;
  uint64_t total = 0;
  for (const SourceFile& file : table) {
    if (file.length == 0) continue;
    filled.push_back(&file);
    total += file.length;
  }
  std::vector<Sample> out;
  if (filled.empty()) return out;
  const size_t chosen = std::min(filled.size(), kMaxSampledFiles);
  const uint64_t piece = std::clamp(kSampledBytes / chosen / 3, kLeastPiece, kGreatestPiece);
  for (size_t i = 0; i < chosen; ++i) {
    // Evenly spread, the first and the last among them.
    const size_t index = chosen == 1 ? 0 : i * (filled.size() - 1) / (chosen - 1);
    const SourceFile& file = *filled[index];
    if (IsCompressed(file.path)) {
      out.push_back({&file, 0, kCompressedPiece});
    } else if (file.length <= 3 * piece || (total <= kWholeBytes && chosen == filled.size())) {
      out.push_back({&file, 0, file.length});
    } else {
      const uint64_t middle = file.length / 2;
      out.push_back({&file, 0, piece});
      out.push_back({&file, middle, middle + piece});
      out.push_back({&file, file.length - piece, file.length});
    }
  }
  return out;
}

Result<SchemaPtr> InferCsvSchema(dfs::FileSystem& files, const std::vector<SourceFile>& table,
                                 const CsvFormat& format) {
  std::vector<std::string> names;
  const SourceFile* first = nullptr;
  std::map<std::string, TypeGuess> guesses;
  for (const Sample& sample : ChooseSamples(table)) {
    ASSIGN_OR_RETURN(const auto blocks,
                     CsvBlocks::Open(files, sample.file->path, format, sample.begin, sample.end,
                                     CsvBlocks::Start::kWhenCheap));
    if (blocks->names().empty()) continue;
    if (first == nullptr) {
      first = sample.file;
      names = blocks->names();
    }
    for (const std::string& name : blocks->names()) {
      if (std::find(names.begin(), names.end(), name) != names.end() &&
          names.size() == blocks->names().size()) {
        continue;
      }
      return Status::Error(StatusCode::kInvalidArgument,
                           "the files have different columns: {} has {} ({} in all), {} has {}; "
                           "read them as tables of their own, or give a schema",
                           sample.file->path, name, blocks->names().size(), first->path,
                           names.size());
    }
    while (true) {
      ASSIGN_OR_RETURN(const arrow::csv::BlockParser* const parser, blocks->Next());
      if (parser == nullptr) break;
      for (size_t i = 0; i < blocks->names().size(); ++i) {
        TypeGuess& guess = guesses[blocks->names()[i]];
        RETURN_IF_ERROR(FromArrow(parser->VisitColumn(
            static_cast<int32_t>(i),
            [&](const uint8_t* data, uint32_t size, bool quoted, bool missing) {
              const std::string_view value(reinterpret_cast<const char*>(data), size);
              if (missing || guess.Fits(value)) return arrow::Status::OK();
              if (quoted || !StandsForNull(format, value)) guess.Add(value);
              return arrow::Status::OK();
            })));
      }
    }
  }
  std::vector<std::shared_ptr<arrow::Field>> fields;
  for (const std::string& name : names) {
    fields.push_back(arrow::field(name, guesses[name].Type()));
  }
  return arrow::schema(std::move(fields));
}

Result<SchemaPtr> InferJsonSchema(dfs::FileSystem& files, const std::vector<SourceFile>& table,
                                  OnBad on_bad) {
  JsonColumns columns;
  for (const Sample& sample : ChooseSamples(table)) {
    ASSIGN_OR_RETURN(const auto blocks,
                     LineBlocks::Open(files, sample.file->path, sample.begin, sample.end));
    while (true) {
      ASSIGN_OR_RETURN(std::string_view block, blocks->Next());
      if (block.empty()) break;
      uint64_t offset = blocks->block_offset();
      while (!block.empty()) {
        const size_t taken = std::min(block.find('\n'), block.size() - 1) + 1;
        const std::string_view text = block.substr(0, taken);
        const bool skipped = on_bad != OnBad::kFail && !JsonColumns::IsObject(text);
        const Status status = skipped ? Status::Ok() : columns.AddLine(text);
        if (!status.ok()) {
          const std::string line = LineOf(files, sample.file->path, offset);
          return status.WithContext(fmt::format("{}, {}byte {}", sample.file->path,
                                                line.empty() ? "" : "line " + line + ", ", offset));
        }
        block.remove_prefix(taken);
        offset += taken;
      }
    }
  }
  return columns.Schema();
}

}  // namespace tusk::df

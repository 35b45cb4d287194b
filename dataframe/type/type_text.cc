#include "dataframe/type/type_text.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include <arrow/type.h>

#include "common/base/nearest_name.h"
#include "common/base/status_macros.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

char LowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

/// Words in lower case with one space between them.
std::string Normalise(std::string_view text) {
  std::string out;
  for (const char c : Trim(text)) {
    if (!IsSpace(c)) {
      out += LowerCase(c);
    } else if (out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

TypePtr Micros(const char* zone) { return arrow::timestamp(arrow::TimeUnit::MICRO, zone); }

using NameAndType = std::pair<std::string_view, TypePtr>;

/// Our names first: those that TypeText prints; then SQL's.
const std::vector<NameAndType>& NamedTypes() {
  static const std::vector<NameAndType> kTypes = {
      {"bool", arrow::boolean()},
      {"int8", arrow::int8()},
      {"int16", arrow::int16()},
      {"int32", arrow::int32()},
      {"int64", arrow::int64()},
      {"uint8", arrow::uint8()},
      {"uint16", arrow::uint16()},
      {"uint32", arrow::uint32()},
      {"uint64", arrow::uint64()},
      {"float", arrow::float32()},
      {"double", arrow::float64()},
      {"string", arrow::utf8()},
      {"binary", arrow::binary()},
      {"date", arrow::date32()},
      {"timestamp", Micros("")},
      {"timestamptz", Micros("UTC")},
      {"duration", arrow::duration(arrow::TimeUnit::MICRO)},
      {"interval", arrow::month_day_nano_interval()},
      {"null", arrow::null()},
      {"boolean", arrow::boolean()},
      {"tinyint", arrow::int8()},
      {"smallint", arrow::int16()},
      {"int", arrow::int32()},
      {"integer", arrow::int32()},
      {"bigint", arrow::int64()},
      {"utinyint", arrow::uint8()},
      {"usmallint", arrow::uint16()},
      {"uinteger", arrow::uint32()},
      {"ubigint", arrow::uint64()},
      {"real", arrow::float32()},
      {"float4", arrow::float32()},
      {"float8", arrow::float64()},
      {"double precision", arrow::float64()},
      {"text", arrow::utf8()},
      {"varchar", arrow::utf8()},
      {"char", arrow::utf8()},
      {"character", arrow::utf8()},
      {"character varying", arrow::utf8()},
      {"blob", arrow::binary()},
      {"bytea", arrow::binary()},
      {"timestamp without time zone", Micros("")},
      {"timestamp with time zone", Micros("UTC")},
  };
  return kTypes;
}

Status Unknown(std::string_view text, std::string_view name) {
  std::vector<std::string_view> known = {"decimal", "numeric", "list"};
  for (const auto& [type_name, type] : NamedTypes()) known.push_back(type_name);
  const std::string_view nearest = NearestName(known, name);
  if (!nearest.empty()) {
    return Status::Error(StatusCode::kInvalidArgument, "there is no type {}, did you mean {}?",
                         text, nearest);
  }
  return Status::Error(StatusCode::kInvalidArgument,
                       "there is no type {}: there are bool, int8 to int64, uint8 to uint64, "
                       "float, double, decimal(p,s), string, binary, date, timestamp, "
                       "timestamptz, duration, interval and list(type)",
                       text);
}

std::optional<int32_t> ParseNumber(std::string_view text) {
  text = Trim(text);
  int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "15,2", "15", or nothing.
Result<TypePtr> ParseDecimal(std::string_view text, std::string_view arguments) {
  // Without digits named: as DuckDB.
  std::optional<int32_t> precision = 18, scale = 3;
  if (!Trim(arguments).empty()) {
    const size_t comma = arguments.find(',');
    precision = ParseNumber(arguments.substr(0, comma));
    scale = comma == std::string_view::npos ? 0 : ParseNumber(arguments.substr(comma + 1));
  }
  if (!precision || !scale || *precision < 1 || *precision > 38 || *scale < 0 ||
      *scale > *precision) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "a decimal has 1 to 38 digits and at most as many behind the point, as "
                         "decimal(15,2), not {}",
                         text);
  }
  return arrow::decimal128(*precision, *scale);
}

/// A type with arguments: NAME(ARGUMENTS) REST.
Result<TypePtr> ParseWithArguments(std::string_view text, size_t open) {
  const size_t close = text.rfind(')');
  if (close == std::string_view::npos || close < open) {
    return Status::Error(StatusCode::kInvalidArgument, "a ) is missing in the type {}", text);
  }
  const std::string name = Normalise(text.substr(0, open));
  const std::string_view arguments = text.substr(open + 1, close - open - 1);
  const std::string rest = Normalise(text.substr(close + 1));
  if (rest.empty() && name == "list") {
    ASSIGN_OR_RETURN(TypePtr values, ParseType(arguments));
    return arrow::list(std::move(values));
  }
  if (rest.empty() && (name == "decimal" || name == "numeric" || name == "dec")) {
    return ParseDecimal(text, arguments);
  }
  // Lengths of texts and digits of seconds are taken and not kept: a text has any length, a
  // timestamp microseconds.
  const bool has_length = name == "varchar" || name == "char" || name == "character" ||
                          name == "character varying" || name == "timestamp" ||
                          name == "timestamptz";
  if (has_length && ParseNumber(arguments)) {
    return ParseType(rest.empty() ? name : name + " " + rest);
  }
  return Unknown(text, name);
}

bool IsWordStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

bool IsWordPart(char c) { return IsWordStart(c) || (c >= '0' && c <= '9'); }

bool IsPlainWord(std::string_view name) {
  return !name.empty() && IsWordStart(name.front()) && std::ranges::all_of(name, IsWordPart);
}

std::string QuoteUnlessPlain(std::string_view name) {
  if (IsPlainWord(name)) return std::string(name);
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

/// Takes the name of a column from the front of `text`.
Result<std::string> TakeName(std::string_view& text) {
  std::string name;
  if (text.starts_with('"')) {
    for (size_t i = 1; i < text.size(); ++i) {
      if (text[i] != '"') {
        name += text[i];
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        name += text[i++];
      } else {
        text.remove_prefix(i + 1);
        return name;
      }
    }
    return Status::Error(StatusCode::kInvalidArgument, "a \" is missing in the schema: {}", text);
  }
  size_t length = 0;
  while (length < text.size() && IsWordPart(text[length])) ++length;
  if (length == 0 || !IsWordStart(text.front())) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "a schema is written NAME TYPE, NAME TYPE, ...: no name at \"{}\"", text);
  }
  name = text.substr(0, length);
  text.remove_prefix(length);
  return name;
}

/// Takes all up to the next comma outside of parentheses, and the comma.
std::string_view TakeType(std::string_view& text) {
  int depth = 0;
  size_t end = 0;
  for (; end < text.size(); ++end) {
    if (text[end] == '(') ++depth;
    if (text[end] == ')') --depth;
    if (text[end] == ',' && depth <= 0) break;
  }
  const std::string_view type = Trim(text.substr(0, end));
  text.remove_prefix(end);
  return type;
}

Result<std::shared_ptr<arrow::Field>> TakeField(std::string_view& text) {
  ASSIGN_OR_RETURN(std::string name, TakeName(text));
  constexpr std::string_view kNotNull = " not null";
  std::string type_text = Normalise(TakeType(text));
  const bool nullable = !type_text.ends_with(kNotNull);
  if (!nullable) type_text.resize(type_text.size() - kNotNull.size());
  if (type_text.empty()) {
    return Status::Error(StatusCode::kInvalidArgument, "column {} has no type", name);
  }
  Result<TypePtr> type = ParseType(type_text);
  if (!type.ok()) return type.status().WithContext(fmt::format("column {}", name));
  return arrow::field(std::move(name), std::move(*type), nullable);
}

}  // namespace

std::string TypeText(const arrow::DataType& type) {
  if (!IsAdmittedType(type)) return type.ToString();
  if (IsDecimalType(type)) {
    const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
    return fmt::format("decimal({},{})", decimal.precision(), decimal.scale());
  }
  if (type.id() == arrow::Type::LIST) {
    return fmt::format("list({})",
                       TypeText(*static_cast<const arrow::ListType&>(type).value_type()));
  }
  for (const auto& [name, known] : NamedTypes()) {
    if (known->Equals(type)) return std::string(name);
  }
  return type.ToString();
}

Result<TypePtr> ParseType(std::string_view text) {
  text = Trim(text);
  if (text.ends_with("[]")) {
    ASSIGN_OR_RETURN(TypePtr values, ParseType(text.substr(0, text.size() - 2)));
    return arrow::list(std::move(values));
  }
  if (const size_t open = text.find('('); open != std::string_view::npos) {
    return ParseWithArguments(text, open);
  }
  const std::string name = Normalise(text);
  if (name == "decimal" || name == "numeric" || name == "dec") return ParseDecimal(text, "");
  for (const auto& [known, type] : NamedTypes()) {
    if (known == name) return type;
  }
  return Unknown(text, name);
}

std::string SchemaText(const arrow::Schema& schema) {
  std::string out;
  for (const auto& field : schema.fields()) {
    if (!out.empty()) out += ", ";
    out += QuoteUnlessPlain(field->name()) + " " + TypeText(*field->type());
    if (!field->nullable()) out += " not null";
  }
  return out;
}

Result<SchemaPtr> ParseSchema(std::string_view text) {
  arrow::FieldVector fields;
  std::unordered_set<std::string> names;
  text = Trim(text);
  while (!text.empty()) {
    ASSIGN_OR_RETURN(std::shared_ptr<arrow::Field> field, TakeField(text));
    if (!names.insert(field->name()).second) {
      return Status::Error(StatusCode::kInvalidArgument, "the schema has two columns {}",
                           field->name());
    }
    fields.push_back(std::move(field));
    if (text.empty()) break;
    text = Trim(text.substr(1));
    if (text.empty()) {
      return Status::Error(StatusCode::kInvalidArgument, "the schema ends with a comma");
    }
  }
  return arrow::schema(std::move(fields));
}

}  // namespace tusk::df

#include "dataframe/source/json_sample.h"

#include <utility>

#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/source/byte_input.h"
#include "dataframe/source/file_scan.h"

namespace tusk::df {
namespace {

constexpr int kMaxDepth = 64;
constexpr size_t kShownBytes = 120;
constexpr size_t kMaxColumns = 100'000;

}  // namespace

/// Recursive descent over one line; types are of interest only, escapes are kept as they are
/// written except in keys.
class JsonColumns::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  /// An object; its members into `columns` when it is the outermost.
  bool Object(JsonColumns* columns, int depth) {
    if (!Take('{') || depth > kMaxDepth) return false;
    if (Take('}')) return true;
    size_t index = 0;
    do {
      Skip();
      std::string_view raw;
      if (!Text(&raw) || !Take(':')) return false;
      Values ignored;
      Values& values = columns == nullptr ? ignored : columns->Find(Unescape(raw), index++);
      if (!Value(values, depth + 1)) return false;
    } while (Take(','));
    return Take('}');
  }

  bool AtEnd() {
    Skip();
    return position_ == text_.size();
  }

 private:
  void Skip() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\t' ||
                                        text_[position_] == '\r' || text_[position_] == '\n')) {
      ++position_;
    }
  }
  bool Take(char c) {
    Skip();
    if (position_ >= text_.size() || text_[position_] != c) return false;
    ++position_;
    return true;
  }

  bool Text(std::string_view* out) {
    if (!Take('"')) return false;
    const size_t begin = position_;
    while (position_ < text_.size() && text_[position_] != '"') {
      position_ += text_[position_] == '\\' ? 2 : 1;
    }
    if (position_ >= text_.size()) return false;
    *out = text_.substr(begin, position_ - begin);
    ++position_;
    return true;
  }

  bool Value(Values& values, int depth) {
    Skip();
    if (position_ >= text_.size() || depth > kMaxDepth) return false;
    switch (text_[position_]) {
      case '"': {
        std::string_view text;
        if (!Text(&text)) return false;
        values.text = true;
        values.texts.Add(text);
        return true;
      }
      case '{':
        values.object = true;
        return Object(nullptr, depth);
      case '[':
        values.list = true;
        return List(values, depth);
      default:
        return Bare(values);
    }
  }

  bool List(Values& values, int depth) {
    if (!Take('[')) return false;
    if (values.elements.empty()) values.elements.emplace_back();
    if (Take(']')) return true;
    do {
      if (!Value(values.elements.front(), depth + 1)) return false;
    } while (Take(','));
    return Take(']');
  }

  bool Bare(Values& values) {
    const size_t begin = position_;
    while (position_ < text_.size() &&
           std::string_view(",]} \t\r\n").find(text_[position_]) == std::string_view::npos) {
      ++position_;
    }
    const std::string_view word = text_.substr(begin, position_ - begin);
    if (word == "null") return true;
    TypeGuess guess;
    guess.Add(word);
    const auto id = guess.Type()->id();
    if (id != arrow::Type::BOOL && id != arrow::Type::INT64 && id != arrow::Type::DOUBLE &&
        !IsLongInteger(word)) {
      return false;
    }
    values.bare = true;
    // An integer beyond 64 bits is still a number: as a double it can be read at least.
    if (IsLongInteger(word)) {
      values.bares.Add("0.5");
    } else {
      values.bares.Merge(guess);
    }
    return true;
  }

  static bool IsLongInteger(std::string_view word) {
    return word.size() > 18 &&
           word.find_first_not_of("0123456789", word.starts_with('-') ? 1 : 0) ==
               std::string_view::npos &&
           word[word.starts_with('-') ? 1 : 0] != '0';
  }

  /// The simple escapes; others stay as they are written, as Arrow will not find such keys anyway.
  static std::string Unescape(std::string_view raw) {
    std::string out;
    for (size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '\\' && i + 1 < raw.size() &&
          (raw[i + 1] == '"' || raw[i + 1] == '\\' || raw[i + 1] == '/')) {
        ++i;
      }
      out += raw[i];
    }
    return out;
  }

  const std::string_view text_;
  size_t position_ = 0;
};

JsonColumns::Values& JsonColumns::Find(const std::string& name, size_t hint) {
  // Objects mostly have their keys in the same order.
  if (hint < columns_.size() && columns_[hint].name == name) return columns_[hint].values;
  for (Column& column : columns_) {
    if (column.name == name) return column.values;
  }
  columns_.push_back({name, {}});
  return columns_.back().values;
}

Status JsonColumns::AddLine(std::string_view line) {
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  Parser parser(line);
  if (parser.AtEnd()) return Status::Ok();
  if (!parser.Object(this, 0) || !parser.AtEnd()) {
    return Status::Error(StatusCode::kCorruption, "the line is no JSON object: {}",
                         ShownText(line.substr(0, line.find_last_not_of("\r\n") + 1), kShownBytes));
  }
  if (columns_.size() > kMaxColumns) {
    return Status::Error(StatusCode::kTooLarge, "objects with more than {} different keys",
                         kMaxColumns);
  }
  return Status::Ok();
}

bool JsonColumns::IsObject(std::string_view line) {
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  Parser parser(line);
  return parser.AtEnd() || (parser.Object(nullptr, 0) && parser.AtEnd());
}

Result<TypePtr> JsonColumns::TypeOf(const Values& values, const std::string& name) {
  if (values.object) {
    return Status::Error(StatusCode::kUnsupported,
                         "column {} holds objects, which have no type here: give a schema without "
                         "it",
                         name);
  }
  if (values.list && !values.text && !values.bare) {
    ASSIGN_OR_RETURN(const TypePtr element, TypeOf(values.elements.front(), name));
    return arrow::list(element);
  }
  if (values.text && !values.bare && !values.list) {
    const TypePtr type = values.texts.Type();
    // "12" in quotes is meant as text; times have no other way to be written.
    const bool temporal = type->id() == arrow::Type::DATE32 || type->id() == arrow::Type::TIMESTAMP;
    return temporal ? type : arrow::utf8();
  }
  if (values.bare && !values.text && !values.list) return values.bares.Type();
  if (!values.bare && !values.text && !values.list) return arrow::utf8();
  return Status::Error(StatusCode::kInvalidArgument,
                       "column {} holds values of different kinds (text, numbers, lists): give a "
                       "schema without it",
                       name);
}

Result<SchemaPtr> JsonColumns::Schema() const {
  std::vector<std::shared_ptr<arrow::Field>> fields;
  for (const Column& column : columns_) {
    ASSIGN_OR_RETURN(const TypePtr type, TypeOf(column.values, column.name));
    fields.push_back(arrow::field(column.name, type));
  }
  return arrow::schema(std::move(fields));
}

}  // namespace tusk::df

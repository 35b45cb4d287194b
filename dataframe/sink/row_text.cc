#include "dataframe/sink/row_text.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/sink/cell_text.h"

namespace tusk::df {
namespace {

bool IsText(const arrow::DataType& type) {
  return type.id() == arrow::Type::STRING || type.id() == arrow::Type::BINARY;
}

/// RFC 4180 lines.
class CsvText final : public RowText {
 public:
  CsvText(CsvFormat format, std::shared_ptr<arrow::Schema> schema)
      : format_(std::move(format)), schema_(std::move(schema)) {
    null_ = format_.null_tokens.empty() ? "" : format_.null_tokens.front();
  }

  std::string Header() const override {
    std::string out;
    if (!format_.header) return out;
    for (int i = 0; i < schema_->num_fields(); ++i) {
      if (i > 0) out += format_.delimiter;
      AppendText(schema_->field(i)->name(), out);
    }
    out += '\n';
    return out;
  }

  void Append(const arrow::RecordBatch& batch, std::string& out) override {
    const int columns = batch.num_columns();
    std::vector<const arrow::Array*> arrays;
    std::vector<bool> text;
    for (int i = 0; i < columns; ++i) {
      arrays.push_back(batch.column(i).get());
      text.push_back(IsText(*arrays.back()->type()));
    }
    for (int64_t row = 0; row < batch.num_rows(); ++row) {
      for (size_t i = 0; i < arrays.size(); ++i) {
        if (i > 0) out += format_.delimiter;
        if (arrays[i]->type_id() == arrow::Type::NA || arrays[i]->IsNull(row)) {
          out += null_;
        } else if (text[i]) {
          AppendText(static_cast<const arrow::BinaryArray&>(*arrays[i]).GetView(row), out);
        } else {
          AppendCell(*arrays[i], row, out);
        }
      }
      out += '\n';
    }
  }

 private:
  void AppendText(std::string_view text, std::string& out) const {
    if (!NeedsQuotes(text)) {
      out += text;
      return;
    }
    out += format_.quote;
    for (const char c : text) {
      if (c == format_.quote) out += c;
      out += c;
    }
    out += format_.quote;
  }

  bool NeedsQuotes(std::string_view text) const {
    for (const char c : text) {
      if (c == format_.delimiter || c == format_.quote || c == '\n' || c == '\r') return true;
    }
    return text.empty() || std::find(format_.null_tokens.begin(), format_.null_tokens.end(),
                                     text) != format_.null_tokens.end();
  }

  const CsvFormat format_;
  const std::shared_ptr<arrow::Schema> schema_;
  std::string null_;
};

void AppendJsonText(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

/// One object a line.
class JsonText final : public RowText {
 public:
  explicit JsonText(const arrow::Schema& schema) {
    for (const auto& field : schema.fields()) {
      keys_.emplace_back(keys_.empty() ? "{" : ",");
      AppendJsonText(field->name(), keys_.back());
      keys_.back() += ':';
    }
  }

  void Append(const arrow::RecordBatch& batch, std::string& out) override {
    for (int64_t row = 0; row < batch.num_rows(); ++row) {
      if (keys_.empty()) out += '{';
      for (size_t i = 0; i < keys_.size(); ++i) {
        out += keys_[i];
        AppendValue(*batch.column(static_cast<int>(i)), row, out);
      }
      out += "}\n";
    }
  }

 private:
  static void AppendValue(const arrow::Array& array, int64_t row, std::string& out) {
    if (array.type_id() == arrow::Type::NA || array.IsNull(row)) {
      out += "null";
      return;
    }
    switch (array.type_id()) {
      case arrow::Type::FLOAT:
        if (!std::isfinite(static_cast<const arrow::FloatArray&>(array).Value(row))) {
          out += "null";
          return;
        }
        return AppendCell(array, row, out);
      case arrow::Type::DOUBLE:
        if (!std::isfinite(static_cast<const arrow::DoubleArray&>(array).Value(row))) {
          out += "null";
          return;
        }
        return AppendCell(array, row, out);
      case arrow::Type::STRING:
        return AppendJsonText(static_cast<const arrow::StringArray&>(array).GetView(row), out);
      case arrow::Type::DATE32:
      case arrow::Type::TIMESTAMP:
        out += '"';
        AppendCell(array, row, out);
        out += '"';
        return;
      case arrow::Type::LIST: {
        const auto& list = static_cast<const arrow::ListArray&>(array);
        out += '[';
        for (int64_t i = list.value_offset(row); i < list.value_offset(row + 1); ++i) {
          if (i > list.value_offset(row)) out += ',';
          AppendValue(*list.values(), i, out);
        }
        out += ']';
        return;
      }
      default:
        return AppendCell(array, row, out);
    }
  }

  std::vector<std::string> keys_;  // with what stands around them
};

/// A string column, a line each.
class LineText final : public RowText {
 public:
  void Append(const arrow::RecordBatch& batch, std::string& out) override {
    const auto& lines = static_cast<const arrow::StringArray&>(*batch.column(0));
    for (int64_t row = 0; row < lines.length(); ++row) {
      if (lines.IsValid(row)) out += lines.GetView(row);
      out += '\n';
    }
  }
};

Status NoText(const arrow::Field& field, std::string_view format) {
  return Status::Error(StatusCode::kUnsupported,
                       "{} has no text for column {} of type {}: cast it, or write Parquet", format,
                       field.name(), TypeText(*field.type()));
}

bool HasJsonText(const arrow::DataType& type) {
  if (type.id() == arrow::Type::LIST) {
    return HasJsonText(*static_cast<const arrow::ListType&>(type).value_type());
  }
  return HasCellText(type) && type.id() != arrow::Type::BINARY;
}

}  // namespace

Result<std::unique_ptr<RowText>> MakeCsvText(const CsvFormat& format,
                                             std::shared_ptr<arrow::Schema> schema) {
  for (const auto& field : schema->fields()) {
    if (!HasCellText(*field->type())) return NoText(*field, "CSV");
  }
  return std::unique_ptr<RowText>(std::make_unique<CsvText>(format, std::move(schema)));
}

Result<std::unique_ptr<RowText>> MakeJsonText(std::shared_ptr<arrow::Schema> schema) {
  for (const auto& field : schema->fields()) {
    if (!HasJsonText(*field->type())) return NoText(*field, "JSON");
  }
  return std::unique_ptr<RowText>(std::make_unique<JsonText>(*schema));
}

Result<std::unique_ptr<RowText>> MakeLineText(std::shared_ptr<arrow::Schema> schema) {
  if (schema->num_fields() != 1 || schema->field(0)->type()->id() != arrow::Type::STRING) {
    return Status::Error(StatusCode::kUnsupported,
                         "text is written from one string column, not from: {}",
                         SchemaText(*schema));
  }
  return std::unique_ptr<RowText>(std::make_unique<LineText>());
}

}  // namespace tusk::df

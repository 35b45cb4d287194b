#include "dataframe/sql/copy_options.h"

#include <algorithm>
#include <optional>

#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "common/config/option.h"
#include "dataframe/sql/scope.h"

namespace tusk::df::sql {

namespace {

std::optional<TableFormat> FormatOfPath(const std::string& path) {
  constexpr std::pair<std::string_view, TableFormat> kExtensions[] = {
      {".parquet", TableFormat::kParquet}, {".csv", TableFormat::kCsv},
      {".tsv", TableFormat::kCsv},         {".json", TableFormat::kJson},
      {".jsonl", TableFormat::kJson},      {".ndjson", TableFormat::kJson},
      {".arrow", TableFormat::kIpc},       {".ipc", TableFormat::kIpc},
      {".feather", TableFormat::kIpc}};
  for (const auto& [extension, format] : kExtensions) {
    if (path.ends_with(extension)) return format;
  }
  return std::nullopt;
}

/// Reads the options of one COPY.
class CopyOptions {
 public:
  CopyOptions(const BindContext& context, const PlanNode& plan) : context_(context), plan_(plan) {}

  Result<WriteSpec> Read(const Tree& copy) {
    spec_.path = copy.Text("filename");
    if (const auto format = FormatOfPath(spec_.path)) spec_.format = *format;
    if (spec_.path.ends_with(".tsv")) spec_.csv.delimiter = '\t';
    for (const Tree& option : copy.List("options")) RETURN_IF_ERROR(ReadOption(option));
    if (csv_only_ && spec_.format != TableFormat::kCsv) {
      return context_.Invalid(csv_only_, "this option is for FORMAT csv");
    }
    return std::move(spec_);
  }

 private:
  Status ReadOption(const Tree& option) {
    const std::string name = option.Text("defname");
    if (name == "format") return ReadFormat(option);
    if (name == "partition_by") return ReadPartitions(option);
    if (name == "overwrite" || name == "overwrite_or_ignore") {
      ASSIGN_OR_RETURN(const bool overwrite, Bool(option));
      if (overwrite) spec_.mode = SaveMode::kOverwrite;
      return Status::Ok();
    }
    if (name == "mode") return ReadMode(option);
    if (name == "compression" || name == "codec") {
      ASSIGN_OR_RETURN(spec_.compression, Text(option));
      return Status::Ok();
    }
    if (name == "target_file_size" || name == "file_size_bytes") return ReadFileSize(option);
    return ReadCsvOption(option, name);
  }

  Status ReadCsvOption(const Tree& option, const std::string& name) {
    if (name == "header") {
      ASSIGN_OR_RETURN(spec_.csv.header, Bool(option));
    } else if (name == "delimiter" || name == "delim" || name == "sep") {
      ASSIGN_OR_RETURN(spec_.csv.delimiter, Character(option));
    } else if (name == "quote") {
      ASSIGN_OR_RETURN(spec_.csv.quote, Character(option));
    } else if (name == "null" || name == "nullstr") {
      ASSIGN_OR_RETURN(std::string token, Text(option));
      spec_.csv.null_tokens = {std::move(token)};
    } else {
      const std::vector<std::string> known = {
          "format",    "header", "delimiter",   "quote",           "null", "partition_by", "mode",
          "overwrite", "codec",  "compression", "target_file_size"};
      return context_.Invalid(option, fmt::format("COPY has no option {}", name),
                              NearestHint(known, name));
    }
    csv_only_ = option;
    return Status::Ok();
  }

  Status ReadFormat(const Tree& option) {
    ASSIGN_OR_RETURN(const std::string text, Text(option));
    const Result<TableFormat> format = ParseTableFormat(text);
    if (!format.ok()) return context_.Invalid(option, format.status().message());
    if (*format == TableFormat::kRange) {
      return context_.Invalid(option, fmt::format("{} is no format of files", text));
    }
    spec_.format = *format;
    return Status::Ok();
  }

  Status ReadFileSize(const Tree& option) {
    const Tree value = option.Child("arg");
    ByteSize size;
    if (value.Is("Integer")) {
      size.bytes = static_cast<uint64_t>(std::max<int64_t>(value.Number("ival"), 0));
    } else {
      // A number beyond 32 bits is a Float, whose text is its digits.
      const std::string text = value.Is("Float") ? value.Text("fval") : value.sval();
      std::string plain;
      for (const char c : text) {
        if (c != ' ') plain += c;
      }
      if (!ParseOptionValue(plain, "", size).ok()) size.bytes = 0;
    }
    if (size.bytes == 0) {
      return context_.Invalid(option, fmt::format("{} is a size", option.Text("defname")),
                              "write a number of bytes, or a text such as '64MB'");
    }
    spec_.target_file_bytes = size.bytes;
    return Status::Ok();
  }

  Status ReadMode(const Tree& option) {
    ASSIGN_OR_RETURN(const std::string text, Text(option));
    constexpr std::pair<std::string_view, SaveMode> kModes[] = {{"error", SaveMode::kError},
                                                                {"overwrite", SaveMode::kOverwrite},
                                                                {"append", SaveMode::kAppend},
                                                                {"ignore", SaveMode::kIgnore}};
    for (const auto& [name, mode] : kModes) {
      if (text != name) continue;
      spec_.mode = mode;
      return Status::Ok();
    }
    return context_.Invalid(option, fmt::format("there is no mode {}", text),
                            "take error, overwrite, append or ignore");
  }

  Status ReadPartitions(const Tree& option) {
    const Tree value = option.Child("arg");
    std::vector<std::string> names = value.Names("items");
    if (value.Is("String")) names = {value.sval()};
    if (names.empty()) return context_.Invalid(option, "PARTITION_BY needs names of columns");
    for (const std::string& name : names) {
      std::vector<std::string> known;
      std::string found;
      for (const auto& field : plan_.schema()->fields()) {
        known.push_back(field->name());
        if (SameName(name, field->name()) ||
            (found.empty() && SameNameAnyCase(name, field->name()))) {
          found = field->name();
        }
      }
      if (found.empty()) {
        return context_.Invalid(option, fmt::format("there is no column \"{}\"", name),
                                NearestHint(known, name));
      }
      spec_.partition_by.push_back(std::move(found));
    }
    return Status::Ok();
  }

  Result<bool> Bool(const Tree& option) const {
    const Tree value = option.Child("arg");
    if (!value) return true;
    const std::string text = value.sval();
    if (value.Is("Boolean")) return value.Flag("boolval");
    if (text == "true" || text == "on" || value.Number("ival") == 1) return true;
    if (text == "false" || text == "off" || value.Is("Integer")) return false;
    return context_.Invalid(option, fmt::format("{} is true or false", option.Text("defname")));
  }

  Result<std::string> Text(const Tree& option) const {
    const Tree value = option.Child("arg");
    if (!value.Is("String")) {
      return context_.Invalid(option, fmt::format("{} is a text", option.Text("defname")));
    }
    return value.sval();
  }

  Result<char> Character(const Tree& option) const {
    ASSIGN_OR_RETURN(std::string text, Text(option));
    if (text == "\\t") text = "\t";
    if (text.size() != 1) {
      return context_.Invalid(option, fmt::format("{} is one character", option.Text("defname")));
    }
    return text.front();
  }

  const BindContext& context_;
  const PlanNode& plan_;
  WriteSpec spec_;
  /// An option that only CSV has, when there was one.
  Tree csv_only_;
};

}  // namespace

Result<WriteSpec> BindCopyOptions(const BindContext& context, const Tree& copy,
                                  const PlanNode& plan) {
  return CopyOptions(context, plan).Read(copy);
}

}  // namespace tusk::df::sql

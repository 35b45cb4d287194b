#include "dataframe/sql/file_function.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/sql/bind_expression.h"
#include "dataframe/sql/literal.h"
#include "dataframe/sql/scope_host.h"

namespace tusk::df::sql {
namespace {

/// A function and the format that it reads.
struct Function {
  std::string_view name;
  TableFormat format;
};
constexpr Function kFunctions[] = {{"read_csv", TableFormat::kCsv},
                                   {"read_json", TableFormat::kJson},
                                   {"read_parquet", TableFormat::kParquet},
                                   {"read_arrow", TableFormat::kIpc},
                                   {"read_text", TableFormat::kText}};

const Function* FindFunction(std::string_view name) {
  const auto* const found = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                         [name](const Function& f) { return f.name == name; });
  return found == std::end(kFunctions) ? nullptr : found;
}

/// Reads the arguments of one call.
class Arguments {
 public:
  explicit Arguments(BindContext& context) : context_(context) {}

  Result<FileFunction> Read(const Tree& call, const Function& function) {
    read_.options.format = function.format;
    const std::vector<Tree> args = call.List("args");
    if (args.empty() || args.front().Is("NamedArgExpr")) {
      return context_.Invalid(call, fmt::format("{} needs a path", function.name),
                              fmt::format("write {}('/folder/*')", function.name));
    }
    ASSIGN_OR_RETURN(read_.path, Text(args.front()));
    for (size_t i = 1; i < args.size(); ++i) {
      if (!args[i].Is("NamedArgExpr")) {
        return context_.Invalid(args[i], "behind the path options have names",
                                "write for instance delim => ';'");
      }
      RETURN_IF_ERROR(Option(args[i], function));
    }
    return std::move(read_);
  }

 private:
  Status Option(const Tree& node, const Function& function) {
    const std::string name = node.Text("name");
    const Tree value = node.Child("arg");
    const bool csv = function.format == TableFormat::kCsv;
    if (csv && (name == "delim" || name == "delimiter" || name == "sep")) {
      ASSIGN_OR_RETURN(read_.options.csv.delimiter, Character(value));
      return Status::Ok();
    }
    if (csv && name == "quote") {
      ASSIGN_OR_RETURN(read_.options.csv.quote, QuoteOf(value));
      return Status::Ok();
    }
    if (csv && name == "header") {
      ASSIGN_OR_RETURN(read_.options.csv.header, Bool(value));
      return Status::Ok();
    }
    if (csv && (name == "nulls" || name == "nullstr")) {
      ASSIGN_OR_RETURN(read_.options.csv.null_tokens, Texts(value));
      return Status::Ok();
    }
    if (csv || function.format == TableFormat::kJson) {
      if (name == "columns") return Columns(value);
      if (name == "on_bad") return Bad(value);
      if (name == "rejects") {
        ASSIGN_OR_RETURN(read_.options.csv.rejects, Text(value));
        return Status::Ok();
      }
    }
    std::vector<std::string> known;
    if (csv) known = {"delim", "quote", "header", "nulls"};
    if (csv || function.format == TableFormat::kJson)
      known.insert(known.end(), {"columns", "on_bad", "rejects"});
    std::string hint = NearestHint(known, name);
    if (hint.empty() && known.empty()) hint = "it has none";
    return context_.Invalid(node, fmt::format("{} has no option {}", function.name, name), hint);
  }

  Status Columns(const Tree& value) {
    ASSIGN_OR_RETURN(const std::string text, Text(value));
    Result<SchemaPtr> schema = ParseSchema(text);
    if (!schema.ok()) {
      return context_.Invalid(value, schema.status().message(),
                              "write names and types, for instance 'id int64, day date'");
    }
    read_.options.schema = std::move(*schema);
    return Status::Ok();
  }

  Status Bad(const Tree& value) {
    constexpr std::pair<std::string_view, OnBad> kWays[] = {
        {"error", OnBad::kFail}, {"null", OnBad::kNull}, {"reject", OnBad::kReject}};
    ASSIGN_OR_RETURN(const std::string text, Text(value));
    for (const auto& [name, way] : kWays) {
      if (text != name) continue;
      read_.options.csv.on_bad = way;
      return Status::Ok();
    }
    return context_.Invalid(value, fmt::format("on_bad cannot be '{}'", text),
                            "take 'error', 'null', or 'reject' with rejects => '/folder'");
  }

  /// The constant of an argument as a type.
  Result<std::shared_ptr<arrow::Scalar>> Constant(const Tree& value, arrow::Type::type type,
                                                  std::string_view kind) {
    const Scope no_columns;
    ScopeHost host(context_, no_columns);
    ASSIGN_OR_RETURN(const ExprPtr expr,
                     ExpressionBinder(context_, host).Bind(value, Clause::kValues));
    Result<std::shared_ptr<arrow::Scalar>> constant = EvaluateConstant(expr);
    if (!constant.ok()) return context_.Located(constant.status(), value);
    if ((*constant)->is_valid && (*constant)->type->id() == type) return std::move(*constant);
    return context_.Invalid(value, fmt::format("{} is needed here", kind));
  }

  Result<std::string> Text(const Tree& value) {
    ASSIGN_OR_RETURN(const auto constant, Constant(value, arrow::Type::STRING, "a text"));
    return static_cast<const arrow::StringScalar&>(*constant).value->ToString();
  }

  Result<std::vector<std::string>> Texts(const Tree& value) {
    std::vector<std::string> texts;
    if (value.Is("A_ArrayExpr")) {
      for (const Tree& element : value.List("elements")) {
        ASSIGN_OR_RETURN(texts.emplace_back(), Text(element));
      }
      return texts;
    }
    ASSIGN_OR_RETURN(texts.emplace_back(), Text(value));
    return texts;
  }

  Result<bool> Bool(const Tree& value) {
    ASSIGN_OR_RETURN(const auto constant, Constant(value, arrow::Type::BOOL, "true or false"));
    return static_cast<const arrow::BooleanScalar&>(*constant).value;
  }

  Result<char> Character(const Tree& value) {
    ASSIGN_OR_RETURN(std::string text, Text(value));
    if (text == "\\t") text = "\t";
    if (text.size() == 1) return text.front();
    return context_.Invalid(value, "one character (of one byte) is needed here");
  }

  Result<char> QuoteOf(const Tree& value) {
    ASSIGN_OR_RETURN(const std::string text, Text(value));
    return text.empty() ? Result<char>('\0') : Character(value);
  }

  BindContext& context_;
  FileFunction read_;
};

}  // namespace

bool IsFileFunction(std::string_view name) { return FindFunction(name) != nullptr; }

Result<FileFunction> BindFileFunction(BindContext& context, const Tree& call) {
  const std::vector<std::string> names = call.Names("funcname");
  return Arguments(context).Read(call, *FindFunction(names.back()));
}

}  // namespace tusk::df::sql

#include "dataframe/sql/statement.h"

#include <utility>

#include <fmt/ranges.h>

#include "common/base/status_macros.h"
#include "dataframe/sql/bind_query.h"
#include "dataframe/sql/copy_options.h"
#include "dataframe/sql/parse.h"

namespace tusk::df::sql {

namespace {

std::string NameOfRelation(const Tree& relation) {
  const std::string schema = relation.Text("schemaname");
  return schema.empty() ? relation.Text("relname") : schema + "." + relation.Text("relname");
}

/// Binds one statement of a script.
class StatementBinder {
 public:
  StatementBinder(const ParsedScript& script, Catalog& catalog, std::string text)
      : context_(script, catalog), text_(std::move(text)) {}

  Result<Statement> Bind(const Tree& node) {
    if (node.Is("SelectStmt")) {
      ASSIGN_OR_RETURN(PlanPtr plan, Query(node));
      return Statement{QueryStatement{std::move(plan)}};
    }
    if (node.Is("ViewStmt")) return BindView(node);
    if (node.Is("CreateTableAsStmt")) return BindTableAs(node);
    if (node.Is("CopyStmt")) return BindCopy(node);
    if (node.Is("ExplainStmt")) return BindExplain(node);
    if (node.Is("DropStmt")) return BindDrop(node);
    if (node.Is("VariableShowStmt") && node.Text("name") == "tables") {
      return Statement{ShowTablesStatement{}};
    }
    return context_.ErrorAt(
        StatusCode::kUnsupported, begin_,
        fmt::format("{} is not supported", node.Is("VariableShowStmt") ? "SHOW " + node.Text("name")
                                                                       : std::string(node.type())),
        "statements are SELECT, CREATE VIEW, CREATE TABLE AS, COPY TO, DESCRIBE, EXPLAIN, DROP "
        "and SHOW TABLES");
  }

  Result<Statement> Describe(const Tree& node) {
    ASSIGN_OR_RETURN(PlanPtr plan, Query(node));
    return Statement{DescribeStatement{std::move(plan)}};
  }

  void set_begin(size_t begin) { begin_ = static_cast<int64_t>(begin); }

 private:
  Result<PlanPtr> Query(const Tree& node) {
    if (!node.Is("SelectStmt")) {
      return context_.ErrorAt(StatusCode::kUnsupported, begin_, "a query is needed here");
    }
    const OutputNaming naming{true, "", aliases_};
    ASSIGN_OR_RETURN(BoundQuery query, BindQuery(context_, {}, node, QueryUse::kResult, naming));
    if (aliases_.size() > query.columns.size()) {
      return context_.ErrorAt(StatusCode::kInvalidArgument, begin_,
                              fmt::format("the query has {} columns, but there are {} names",
                                          query.columns.size(), aliases_.size()));
    }
    return std::move(query.plan);
  }

  Result<Statement> BindView(const Tree& node) {
    if (node.Has("options") || node.Text("withCheckOption").find("NO_") == std::string::npos) {
      return context_.Unsupported(node.Child("view"), "options of views are not supported");
    }
    aliases_ = node.Names("aliases");
    CreateViewStatement view;
    view.name = NameOfRelation(node.Child("view"));
    view.or_replace = node.Flag("replace");
    view.text = text_;
    ASSIGN_OR_RETURN(view.plan, Query(node.Child("query")));
    return Statement{std::move(view)};
  }

  Result<Statement> BindTableAs(const Tree& node) {
    const Tree into = node.Child("into");
    if (node.Text("objtype") != "OBJECT_TABLE" || into.Flag("skipData") || into.Has("options") ||
        into.Child("rel").Text("relpersistence") == "t") {
      return context_.Unsupported(into.Child("rel"),
                                  "only CREATE TABLE name AS query is supported");
    }
    aliases_ = into.Names("colNames");
    CreateTableAsStatement table;
    table.name = NameOfRelation(into.Child("rel"));
    table.if_not_exists = node.Flag("if_not_exists");
    ASSIGN_OR_RETURN(table.plan, Query(node.Child("query")));
    return Statement{std::move(table)};
  }

  Result<Statement> BindCopy(const Tree& node) {
    if (node.Flag("is_from") || node.Flag("is_program") || node.Text("filename").empty()) {
      return context_.ErrorAt(StatusCode::kUnsupported, begin_, "COPY is supported TO a path only",
                              "read files by their path: SELECT ... FROM '/folder/*.csv'");
    }
    CopyToStatement copy;
    if (node.Child("query")) {
      ASSIGN_OR_RETURN(copy.plan, Query(node.Child("query")));
    } else {
      ASSIGN_OR_RETURN(copy.plan, Table(node.Child("relation"), node.Names("attlist")));
    }
    ASSIGN_OR_RETURN(copy.spec, BindCopyOptions(context_, node, *copy.plan));
    return Statement{std::move(copy)};
  }

  /// All or the named columns of a table, as SELECT would hand them out.
  Result<PlanPtr> Table(const Tree& relation, const std::vector<std::string>& columns) {
    ASSIGN_OR_RETURN(BoundQuery table, BindTable(context_, relation));
    std::vector<OutputColumn> wanted = table.columns;
    if (!columns.empty()) wanted.clear();
    for (const std::string& name : columns) {
      Scope scope;
      for (const OutputColumn& column : table.columns) {
        scope.columns.push_back({"", column.name, column.column});
      }
      ASSIGN_OR_RETURN(const ScopeColumn* found, scope.Find(context_, "", name, relation));
      if (found == nullptr) {
        return context_.Invalid(relation, fmt::format("there is no column \"{}\"", name),
                                NearestHint(scope.ColumnNames(""), name));
      }
      wanted.push_back({found->name, found->column});
    }
    ASSIGN_OR_RETURN(BoundQuery renamed,
                     RenameColumns(context_, table.plan, wanted, OutputNaming{true, "", {}}));
    return std::move(renamed.plan);
  }

  Result<Statement> BindExplain(const Tree& node) {
    ExplainStatement explain;
    for (const Tree& option : node.List("options")) {
      if (option.Text("defname") != "analyze") {
        return context_.Unsupported(option,
                                    fmt::format("EXPLAIN has no option {}", option.Text("defname")),
                                    "take EXPLAIN or EXPLAIN ANALYZE");
      }
      const Tree value = option.Child("arg");
      explain.analyze = !value || value.Flag("boolval") || value.sval() == "true" ||
                        value.sval() == "on" || value.Number("ival") == 1;
    }
    ASSIGN_OR_RETURN(Statement inner, Bind(node.Child("query")));
    explain.inner = std::make_shared<const Statement>(std::move(inner));
    return Statement{std::move(explain)};
  }

  Result<Statement> BindDrop(const Tree& node) {
    const std::string kind = node.Text("removeType");
    if (kind != "OBJECT_VIEW" && kind != "OBJECT_TABLE") {
      return context_.ErrorAt(StatusCode::kUnsupported, begin_,
                              "only tables and views can be dropped");
    }
    DropStatement drop;
    drop.view = kind == "OBJECT_VIEW";
    drop.if_exists = node.Flag("missing_ok");
    for (const Tree& object : node.List("objects")) {
      drop.names.push_back(fmt::format("{}", fmt::join(object.Names("items"), ".")));
    }
    return Statement{std::move(drop)};
  }

  BindContext context_;
  const std::string text_;
  int64_t begin_ = -1;
  std::vector<std::string> aliases_;
};

}  // namespace

Result<SqlScript> SqlScript::Parse(std::string_view text) {
  ASSIGN_OR_RETURN(auto parsed, ParsedScript::Parse(text));
  return SqlScript(std::move(parsed));
}

size_t SqlScript::size() const { return parsed_->statements().size(); }
size_t SqlScript::begin_of(size_t index) const { return parsed_->statements()[index].begin; }
size_t SqlScript::end_of(size_t index) const { return parsed_->statements()[index].end; }
std::string SqlScript::text_of(size_t index) const { return parsed_->StatementText(index); }

Result<Statement> SqlScript::Bind(size_t index, Catalog& catalog) const {
  const ParsedStatement& statement = parsed_->statements()[index];
  StatementBinder binder(*parsed_, catalog, parsed_->StatementText(index));
  binder.set_begin(statement.begin);
  Result<Statement> bound =
      statement.describe ? binder.Describe(statement.node) : binder.Bind(statement.node);
  if (bound.ok()) return bound;
  return parsed_->text().WithCaret(bound.status());
}

Result<Statement> BindSql(std::string_view text, Catalog& catalog) {
  ASSIGN_OR_RETURN(const SqlScript script, SqlScript::Parse(text));
  if (script.size() != 1) {
    return Status::Error(StatusCode::kInvalidArgument, "one statement is needed, the text has {}",
                         script.size());
  }
  return script.Bind(0, catalog);
}

}  // namespace tusk::df::sql

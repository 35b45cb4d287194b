#include "dataframe/sql/bind_from.h"

#include <algorithm>

#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/sql/bind_expression.h"
#include "dataframe/sql/file_function.h"
#include "dataframe/sql/literal.h"
#include "dataframe/sql/scope_host.h"

namespace tusk::df::sql {

namespace {

bool IsPlainWord(std::string_view text) {
  if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

/// The name of a table of files: the last part of the path that is a word, without what follows a
/// point. /data/flights/2024.csv and /data/flights/*.csv are both "flights".
std::string NameOfFiles(std::string_view path) {
  while (!path.empty()) {
    const size_t slash = path.rfind('/');
    std::string_view last = slash == std::string_view::npos ? path : path.substr(slash + 1);
    last = last.substr(0, last.find('.'));
    if (IsPlainWord(last)) return std::string(last);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  }
  return "files";
}

std::string AliasOf(const Tree& item, const std::string& name) {
  const std::string alias = item.Child("alias").Text("aliasname");
  return alias.empty() ? name : alias;
}

/// The visible columns of a scope whose name is `name`: USING and NATURAL look for one.
std::vector<const ScopeColumn*> VisibleColumns(const Scope& scope, const std::string& name) {
  std::vector<const ScopeColumn*> found;
  for (const ScopeColumn& column : scope.columns) {
    if (!column.merged_away && SameNameAnyCase(name, column.name)) found.push_back(&column);
  }
  return found;
}

std::vector<std::string> CommonNames(const Scope& left, const Scope& right) {
  std::vector<std::string> names;
  for (const ScopeColumn& column : left.columns) {
    if (column.merged_away || VisibleColumns(right, column.name).empty()) continue;
    if (std::find(names.begin(), names.end(), column.name) == names.end()) {
      names.push_back(column.name);
    }
  }
  return names;
}

Result<JoinType> TypeOfJoin(const BindContext& context, const Tree& item) {
  const std::string kind = item.Text("jointype");
  if (kind == "JOIN_INNER") return JoinType::kInner;
  if (kind == "JOIN_LEFT") return JoinType::kLeft;
  if (kind == "JOIN_RIGHT") return JoinType::kRight;
  if (kind == "JOIN_FULL") return JoinType::kFull;
  return context.Unsupported(item, "this kind of join is not supported");
}

}  // namespace

bool ReadsOnly(const Expr& expr, const PlanNode& plan) {
  const std::vector<std::string> columns = ColumnsOf(expr);
  return std::all_of(columns.begin(), columns.end(), [&](const std::string& column) {
    return plan.schema()->GetFieldIndex(column) >= 0;
  });
}

Result<FromItem> FromBinder::BindAll(const std::vector<Tree>& items) {
  ASSIGN_OR_RETURN(FromItem all, BindItem(items.front()));
  for (size_t i = 1; i < items.size(); ++i) {
    ASSIGN_OR_RETURN(FromItem next, BindItem(items[i]));
    ASSIGN_OR_RETURN(all, Cross(std::move(all), std::move(next), items[i]));
  }
  return all;
}

Result<FromItem> FromBinder::BindItem(const Tree& item) {
  const BindContext::Level level(context_);
  RETURN_IF_ERROR(context_.CheckDepth(item));
  if (item.Is("RangeVar")) return BindTable(item);
  if (item.Is("JoinExpr")) return BindJoin(item);
  if (item.Is("RangeSubselect")) return BindSubquery(item);
  if (item.Is("RangeFunction")) return BindFunction(item);
  return context_.Unsupported(item, fmt::format("{} is not supported in FROM", item.type()));
}

Status FromBinder::NoSuchTable(const Tree& item, const std::string& name) const {
  std::vector<std::string> known = context_.catalog().TableNames();
  for (const CommonTables* tables = common_tables_; tables != nullptr; tables = tables->outer) {
    for (const auto& [table, query] : tables->tables) known.push_back(table);
  }
  std::string hint = NearestHint(known, name);
  if (hint.empty()) hint = "files are read by their path: FROM '/folder/*.parquet'";
  return context_.Invalid(item, fmt::format("there is no table or view \"{}\"", name), hint);
}

Result<FromItem> FromBinder::BindTable(const Tree& item) {
  if (const std::string* path = context_.script().FileAt(item.location())) {
    return BindFiles(item, item, *path, {});
  }
  const std::string table = item.Text("relname");
  const std::string schema = item.Text("schemaname");
  if (schema.empty() && common_tables_ != nullptr) {
    if (const BoundQuery* query = common_tables_->Find(table)) {
      return Named(item, table, query->plan, query->columns);
    }
  }
  const std::string name = schema.empty() ? table : schema + "." + table;
  Result<CatalogTable> found = context_.catalog().Find(name);
  if (!found.ok()) {
    if (found.status().code() == StatusCode::kNotFound) return NoSuchTable(item, name);
    return context_.Located(found.status(), item);
  }
  if (found->source != nullptr) return BindSource(item, found->source, table);
  std::vector<OutputColumn> columns;
  for (const auto& field : found->plan->schema()->fields()) {
    columns.push_back({field->name(), field->name()});
  }
  return Named(item, table, found->plan, columns);
}

Result<FromItem> FromBinder::BindFiles(const Tree& place, const Tree& item, const std::string& path,
                                       const DiscoveryOptions& options) {
  Result<std::shared_ptr<const TableSource>> source = context_.catalog().OpenFiles(path, options);
  if (!source.ok()) return context_.Located(source.status(), place);
  return BindSource(item, *source, NameOfFiles(path));
}

Status FromBinder::CheckAliases(const Tree& item, size_t columns) const {
  const size_t names = item.Child("alias").List("colnames").size();
  if (names <= columns) return Status::Ok();
  return context_.Invalid(
      item, fmt::format("the table has {} columns, but {} names in its alias", columns, names));
}

Result<FromItem> FromBinder::BindSource(const Tree& item,
                                        const std::shared_ptr<const TableSource>& source,
                                        const std::string& name) {
  const std::string alias = AliasOf(item, name);
  const std::string table = context_.NewTable(alias);
  const std::vector<std::string> renamed = item.Child("alias").Names("colnames");
  FromItem bound;
  std::vector<ScanNode::Column> columns;
  for (const auto& field : source->schema->fields()) {
    const size_t index = columns.size();
    const std::string& own = index < renamed.size() ? renamed[index] : field->name();
    const std::string column = context_.NewColumn(table + "." + own);
    columns.push_back({field->name(), column});
    bound.scope.columns.push_back({alias, own, column});
  }
  RETURN_IF_ERROR(CheckAliases(item, columns.size()));
  ASSIGN_OR_RETURN(bound.plan, At(context_, item, ScanNode::Make(source, std::move(columns))));
  return bound;
}

Result<FromItem> FromBinder::Named(const Tree& item, const std::string& name, const PlanPtr& plan,
                                   const std::vector<OutputColumn>& columns) {
  const std::string alias = AliasOf(item, name);
  const OutputNaming naming{false, context_.NewTable(alias), item.Child("alias").Names("colnames")};
  RETURN_IF_ERROR(CheckAliases(item, columns.size()));
  ASSIGN_OR_RETURN(BoundQuery query,
                   At(context_, item, RenameColumns(context_, plan, columns, naming)));
  FromItem bound{query.plan, {}};
  for (OutputColumn& column : query.columns) {
    bound.scope.columns.push_back({alias, std::move(column.name), std::move(column.column)});
  }
  return bound;
}

Result<FromItem> FromBinder::BindSubquery(const Tree& item) {
  if (item.Flag("lateral")) return context_.Unsupported(item, "LATERAL is not supported");
  const std::string alias = AliasOf(item, "subquery");
  const OutputNaming naming{false, context_.NewTable(alias), item.Child("alias").Names("colnames")};
  const QueryEnvironment environment{common_tables_, nullptr};
  ASSIGN_OR_RETURN(BoundQuery query, BindQuery(context_, environment, item.Child("subquery"),
                                               QueryUse::kTable, naming));
  RETURN_IF_ERROR(CheckAliases(item, query.columns.size()));
  FromItem bound{query.plan, {}};
  for (OutputColumn& column : query.columns) {
    bound.scope.columns.push_back({alias, std::move(column.name), std::move(column.column)});
  }
  return bound;
}

Result<FromItem> FromBinder::BindFunction(const Tree& item) {
  const std::vector<Tree> functions = item.List("functions");
  const std::vector<Tree> parts =
      functions.empty() ? std::vector<Tree>() : functions.front().List("items");
  const Tree call = parts.empty() ? Tree() : parts.front();
  const std::vector<std::string> names = call.Names("funcname");
  const std::string name = names.empty() ? "" : names.back();
  const std::vector<Tree> args = call.List("args");
  const bool series = name == "generate_series";
  if (IsFileFunction(name) && functions.size() == 1 && !item.Flag("lateral") &&
      !item.Flag("ordinality")) {
    ASSIGN_OR_RETURN(const FileFunction function, BindFileFunction(context_, call));
    return BindFiles(call, item, function.path, function.options);
  }
  if ((name != "range" && !series) || functions.size() != 1 || args.empty() || args.size() > 2 ||
      item.Flag("lateral") || item.Flag("ordinality")) {
    return context_.Unsupported(call ? call : item,
                                "FROM takes of functions range(count), range(from, to), "
                                "generate_series(first, last), read_csv, read_json, read_parquet, "
                                "read_arrow and read_text only");
  }
  const Scope no_columns;
  ScopeHost host(context_, no_columns);
  std::vector<int64_t> bounds;
  for (const Tree& arg : args) {
    ASSIGN_OR_RETURN(const ExprPtr expr,
                     ExpressionBinder(context_, host).Bind(arg, Clause::kValues));
    const auto value = EvaluateConstant(Expr::Cast(expr, arrow::int64()));
    if (!value.ok()) return context_.Located(value.status(), arg);
    if (!(*value)->is_valid) return context_.Invalid(arg, "a bound of a range is a number");
    bounds.push_back(static_cast<const arrow::Int64Scalar&>(**value).value);
  }
  auto source = std::make_shared<TableSource>();
  source->name = name;
  source->format = TableFormat::kRange;
  source->range_from = bounds.size() > 1 ? bounds.front() : 0;
  source->range_to = bounds.back();
  if (series && __builtin_add_overflow(bounds.back(), 1, &source->range_to)) {
    return context_.Invalid(call, "the end of the series is too large");
  }
  source->range_to = std::max(source->range_from, source->range_to);
  source->schema = arrow::schema({arrow::field(name, arrow::int64(), false)});
  return BindSource(item, source, name);
}

Status FromBinder::CheckTablesDiffer(const Tree& node, const Scope& left,
                                     const Scope& right) const {
  for (const std::string& table : right.TableNames()) {
    const std::vector<std::string> known = left.TableNames();
    if (std::find(known.begin(), known.end(), table) != known.end()) {
      return context_.Invalid(node.Is("JoinExpr") ? node.Child("rarg") : node,
                              fmt::format("table name \"{}\" stands twice in FROM", table),
                              "give one of them an alias");
    }
  }
  return Status::Ok();
}

Result<FromItem> FromBinder::Cross(FromItem left, FromItem right, const Tree& node) {
  RETURN_IF_ERROR(CheckTablesDiffer(node, left.scope, right.scope));
  ASSIGN_OR_RETURN(left.plan, At(context_, node, JoinNode::Make(left.plan, right.plan, {})));
  left.scope.columns.insert(left.scope.columns.end(), right.scope.columns.begin(),
                            right.scope.columns.end());
  return left;
}

Result<FromItem> FromBinder::BindJoin(const Tree& item) {
  if (item.Child("alias")) {
    return context_.Unsupported(item.Child("larg"), "an alias for a whole join is not supported");
  }
  ASSIGN_OR_RETURN(FromItem left, BindItem(item.Child("larg")));
  ASSIGN_OR_RETURN(FromItem right, BindItem(item.Child("rarg")));
  RETURN_IF_ERROR(CheckTablesDiffer(item, left.scope, right.scope));
  JoinSpec spec;
  ASSIGN_OR_RETURN(spec.type, TypeOfJoin(context_, item));
  std::vector<std::string> names = item.Names("usingClause");
  if (item.Flag("isNatural")) names = CommonNames(left.scope, right.scope);
  if (!names.empty()) {
    return JoinUsing(item, std::move(left), std::move(right), std::move(spec), names);
  }
  RETURN_IF_ERROR(SplitCondition(item, left, right, spec));
  ASSIGN_OR_RETURN(left.plan, At(context_, item.Child("quals"),
                                 JoinNode::Make(left.plan, right.plan, std::move(spec))));
  left.scope.columns.insert(left.scope.columns.end(), right.scope.columns.begin(),
                            right.scope.columns.end());
  return left;
}

Status FromBinder::SplitCondition(const Tree& item, const FromItem& left, const FromItem& right,
                                  JoinSpec& spec) {
  if (!item.Child("quals")) return Status::Ok();
  Scope both = left.scope;
  both.columns.insert(both.columns.end(), right.scope.columns.begin(), right.scope.columns.end());
  ScopeHost host(context_, both);
  ASSIGN_OR_RETURN(const ExprPtr condition,
                   ExpressionBinder(context_, host).Bind(item.Child("quals"), Clause::kJoin));
  std::vector<ExprPtr> residual;
  for (const ExprPtr& conjunct : SplitConjunction(condition)) {
    const bool equality = conjunct->kind() == ExprKind::kCall && conjunct->name() == "=";
    bool is_key = false;
    if (equality) {
      const ExprPtr& a = conjunct->args()[0];
      const ExprPtr& b = conjunct->args()[1];
      const bool named = !ColumnsOf(*a).empty() && !ColumnsOf(*b).empty();
      if (named && ReadsOnly(*a, *left.plan) && ReadsOnly(*b, *right.plan)) {
        spec.keys.emplace_back(a, b);
        is_key = true;
      } else if (named && ReadsOnly(*b, *left.plan) && ReadsOnly(*a, *right.plan)) {
        spec.keys.emplace_back(b, a);
        is_key = true;
      }
    }
    if (!is_key) residual.push_back(conjunct);
  }
  spec.residual = MakeConjunction(residual);
  return Status::Ok();
}

Result<FromItem> FromBinder::JoinUsing(const Tree& item, FromItem left, FromItem right,
                                       JoinSpec spec, const std::vector<std::string>& names) {
  const JoinType type = spec.type;
  Scope merged;
  std::vector<NamedExpr> computed;
  for (const std::string& name : names) {
    const std::vector<const ScopeColumn*> a = VisibleColumns(left.scope, name);
    const std::vector<const ScopeColumn*> b = VisibleColumns(right.scope, name);
    if (a.size() != 1 || b.size() != 1) {
      const bool missing = a.empty() || b.empty();
      return context_.Invalid(
          item.Child("rarg"),
          fmt::format("USING: column \"{}\" is {} on the {} side of the join", name,
                      missing ? "missing" : "ambiguous", a.size() != 1 ? "left" : "right"));
    }
    const ExprPtr left_key = Expr::Column(a[0]->column);
    const ExprPtr right_key = Expr::Column(b[0]->column);
    spec.keys.emplace_back(left_key, right_key);
    std::string column = type == JoinType::kRight ? b[0]->column : a[0]->column;
    if (type == JoinType::kFull) {
      column = context_.NewColumn("using." + name);
      computed.push_back({column, Expr::Call("coalesce", {left_key, right_key})});
    }
    merged.columns.push_back({"", name, column});
  }
  for (const FromItem* side : {&left, &right}) {
    for (ScopeColumn column : side->scope.columns) {
      column.merged_away = column.merged_away ||
                           std::any_of(names.begin(), names.end(), [&](const std::string& name) {
                             return SameNameAnyCase(name, column.name);
                           });
      merged.columns.push_back(std::move(column));
    }
  }
  // A merged column of a join further left is merged again: its first form is gone.
  std::erase_if(merged.columns, [](const ScopeColumn& column) {
    return column.merged_away && column.table.empty();
  });
  ASSIGN_OR_RETURN(PlanPtr plan, At(context_, item.Child("rarg"),
                                    JoinNode::Make(left.plan, right.plan, std::move(spec))));
  if (!computed.empty()) {
    for (const auto& field : plan->schema()->fields()) {
      computed.push_back({field->name(), Expr::Column(field->name())});
    }
    ASSIGN_OR_RETURN(plan, ProjectNode::Make(plan, std::move(computed)));
  }
  return FromItem{std::move(plan), std::move(merged)};
}

}  // namespace tusk::df::sql

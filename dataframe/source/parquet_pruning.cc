#include "dataframe/source/parquet_pruning.h"

#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <arrow/api.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/metadata.h>
#include <parquet/statistics.h>

#include "dataframe/expr/bind.h"
#include "dataframe/type/arrow_status.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {
namespace {

/// For each row group: may the condition be true for one of its rows?
using Keep = std::vector<bool>;

/// The statistics of one column, a row for each row group.
struct GroupStatistics {
  std::shared_ptr<arrow::Array> least;     // null where unknown
  std::shared_ptr<arrow::Array> greatest;  // likewise
  std::vector<int64_t> nulls;              // -1 where unknown
  std::vector<int64_t> rows;
};

/// The comparison with its sides swapped.
std::string Mirror(const std::string& op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">") return "<";
  if (op == ">=") return "<=";
  return op;
}

bool IsConstant(const Expr& expr) { return ColumnsOf(expr).empty(); }

/// Appends a statistics value, or null when it is not known or does not convert.
arrow::Status AppendValue(const std::shared_ptr<arrow::Scalar>& value,
                          arrow::ArrayBuilder& builder) {
  if (value == nullptr || !value->is_valid) return builder.AppendNull();
  if (value->type->Equals(*builder.type())) return builder.AppendScalar(*value);
  const auto cast = value->CastTo(builder.type());
  if (!cast.ok()) return builder.AppendNull();
  return builder.AppendScalar(**cast);
}

class Pruner {
 public:
  Pruner(const parquet::FileMetaData& metadata, const parquet::arrow::SchemaManifest& manifest,
         const arrow::Schema& schema, int begin, int end)
      : metadata_(metadata), manifest_(manifest), schema_(schema), begin_(begin), end_(end) {}

  Keep Test(const Expr& expr) {
    if (expr.kind() != ExprKind::kCall) return All();
    const std::string& name = expr.name();
    if (name == "and" || name == "or") {
      Keep keep(Count(), name == "and");
      for (const ExprPtr& arg : expr.args()) {
        const Keep one = Test(*arg);
        for (size_t i = 0; i < keep.size(); ++i) {
          keep[i] = name == "and" ? keep[i] && one[i] : keep[i] || one[i];
        }
      }
      return keep;
    }
    if ((name == "is_null" || name == "is_not_null") && expr.args().size() == 1 &&
        expr.args()[0]->kind() == ExprKind::kColumn) {
      return TestNull(expr.args()[0]->name(), name == "is_null");
    }
    if (name == "in") return TestIn(expr);
    if (name == "=" || name == "<" || name == "<=" || name == ">" || name == ">=") {
      return TestComparison(expr);
    }
    return All();
  }

 private:
  size_t Count() const { return static_cast<size_t>(end_ - begin_); }
  Keep All() const { return Keep(Count(), true); }

  Keep TestNull(const std::string& column, bool wanted_null) {
    const GroupStatistics* statistics = Find(column);
    if (statistics == nullptr) return All();
    Keep keep = All();
    for (size_t i = 0; i < keep.size(); ++i) {
      if (statistics->nulls[i] < 0) continue;
      keep[i] = wanted_null ? statistics->nulls[i] > 0 : statistics->nulls[i] < statistics->rows[i];
    }
    return keep;
  }

  Keep TestIn(const Expr& expr) {
    if (expr.args().empty() || expr.args()[0]->kind() != ExprKind::kColumn) return All();
    Keep keep(Count(), false);
    for (size_t a = 1; a < expr.args().size(); ++a) {
      if (!IsConstant(*expr.args()[a])) return All();
      const Keep one = Compare(expr.args()[0]->name(), "=", expr.args()[a]);
      for (size_t i = 0; i < keep.size(); ++i) keep[i] = keep[i] || one[i];
    }
    return keep;
  }

  Keep TestComparison(const Expr& expr) {
    if (expr.args().size() != 2) return All();
    const ExprPtr& left = expr.args()[0];
    const ExprPtr& right = expr.args()[1];
    if (left->kind() == ExprKind::kColumn && IsConstant(*right)) {
      return Compare(left->name(), expr.name(), right);
    }
    if (right->kind() == ExprKind::kColumn && IsConstant(*left)) {
      return Compare(right->name(), Mirror(expr.name()), left);
    }
    return All();
  }

  Keep Compare(const std::string& column, const std::string& op, const ExprPtr& constant) {
    const GroupStatistics* statistics = Find(column);
    if (statistics == nullptr || !NanIsHarmless(column, op, *constant)) return All();
    Keep keep = All();
    // The least value stands for the whole group below a bound, the greatest above one.
    if (op == "=" || op == "<" || op == "<=") {
      Narrow(column, op == "=" ? "<=" : op, constant, statistics->least, keep);
    }
    if (op == "=" || op == ">" || op == ">=") {
      Narrow(column, op == "=" ? ">=" : op, constant, statistics->greatest, keep);
    }
    for (size_t i = 0; i < keep.size(); ++i) {
      if (statistics->nulls[i] == statistics->rows[i]) keep[i] = false;
    }
    return keep;
  }

  /// Statistics leave NaN out, which compares as greater than all numbers.
  bool NanIsHarmless(const std::string& column, const std::string& op, const Expr& constant) const {
    if (!IsFloatType(*schema_.GetFieldByName(column)->type())) return true;
    if (op == ">" || op == ">=") return false;
    if (constant.kind() != ExprKind::kLiteral || constant.value() == nullptr) return false;
    const auto number = constant.value()->CastTo(arrow::float64());
    if (!number.ok() || !(*number)->is_valid) return false;
    return !std::isnan(static_cast<const arrow::DoubleScalar&>(**number).value);
  }

  /// Clears `keep` where `bound op constant` is false, computed as the query would.
  void Narrow(const std::string& column, const std::string& op, const ExprPtr& constant,
              const std::shared_ptr<arrow::Array>& bound, Keep& keep) const {
    const auto schema = arrow::schema({arrow::field(column, bound->type())});
    const auto batch = arrow::RecordBatch::Make(schema, bound->length(), {bound});
    const auto bind = Bind(Expr::Call(op, {Expr::Column(column), constant}), *schema);
    if (!bind.ok() || (*bind)->type()->id() != arrow::Type::BOOL) return;
    const auto result = (*bind)->EvaluateArray(*batch);
    if (!result.ok()) return;
    const auto& values = static_cast<const arrow::BooleanArray&>(**result);
    for (size_t i = 0; i < keep.size(); ++i) {
      const auto row = static_cast<int64_t>(i);
      if (values.IsValid(row) && !values.Value(row)) keep[i] = false;
    }
  }

  const GroupStatistics* Find(const std::string& column) {
    const auto [entry, fresh] = known_.try_emplace(column);
    if (fresh) {
      // Metadata of a damaged file throws.
      try {
        entry->second = Load(column);
      } catch (const std::exception&) {
        entry->second = std::nullopt;
      }
    }
    return entry->second ? &*entry->second : nullptr;
  }

  std::optional<GroupStatistics> Load(const std::string& column) const {
    const auto field = schema_.GetFieldByName(column);
    int leaf = -1;
    for (const auto& candidate : manifest_.schema_fields) {
      if (candidate.field->name() == column && candidate.is_leaf()) leaf = candidate.column_index;
    }
    if (field == nullptr || leaf < 0) return std::nullopt;
    auto least = arrow::MakeBuilder(field->type());
    auto greatest = arrow::MakeBuilder(field->type());
    if (!least.ok() || !greatest.ok()) return std::nullopt;
    GroupStatistics out;
    for (int group = begin_; group < end_; ++group) {
      const auto group_metadata = metadata_.RowGroup(group);
      const auto chunk = group_metadata->ColumnChunk(leaf);
      std::shared_ptr<arrow::Scalar> min, max;
      const auto statistics = chunk->is_stats_set() ? chunk->statistics() : nullptr;
      if (statistics != nullptr && statistics->HasMinMax() &&
          !parquet::arrow::StatisticsAsScalars(*statistics, &min, &max).ok()) {
        min = max = nullptr;
      }
      if (!AppendValue(min, **least).ok() || !AppendValue(max, **greatest).ok()) {
        return std::nullopt;
      }
      out.rows.push_back(group_metadata->num_rows());
      out.nulls.push_back(
          statistics != nullptr && statistics->HasNullCount() ? statistics->null_count() : -1);
    }
    if (!(*least)->Finish(&out.least).ok() || !(*greatest)->Finish(&out.greatest).ok()) {
      return std::nullopt;
    }
    return out;
  }

  const parquet::FileMetaData& metadata_;
  const parquet::arrow::SchemaManifest& manifest_;
  const arrow::Schema& schema_;
  const int begin_;
  const int end_;
  std::map<std::string, std::optional<GroupStatistics>> known_;
};

}  // namespace

std::vector<int> SelectRowGroups(const parquet::FileMetaData& metadata,
                                 const parquet::arrow::SchemaManifest& manifest,
                                 const arrow::Schema& schema, const ExprPtr& predicate, int begin,
                                 int end) {
  std::vector<int> out;
  Keep keep(static_cast<size_t>(end - begin), true);
  if (predicate != nullptr) keep = Pruner(metadata, manifest, schema, begin, end).Test(*predicate);
  for (int i = begin; i < end; ++i) {
    if (keep[static_cast<size_t>(i - begin)]) out.push_back(i);
  }
  return out;
}

}  // namespace tusk::df

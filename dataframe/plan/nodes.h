#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"
#include "dataframe/plan/plan_node.h"
#include "dataframe/plan/table_source.h"

namespace tusk::df {

/// The steps of plans. Each `Make` checks its expressions against the children (kInvalidArgument as
/// of `Bind`) and computes the schema.

/// Reads a table: some of its columns under names of the plan's, only the rows that fulfil
/// `predicate`. The predicate (null: all rows) is over the names of the plan and exact: readers
/// prune by statistics, then filter.
class ScanNode final : public PlanNode {
 public:
  /// A column of the table and its name in the plan. Hidden ones are read for the predicate and not
  /// handed out.
  struct Column {
    std::string source;
    std::string name;
    bool hidden = false;
  };
  static Result<PlanPtr> Make(std::shared_ptr<const TableSource> source,
                              std::vector<Column> columns, ExprPtr predicate = nullptr);
  /// All columns under their own names.
  static Result<PlanPtr> Make(std::shared_ptr<const TableSource> source);

  const TableSource& source() const { return *source_; }
  const std::shared_ptr<const TableSource>& shared_source() const { return source_; }
  const std::vector<Column>& columns() const { return columns_; }
  const ExprPtr& predicate() const { return predicate_; }
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

 private:
  ScanNode(SchemaPtr schema, std::shared_ptr<const TableSource> source, std::vector<Column> columns,
           ExprPtr predicate);
  const std::shared_ptr<const TableSource> source_;
  const std::vector<Column> columns_;
  const ExprPtr predicate_;
};

/// Rows that the plan holds: VALUES lists, SELECT without FROM, small tables of a program.
class ValuesNode final : public PlanNode {
 public:
  static Result<PlanPtr> Make(std::shared_ptr<arrow::RecordBatch> rows);

  const std::shared_ptr<arrow::RecordBatch>& rows() const { return rows_; }
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

 private:
  explicit ValuesNode(std::shared_ptr<arrow::RecordBatch> rows);
  const std::shared_ptr<arrow::RecordBatch> rows_;
};

/// The rows for which `condition` is true (not null, not false).
class FilterNode final : public PlanNode {
 public:
  static Result<PlanPtr> Make(PlanPtr child, ExprPtr condition);

  const ExprPtr& condition() const { return condition_; }
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

 private:
  FilterNode(PlanPtr child, ExprPtr condition);
  const ExprPtr condition_;
};

/// Columns computed from columns, row by row.
class ProjectNode final : public PlanNode {
 public:
  static Result<PlanPtr> Make(PlanPtr child, std::vector<NamedExpr> columns);

  const std::vector<NamedExpr>& columns() const { return columns_; }
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

 private:
  ProjectNode(SchemaPtr schema, PlanPtr child, std::vector<NamedExpr> columns);
  const std::vector<NamedExpr> columns_;
};

/// One aggregate of an AggregateNode.
struct AggregateCall {
  std::string function;
  /// Over the child's columns; literal parameters behind. Of a kFinal node they are only text.
  std::vector<ExprPtr> args;
  bool distinct = false;
  /// Only rows for which it is true; may be null.
  ExprPtr filter;
  /// The result's column.
  std::string name;
  /// Types of `args`; filled by Make of kComplete and kPartial.
  std::vector<TypePtr> arg_types;
};

/// In which phase an aggregation is (`AggregateState`).
enum class AggregateMode : uint8_t {
  kComplete = 0,  ///< rows in, results out
  kPartial = 1,   ///< rows in; keys, then all states' columns out (names: StateColumn)
  kFinal = 2,     ///< what kPartial hands out in, results out
};

/// Groups rows by keys (null is a key as others are) and aggregates each group. Without keys there
/// is one group, also of no rows. Without aggregates: the distinct keys.
class AggregateNode final : public PlanNode {
 public:
  static Result<PlanPtr> Make(PlanPtr child, std::vector<NamedExpr> keys,
                              std::vector<AggregateCall> aggregates,
                              AggregateMode mode = AggregateMode::kComplete);

  const std::vector<NamedExpr>& keys() const { return keys_; }
  const std::vector<AggregateCall>& aggregates() const { return aggregates_; }
  AggregateMode mode() const { return mode_; }
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

  /// The name of column `index` of the state of the aggregate named `name`.
  static std::string StateColumn(const std::string& name, size_t index);

 private:
  AggregateNode(SchemaPtr schema, PlanPtr child, std::vector<NamedExpr> keys,
                std::vector<AggregateCall> aggregates, AggregateMode mode);
  const std::vector<NamedExpr> keys_;
  const std::vector<AggregateCall> aggregates_;
  const AggregateMode mode_;
};

enum class JoinType : uint8_t {
  kInner = 0,
  kLeft = 1,
  kRight = 2,
  kFull = 3,
  kSemi = 4,           ///< left rows with a match
  kAnti = 5,           ///< left rows without a match
  kNullAwareAnti = 6,  ///< NOT IN: no row at all when the right side has a null key
  kSingle = 7,         ///< as kLeft, but a second match is an error: scalar subqueries
  kMark = 8,           ///< left rows and a bool column: has a match (null: unknown, as IN has it)
};
std::string_view JoinTypeName(JoinType type);

/// How a join is carried out; kAuto until the optimizer has chosen.
enum class JoinStrategy : uint8_t {
  kAuto = 0,
  kBroadcastRight = 1,  ///< every task holds the whole right side
  kBroadcastLeft = 2,   ///< every task holds the whole left side; inner and right joins only
  kPartitioned = 3,     ///< both sides are shuffled by their keys
};
std::string_view JoinStrategyName(JoinStrategy strategy);

/// Everything that a join is, but its children.
struct JoinSpec {
  JoinType type = JoinType::kInner;
  /// Equal pairs: over the left child, over the right child; cast to a common type by Make. None:
  /// every pair of rows is a candidate.
  std::vector<std::pair<ExprPtr, ExprPtr>> keys;
  /// What candidates must fulfil beyond the keys, over the columns of both; may be null.
  ExprPtr residual;
  /// Null keys match each other (INTERSECT, EXCEPT), else nothing.
  bool nulls_match = false;
  /// Of kMark: the bool column's name.
  std::string mark;
  JoinStrategy strategy = JoinStrategy::kAuto;
  /// Why the optimizer has chosen the strategy; for explain.
  std::string reason;
};

/// Columns of the left child, then of the right one (semi and anti: left only; mark: left and the
/// mark). The names of both must differ.
class JoinNode final : public PlanNode {
 public:
  static Result<PlanPtr> Make(PlanPtr left, PlanPtr right, JoinSpec spec);

  const JoinSpec& spec() const { return spec_; }
  const PlanPtr& left() const { return children()[0]; }
  const PlanPtr& right() const { return children()[1]; }
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

 private:
  JoinNode(SchemaPtr schema, PlanPtr left, PlanPtr right, JoinSpec spec);
  const JoinSpec spec_;
};

/// All rows in order; with `limit` only the first of them (top-k), after `offset` skipped ones.
class SortNode final : public PlanNode {
 public:
  static Result<PlanPtr> Make(PlanPtr child, std::vector<SortKey> keys,
                              std::optional<int64_t> limit = std::nullopt, int64_t offset = 0);

  const std::vector<SortKey>& keys() const { return keys_; }
  const std::optional<int64_t>& limit() const { return limit_; }
  int64_t offset() const { return offset_; }
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

 private:
  SortNode(PlanPtr child, std::vector<SortKey> keys, std::optional<int64_t> limit, int64_t offset);
  const std::vector<SortKey> keys_;
  const std::optional<int64_t> limit_;
  const int64_t offset_;
};

/// At most `limit` rows (nothing: all), after `offset` skipped ones; which ones is the child's
/// order.
class LimitNode final : public PlanNode {
 public:
  static Result<PlanPtr> Make(PlanPtr child, std::optional<int64_t> limit, int64_t offset = 0);

  const std::optional<int64_t>& limit() const { return limit_; }
  int64_t offset() const { return offset_; }
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

 private:
  LimitNode(PlanPtr child, std::optional<int64_t> limit, int64_t offset);
  const std::optional<int64_t> limit_;
  const int64_t offset_;
};

/// One function of a WindowNode: row_number, rank, dense_rank, percent_rank, ntile, lag, lead,
/// first_value, last_value, or any aggregate.
struct WindowCall {
  std::string function;
  std::vector<ExprPtr> args;
  WindowFrame frame;
  std::string name;
};

/// The type of a window function for arguments of these types; kInvalidArgument for an unknown one.
Result<TypePtr> WindowResultType(const std::string& function, const std::vector<TypePtr>& args);

/// All rows with further columns, computed over each row's partition in an order.
class WindowNode final : public PlanNode {
 public:
  static Result<PlanPtr> Make(PlanPtr child, std::vector<ExprPtr> partition_by,
                              std::vector<SortKey> order_by, std::vector<WindowCall> calls);

  const std::vector<ExprPtr>& partition_by() const { return partition_by_; }
  const std::vector<SortKey>& order_by() const { return order_by_; }
  const std::vector<WindowCall>& calls() const { return calls_; }
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

 private:
  WindowNode(SchemaPtr schema, PlanPtr child, std::vector<ExprPtr> partition_by,
             std::vector<SortKey> order_by, std::vector<WindowCall> calls);
  const std::vector<ExprPtr> partition_by_;
  const std::vector<SortKey> order_by_;
  const std::vector<WindowCall> calls_;
};

/// The rows of all children, which have equal types column by column; names are the first one's.
class UnionNode final : public PlanNode {
 public:
  static Result<PlanPtr> Make(std::vector<PlanPtr> children);
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

 private:
  UnionNode(SchemaPtr schema, std::vector<PlanPtr> children);
};

/// A row for each element of list column `column`, which becomes its element; a null or empty list
/// makes no row, or one with null when `keep_empty`.
class ExplodeNode final : public PlanNode {
 public:
  static Result<PlanPtr> Make(PlanPtr child, std::string column, bool keep_empty = false);

  const std::string& column() const { return column_; }
  bool keep_empty() const { return keep_empty_; }
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

 private:
  ExplodeNode(SchemaPtr schema, PlanPtr child, std::string column, bool keep_empty);
  const std::string column_;
  const bool keep_empty_;
};

/// What a function of the program makes of the child's batches: any number of rows of the declared
/// columns for each batch. How rows are divided into batches is not the function's to know. Tasks
/// find it by name in the program that they are (exec/batch_function.h).
class MapBatchesNode final : public PlanNode {
 public:
  static Result<PlanPtr> Make(PlanPtr child, std::string function, SchemaPtr result);

  const std::string& function() const { return function_; }
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

 private:
  MapBatchesNode(SchemaPtr schema, PlanPtr child, std::string function);
  const std::string function_;
};

/// A Bloom filter (exec/bloom_filter.h) of the child's rows, all columns of which are the key, in
/// rows of `BloomSchema`. It is made for `keys` different ones: with more it lets more through. As
/// aggregations it is made in two phases: of keys, and of the parts that the first one hands out.
class BloomBuildNode final : public PlanNode {
 public:
  static Result<PlanPtr> Make(PlanPtr child, int64_t keys);
  /// The second phase, over rows of `BloomSchema`.
  static Result<PlanPtr> MakeMerge(PlanPtr child, int64_t keys);

  int64_t keys() const { return keys_; }
  bool merges() const { return merges_; }
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

 private:
  BloomBuildNode(PlanPtr child, int64_t keys, bool merges);
  const int64_t keys_;
  const bool merges_;
};

/// Rows of a Bloom filter: a segment's number, and what is in it. A segment may come several times.
const SchemaPtr& BloomSchema();

/// The rows of the first child whose `keys` may be in the filter that the second one hands out: all
/// whose keys are in it, and about one of a hundred others.
class BloomProbeNode final : public PlanNode {
 public:
  /// `filter` has been built for `filter_keys` keys of the same types as these.
  static Result<PlanPtr> Make(PlanPtr rows, PlanPtr filter, std::vector<ExprPtr> keys,
                              int64_t filter_keys);

  const PlanPtr& filter() const { return children()[1]; }
  const std::vector<ExprPtr>& keys() const { return keys_; }
  int64_t filter_keys() const { return filter_keys_; }
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

 private:
  BloomProbeNode(PlanPtr rows, PlanPtr filter, std::vector<ExprPtr> keys, int64_t filter_keys);
  const std::vector<ExprPtr> keys_;
  const int64_t filter_keys_;
};

/// In a reduce: the batches that the maps have sent under `tag`.
class ShuffleReadNode final : public PlanNode {
 public:
  static PlanPtr Make(uint32_t tag, SchemaPtr schema);

  uint32_t tag() const { return tag_; }
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

 private:
  ShuffleReadNode(uint32_t tag, SchemaPtr schema);
  const uint32_t tag_;
};

/// What happens when there is something at the place of the result.
enum class SaveMode : uint8_t { kError = 0, kOverwrite = 1, kAppend = 2, kIgnore = 3 };

/// A result that stays.
struct WriteSpec {
  std::string path;
  TableFormat format = TableFormat::kParquet;
  SaveMode mode = SaveMode::kError;
  CsvFormat csv;
  /// Columns that become folders `name=value`.
  std::vector<std::string> partition_by;
  /// "snappy", "zstd", "gzip", "lz4", "none"; empty: the format's usual one.
  std::string compression;
  /// Length that files shall have; 0: as many files as tasks.
  uint64_t target_file_bytes = 0;
};

/// Writes the child's rows; hands out none.
class WriteNode final : public PlanNode {
 public:
  static Result<PlanPtr> Make(PlanPtr child, WriteSpec spec);

  const WriteSpec& spec() const { return spec_; }
  Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const override;

 private:
  WriteNode(PlanPtr child, WriteSpec spec);
  const WriteSpec spec_;
};

}  // namespace tusk::df

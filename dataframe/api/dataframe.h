#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/api/column_ref.h"
#include "dataframe/api/group_by.h"
#include "dataframe/api/user_function.h"
#include "dataframe/api/write_options.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

class Session;

/// What Join matches by: the names of columns that both sides have, or a condition over the columns
/// of the result (those of the right side that the left one has as well are called `name_right`).
class JoinOn {
 public:
  // NOLINTBEGIN(google-explicit-constructor): names and conditions are what is joined on.
  JoinOn(const char* name, const std::source_location& where = std::source_location::current())
      : names_({name}), place_(PlaceOf(where)) {}
  JoinOn(const std::string& name,
         const std::source_location& where = std::source_location::current())
      : names_({name}), place_(PlaceOf(where)) {}
  JoinOn(std::vector<std::string> names,
         const std::source_location& where = std::source_location::current())
      : names_(std::move(names)), place_(PlaceOf(where)) {}
  JoinOn(std::initializer_list<const char*> names,
         const std::source_location& where = std::source_location::current())
      : names_(names.begin(), names.end()), place_(PlaceOf(where)) {}
  JoinOn(const Column& condition) : condition_({condition}), place_(condition.place()) {}
  // NOLINTEND(google-explicit-constructor)

  const std::vector<std::string>& names() const { return names_; }
  /// Null when there are names.
  const Column* condition() const { return condition_.empty() ? nullptr : &condition_.front(); }
  const SourcePlace& place() const { return place_; }

 private:
  std::vector<std::string> names_;
  std::vector<Column> condition_;
  SourcePlace place_;
};

/// A table that is still to be computed: a plan, and the session that can run it.
///
///   auto late = flights.Filter(col("dep_delay") > 15)
///                   .GroupBy("carrier")
///                   .Agg(Count().As("flights"), Mean("dep_delay").As("mean_delay"))
///                   .Sort(col("mean_delay").Desc());
///   return session.Exit(late.Show());
///
/// Methods that give a DataFrame run nothing and never fail: the first mistake is kept with its
/// place in the program and told by the action. Actions (those that give a Status or a Result) run
/// the plan, each time anew: Materialize keeps what several need. A cheap, immutable value that
/// must not outlive its session; of one thread, as the session is.
class DataFrame {
 public:
  using Location = std::source_location;

  DataFrame(Session* session, Result<PlanPtr> plan) : session_(session), plan_(std::move(plan)) {}

  // Columns.

  /// These columns, in this order.
  template <ColumnLike... Rest>
  DataFrame Select(Column first, Rest&&... rest) const {
    return Select(ColumnsFrom(std::move(first), std::forward<Rest>(rest)...));
  }
  DataFrame Select(std::span<const Column> columns) const;

  /// All columns and these: one of a name that is there takes its place, others come behind. May
  /// hold window functions.
  template <ColumnLike... Rest>
  DataFrame WithColumns(Column first, Rest&&... rest) const {
    return WithColumns(ColumnsFrom(std::move(first), std::forward<Rest>(rest)...));
  }
  DataFrame WithColumns(std::span<const Column> columns) const;

  DataFrame Rename(const std::string& from, const std::string& to,
                   const Location& where = Location::current()) const;
  /// All but these; each must be there.
  template <ColumnLike... Rest>
  DataFrame Drop(Column first, Rest&&... rest) const {
    return Drop(ColumnsFrom(std::move(first), std::forward<Rest>(rest)...));
  }
  DataFrame Drop(std::span<const Column> columns) const;
  /// The column with values of another type, as Column::Cast.
  DataFrame Cast(const Column& column, std::string_view type) const;

  // Rows.

  /// The rows for which it is true: not false, not null.
  DataFrame Filter(const Operand& condition) const;
  /// Each row once. Null is a value as others are.
  DataFrame Distinct() const;
  /// The first rows; without a Sort before it, any.
  DataFrame Limit(int64_t rows, int64_t offset = 0,
                  const Location& where = Location::current()) const;
  /// In order; nulls last unless a key says NullsFirst.
  template <ColumnLike... Rest>
  DataFrame Sort(Column first, Rest&&... rest) const {
    return Sort(ColumnsFrom(std::move(first), std::forward<Rest>(rest)...));
  }
  DataFrame Sort(std::span<const Column> keys) const;
  /// Sort and Limit in one, which needs memory for `rows` only.
  template <ColumnLike... Rest>
  DataFrame TopK(int64_t rows, Column first, Rest&&... rest) const {
    return TopK(rows, ColumnsFrom(std::move(first), std::forward<Rest>(rest)...));
  }
  DataFrame TopK(int64_t rows, std::span<const Column> keys) const;
  /// About this fraction of the rows, for each seed others; the same ones each time, however the
  /// table is cut into tasks, since the values of a row decide. So equal rows are taken or left
  /// together: what is sampled should have a column that tells rows apart.
  DataFrame Sample(double fraction, uint64_t seed = 0,
                   const Location& where = Location::current()) const;

  // Functions of the program, which run in the tasks. A lambda must not capture: tasks are this
  // program again and find it by its type. It should be a function of what it is given, as tasks
  // are run again. What it throws fails the query, with its text.

  /// What `function` makes of the rows, batch by batch: any number of rows of the columns that are
  /// declared as `result`. How rows are divided into batches it must not depend on.
  ///
  ///   auto tall = people.MapBatches(schema, [](const std::shared_ptr<arrow::RecordBatch>& batch) {
  ///     return batch->Slice(0, 1);
  ///   });
  template <typename F>
  DataFrame MapBatches(SchemaPtr result, F /*function*/,
                       const Location& where = Location::current()) const {
    static_assert(internal::Travels<F>,
                  "a lambda that captures cannot travel to a task: read what it needs inside of "
                  "it, or from a column");
    return MapBatches(std::move(result),
                      internal::BatchFunctionName<F, &internal::CallWithBatch<F>>(), where);
  }
  /// All columns and one more, `name`, which `function` computes from the values of `columns`, row
  /// by row. The types are the lambda's: columns are cast to those of its parameters, the result
  /// has that of what it returns (bool, numbers, std::string, or std::optional of these). A null
  /// in a column whose parameter is no std::optional makes null without a call.
  ///
  ///   MapRows({"first", "last"}, "name", [](std::string_view first, std::string_view last) {
  ///     return std::string(last) + ", " + std::string(first);
  ///   })
  template <typename F>
  DataFrame MapRows(const std::vector<std::string>& columns, const std::string& name,
                    F /*function*/, const Location& where = Location::current()) const {
    static_assert(internal::Travels<F>,
                  "a lambda that captures cannot travel to a task: read what it needs inside of "
                  "it, or from a column");
    using Signature = internal::RowSignature<decltype(&F::operator())>;
    return MapRows(columns, name, Signature::Types(),
                   internal::RowTypePtr<typename Signature::Given>(),
                   internal::BatchFunctionName<F, &internal::CallWithRows<F>>(), where);
  }
  /// A row for each element of a list column, which becomes its element; null and empty lists make
  /// no row, or with `keep_empty` one with null.
  DataFrame Explode(const Column& column, bool keep_empty = false) const;
  /// A row for each of `columns` of a row: its name as column `name`, its value as column `value`,
  /// and the columns `ids` before them. The types of `columns` must meet.
  DataFrame Unpivot(const std::vector<std::string>& ids, const std::vector<std::string>& columns,
                    const std::string& name = "name", const std::string& value = "value",
                    const Location& where = Location::current()) const;

  // Nulls.

  /// `value` for null in all columns that can hold it: numbers in columns of numbers, texts in
  /// columns of texts, bools in columns of bools.
  DataFrame FillNull(const Operand& value) const;
  /// In these columns.
  DataFrame FillNull(const std::vector<std::string>& columns, const Operand& value) const;
  /// The rows without null, in any column or in these.
  DataFrame DropNulls() const;
  template <ColumnLike... Rest>
  DataFrame DropNulls(Column first, Rest&&... rest) const {
    return DropNulls(ColumnsFrom(std::move(first), std::forward<Rest>(rest)...));
  }
  DataFrame DropNulls(std::span<const Column> columns) const;

  // Groups.

  template <ColumnLike... Rest>
  GroupedFrame GroupBy(Column first, Rest&&... rest) const {
    return GroupBy(ColumnsFrom(std::move(first), std::forward<Rest>(rest)...));
  }
  GroupedFrame GroupBy(std::span<const Column> keys) const;
  /// Aggregates of all rows: one row.
  template <ColumnLike... Rest>
  DataFrame Agg(Column first, Rest&&... rest) const {
    return Agg(ColumnsFrom(std::move(first), std::forward<Rest>(rest)...));
  }
  DataFrame Agg(std::span<const Column> columns) const;
  /// How often each value is there, as column "count", the most frequent first.
  DataFrame ValueCounts(const Column& column) const;
  /// A row for each column: its name, type, numbers of values and nulls, mean, stddev, min, p25,
  /// median, p75, max. Quantiles are from a sketch; min and max are texts.
  DataFrame Describe(const Location& where = Location::current()) const;

  // Several dataframes; of one session.

  /// Rows of both that belong together. By names each name is one column of the result; all other
  /// columns of `other` whose names are taken are called `name_right`. Null matches nothing. A
  /// condition must have an equality of one side with the other at least (CrossJoin does not).
  /// Types: kInner, kLeft, kRight, kFull, and kSemi or kAnti, which keep the left columns only.
  DataFrame Join(const DataFrame& other, const JoinOn& on, JoinType type = JoinType::kInner) const;
  /// Every row with every row: as many as both numbers of rows multiplied. `other` is held in
  /// memory by each task.
  DataFrame CrossJoin(const DataFrame& other, const Location& where = Location::current()) const;
  /// The rows of both. Columns are matched by name and must be the same on both sides, with equal
  /// types. Equal rows stay: Distinct takes them away.
  DataFrame Union(const DataFrame& other, const Location& where = Location::current()) const;

  // Actions.

  /// Runs it and gives the same rows, now in files of the session's stage directory.
  Result<DataFrame> Materialize() const;
  /// All rows, in memory. kTooLarge when their files are greater than `max_bytes`.
  Result<std::shared_ptr<arrow::Table>> Collect(uint64_t max_bytes = uint64_t{1} << 30) const;
  /// The number of rows.
  Result<int64_t> CountRows() const;
  /// Prints the first rows as a table; 0: all.
  Status Show(int64_t rows = 20) const;
  /// Prints a line for each column: its name, type and first values. For wide tables.
  Status Glimpse(int64_t rows = 10) const;
  /// Prints all rows as CSV with a header.
  Status PrintCsv() const;
  /// Writes files of the format into the folder `path`, whole or not at all. kAlreadyExists when it
  /// is there and the mode is SaveMode::kError; kInvalidArgument when rows are appended to a table
  /// with other columns, partitions or of another format.
  Status WriteCsv(const std::string& path, const WriteOptions& options = {}) const;
  Status WriteJson(const std::string& path, const WriteOptions& options = {}) const;
  Status WriteParquet(const std::string& path, const WriteOptions& options = {}) const;
  Status WriteIpc(const std::string& path, const WriteOptions& options = {}) const;

  // What is known without running anything.

  Result<SchemaPtr> Schema() const;
  /// The plan as written and as optimized, and the jobs that it becomes.
  Result<std::string> Explain() const;

  /// The plan, or the first mistake.
  const Result<PlanPtr>& plan() const { return plan_; }
  Session* session() const { return session_; }

 private:
  DataFrame MapBatches(SchemaPtr result, const std::string& function, const Location& where) const;
  DataFrame MapRows(const std::vector<std::string>& columns, const std::string& name,
                    const std::vector<TypePtr>& types, const TypePtr& result,
                    const std::string& function, const Location& where) const;
  DataFrame Next(Result<PlanPtr> plan) const { return DataFrame(session_, std::move(plan)); }
  Status Write(const std::string& path, TableFormat format, const WriteOptions& options) const;

  Session* session_;
  Result<PlanPtr> plan_;
};

template <ColumnLike... Rest>
DataFrame GroupedFrame::Agg(Column first, Rest&&... rest) const {
  return Agg(ColumnsFrom(std::move(first), std::forward<Rest>(rest)...));
}

}  // namespace tusk::df

#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <variant>
#include <vector>

#include <arrow/type_fwd.h>

#include "common/base/random.h"
#include "dataframe/exec/memory_budget.h"
#include "dataframe/exec/operator.h"
#include "dataframe/plan/nodes.h"
#include "tests/support/temp_dir.h"

namespace tusk::df {

/// A decimal's digits without its scale.
struct DecimalValue {
  __int128 digits = 0;
  friend bool operator==(const DecimalValue&, const DecimalValue&) = default;
};

/// One cell, for references that go row by row. Integers, dates, times and bools are int64_t; null
/// is the first alternative. -0 is read as 0.
using Value = std::variant<std::monostate, int64_t, double, std::string, DecimalValue>;
using Row = std::vector<Value>;
using Rows = std::vector<Row>;

inline bool IsNull(const Value& value) { return value.index() == 0; }
/// Of two values of one type, neither null: negative, 0, positive; NaN is above all and equal to
/// itself.
int CompareValues(const Value& a, const Value& b);
/// A text that is equal for equal values alone: NaN is NaN.
std::string TextOf(const Value& value);
std::string TextOf(const Row& row);
/// Rows as texts, sorted: what two tables without an order are compared by.
std::vector<std::string> SortedTexts(const Rows& rows);

Value ValueAt(const arrow::Array& column, int64_t row);
Rows RowsOf(const arrow::RecordBatch& batch);
Rows RowsOf(const std::vector<BatchPtr>& batches);

/// Random rows: few distinct values in each column, one in eight of nullable columns null; floats
/// have NaN, both zeros and infinities, text has empty ones, long ones and zero bytes.
BatchPtr RandomBatch(const SchemaPtr& schema, int64_t rows, uint64_t distinct, Random& random);

/// A context with a budget and a directory of its own.
struct TestContext {
  explicit TestContext(int64_t budget_bytes, int64_t batch_rows = 1000);
  TempDir directory;
  MemoryBudget budget;
  ExecContext context;
};
inline constexpr int64_t kAmple = int64_t{1} << 30;
inline constexpr int64_t kTiny = int64_t{16} << 10;

/// Keeps what it is given. Refuses empty batches and other schemas.
class CollectSink final : public BatchSink {
 public:
  explicit CollectSink(SchemaPtr schema) : schema_(std::move(schema)) {}
  Status Push(const BatchPtr& batch) override;
  Status Finish() override;
  const std::vector<BatchPtr>& batches() const { return batches_; }
  bool finished() const { return finished_; }

 private:
  const SchemaPtr schema_;
  std::vector<BatchPtr> batches_;
  bool finished_ = false;
};

/// The batches of a plan whose leaves are ValuesNodes, read in pieces of random length.
Result<std::vector<BatchPtr>> RunPlan(const PlanPtr& plan, ExecContext& context, Random& random);

/// Rows in order, equal ones as they were. (std::stable_sort of libstdc++ 12 warns of itself under
/// clang.)
template <typename Less>
Rows SortedStably(Rows rows, const Less& less) {
  std::vector<size_t> order(rows.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    if (less(rows[a], rows[b])) return true;
    return !less(rows[b], rows[a]) && a < b;
  });
  Rows sorted;
  for (const size_t index : order) sorted.push_back(std::move(rows[index]));
  return sorted;
}

}  // namespace tusk::df

#include "tests/dataframe/exec/table_rows.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

#include "common/base/check.h"
#include "common/base/status_macros.h"

namespace tusk::df {
namespace {

template <typename T>
int Order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

double RandomDouble(uint64_t choice) {
  constexpr double kSpecial[] = {std::numeric_limits<double>::quiet_NaN(), -0.0, 0.0,
                                 std::numeric_limits<double>::infinity(),
                                 -std::numeric_limits<double>::infinity()};
  if (choice < std::size(kSpecial)) return kSpecial[choice];
  return (static_cast<double>(choice) - 20) * 1.5;
}

std::string RandomText(uint64_t choice) {
  switch (choice) {
    case 0:
      return "";
    case 1:
      return std::string("a\0b", 3);
    case 2:
      return std::string("a\0", 2);
    case 3:
      return std::string(300, 'x');
    default:
      return "text " + std::to_string(choice);
  }
}

template <typename Builder, typename Get>
std::shared_ptr<arrow::Array> Build(Builder builder, int64_t rows, bool nullable, Random& random,
                                    const Get& get) {
  for (int64_t i = 0; i < rows; ++i) {
    if (nullable && random.Below(8) == 0) {
      CHECK(builder.AppendNull().ok());
    } else {
      CHECK(builder.Append(get()).ok());
    }
  }
  return *builder.Finish();
}

std::shared_ptr<arrow::Array> RandomColumn(const arrow::Field& field, int64_t rows,
                                           uint64_t distinct, Random& random) {
  const auto& type = field.type();
  const bool nullable = field.nullable();
  const auto choice = [&] { return random.Below(distinct); };
  const auto number = [&] { return static_cast<int64_t>(choice()) - 3; };
  switch (type->id()) {
    case arrow::Type::NA:
      return std::make_shared<arrow::NullArray>(rows);
    case arrow::Type::BOOL:
      return Build(arrow::BooleanBuilder(), rows, nullable, random,
                   [&] { return choice() % 2 == 0; });
    case arrow::Type::INT32:
      return Build(arrow::Int32Builder(), rows, nullable, random,
                   [&] { return static_cast<int32_t>(number()); });
    case arrow::Type::DATE32:
      return Build(arrow::Date32Builder(), rows, nullable, random,
                   [&] { return static_cast<int32_t>(number()); });
    case arrow::Type::INT64:
      return Build(arrow::Int64Builder(), rows, nullable, random, number);
    case arrow::Type::DOUBLE:
      return Build(arrow::DoubleBuilder(), rows, nullable, random,
                   [&] { return RandomDouble(choice()); });
    case arrow::Type::STRING:
      return Build(arrow::StringBuilder(), rows, nullable, random,
                   [&] { return RandomText(choice()); });
    case arrow::Type::DECIMAL128:
      return Build(arrow::Decimal128Builder(type), rows, nullable, random,
                   [&] { return arrow::Decimal128(number() * 1'000'000'007); });
    case arrow::Type::LIST: {
      arrow::ListBuilder builder(arrow::default_memory_pool(),
                                 std::make_shared<arrow::Int64Builder>());
      auto& values = static_cast<arrow::Int64Builder&>(*builder.value_builder());
      for (int64_t i = 0; i < rows; ++i) {
        if (nullable && random.Below(8) == 0) {
          CHECK(builder.AppendNull().ok());
          continue;
        }
        CHECK(builder.Append().ok());
        for (uint64_t left = random.Below(4); left > 0; --left) {
          CHECK((random.Below(5) == 0 ? values.AppendNull() : values.Append(number())).ok());
        }
      }
      return *builder.Finish();
    }
    default:
      CHECK(false);
      return nullptr;
  }
}

/// Hands out a batch in pieces.
class PiecesStream final : public BatchStream {
 public:
  PiecesStream(BatchPtr batch, Random& random) : batch_(std::move(batch)), random_(random) {}
  Result<BatchPtr> Next() override {
    if (at_ == batch_->num_rows()) return BatchPtr();
    const int64_t left = batch_->num_rows() - at_;
    const auto most = static_cast<uint64_t>(std::max<int64_t>(batch_->num_rows() / 4, 1));
    const int64_t rows = std::min(left, static_cast<int64_t>(1 + random_.Below(most)));
    at_ += rows;
    return batch_->Slice(at_ - rows, rows);
  }

 private:
  const BatchPtr batch_;
  Random& random_;
  int64_t at_ = 0;
};

class ValuesOpener final : public LeafOpener {
 public:
  explicit ValuesOpener(Random& random) : random_(random) {}
  Result<std::unique_ptr<BatchStream>> Open(const PlanNode& leaf) override {
    CHECK(leaf.kind() == PlanKind::kValues);
    return std::unique_ptr<BatchStream>(
        std::make_unique<PiecesStream>(As<ValuesNode>(leaf).rows(), random_));
  }

 private:
  Random& random_;
};

}  // namespace

int CompareValues(const Value& a, const Value& b) {
  CHECK(a.index() == b.index() && !IsNull(a));
  if (const auto* x = std::get_if<double>(&a)) {
    const double y = std::get<double>(b);
    if (std::isnan(*x) || std::isnan(y)) return Order(std::isnan(*x), std::isnan(y));
    return Order(*x, y);
  }
  if (const auto* x = std::get_if<int64_t>(&a)) return Order(*x, std::get<int64_t>(b));
  if (const auto* x = std::get_if<std::string>(&a)) return Order(*x, std::get<std::string>(b));
  return Order(std::get<DecimalValue>(a).digits, std::get<DecimalValue>(b).digits);
}

std::string TextOf(const Value& value) {
  if (IsNull(value)) return "null";
  if (const auto* x = std::get_if<int64_t>(&value)) return std::to_string(*x);
  if (const auto* x = std::get_if<double>(&value)) {
    return std::isnan(*x) ? "nan" : fmt::format("{:.12g}d", *x);
  }
  if (const auto* x = std::get_if<std::string>(&value)) return "'" + *x + "'";
  return "dec" + arrow::Decimal128(static_cast<int64_t>(std::get<DecimalValue>(value).digits >> 64),
                                   static_cast<uint64_t>(std::get<DecimalValue>(value).digits))
                     .ToIntegerString();
}

std::string TextOf(const Row& row) {
  std::string text;
  for (const Value& value : row) text += TextOf(value) + " | ";
  return text;
}

std::vector<std::string> SortedTexts(const Rows& rows) {
  std::vector<std::string> texts;
  texts.reserve(rows.size());
  for (const Row& row : rows) texts.push_back(TextOf(row));
  std::sort(texts.begin(), texts.end());
  return texts;
}

Value ValueAt(const arrow::Array& column, int64_t row) {
  if (column.IsNull(row)) return {};
  switch (column.type_id()) {
    case arrow::Type::BOOL:
      return int64_t{static_cast<const arrow::BooleanArray&>(column).Value(row)};
    case arrow::Type::INT32:
      return int64_t{static_cast<const arrow::Int32Array&>(column).Value(row)};
    case arrow::Type::DATE32:
      return int64_t{static_cast<const arrow::Date32Array&>(column).Value(row)};
    case arrow::Type::INT64:
      return static_cast<const arrow::Int64Array&>(column).Value(row);
    case arrow::Type::DOUBLE: {
      const double value = static_cast<const arrow::DoubleArray&>(column).Value(row);
      return value == 0 ? 0.0 : value;
    }
    case arrow::Type::STRING:
      return std::string(static_cast<const arrow::StringArray&>(column).GetView(row));
    case arrow::Type::DECIMAL128: {
      DecimalValue value;
      std::memcpy(&value.digits, static_cast<const arrow::Decimal128Array&>(column).GetValue(row),
                  16);
      return value;
    }
    case arrow::Type::LIST: {
      const auto& lists = static_cast<const arrow::ListArray&>(column);
      std::string text = "[";
      for (int64_t i = lists.value_offset(row); i < lists.value_offset(row + 1); ++i) {
        text += TextOf(ValueAt(*lists.values(), i)) + ",";
      }
      return text + "]";
    }
    default:
      CHECK(false);
      return {};
  }
}

Rows RowsOf(const arrow::RecordBatch& batch) {
  Rows rows(static_cast<size_t>(batch.num_rows()));
  for (const auto& column : batch.columns()) {
    for (int64_t i = 0; i < batch.num_rows(); ++i) {
      rows[static_cast<size_t>(i)].push_back(ValueAt(*column, i));
    }
  }
  return rows;
}

Rows RowsOf(const std::vector<BatchPtr>& batches) {
  Rows rows;
  for (const BatchPtr& batch : batches) {
    Rows more = RowsOf(*batch);
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

BatchPtr RandomBatch(const SchemaPtr& schema, int64_t rows, uint64_t distinct, Random& random) {
  std::vector<std::shared_ptr<arrow::Array>> columns;
  for (const auto& field : schema->fields()) {
    columns.push_back(RandomColumn(*field, rows, distinct, random));
  }
  return arrow::RecordBatch::Make(schema, rows, std::move(columns));
}

TestContext::TestContext(int64_t budget_bytes, int64_t batch_rows) : budget(budget_bytes) {
  context.budget = &budget;
  context.spill_directory = directory.path();
  context.batch_rows = batch_rows;
}

Status CollectSink::Push(const BatchPtr& batch) {
  if (batch->num_rows() == 0) return Status(StatusCode::kInternal, "an empty batch");
  if (!batch->schema()->Equals(*schema_)) return Status(StatusCode::kInternal, "a strange schema");
  if (const auto valid = batch->ValidateFull(); !valid.ok()) {
    return Status(StatusCode::kInternal, valid.ToString());
  }
  batches_.push_back(batch);
  return Status::Ok();
}

Status CollectSink::Finish() {
  if (finished_) return Status(StatusCode::kInternal, "finished twice");
  finished_ = true;
  return Status::Ok();
}

Result<std::vector<BatchPtr>> RunPlan(const PlanPtr& plan, ExecContext& context, Random& random) {
  ValuesOpener leaves(random);
  CollectSink out(plan->schema());
  RETURN_IF_ERROR(RunFragment(plan, leaves, context, out));
  if (!out.finished()) return Status(StatusCode::kInternal, "not finished");
  return out.batches();
}

}  // namespace tusk::df

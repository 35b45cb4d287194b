#include "tests/dataframe/source/table_files.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <utility>

#include <arrow/compute/api.h>
#include <arrow/util/decimal.h>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "dataframe/source/arrow_files.h"
#include "dataframe/type/arrow_status.h"
#include "dfs/client/file_system.h"

namespace tusk::df {
namespace {

std::string RandomText(Random& random) {
  static const std::vector<std::string> kPieces = {"a",   "Zz",   ",",   "\"",  "\n", "\r\n",
                                                   " ",   "\t",   "näh", "\\n", "'",  "null",
                                                   "1.5", "\"\"", ";",   "{",   "x y"};
  std::string text;
  for (uint64_t n = random.Below(5); n > 0; --n) text += kPieces[random.Below(kPieces.size())];
  return text;
}

int64_t RandomInteger(Random& random, int64_t least, int64_t greatest) {
  if (random.Chance(0.1)) return random.Chance(0.5) ? least : greatest;
  const auto span = static_cast<uint64_t>(greatest) - static_cast<uint64_t>(least);
  const uint64_t bound = span == UINT64_MAX ? span : span + 1;
  return static_cast<int64_t>(static_cast<uint64_t>(least) + random.Below(bound));
}

double RandomDouble(Random& random, bool odd) {
  static const std::vector<double> kOdd = {std::numeric_limits<double>::quiet_NaN(),
                                           std::numeric_limits<double>::infinity(),
                                           -std::numeric_limits<double>::infinity(),
                                           -0.0,
                                           1e300,
                                           5e-324};
  if (odd && random.Chance(0.1)) return kOdd[random.Below(kOdd.size())];
  if (random.Chance(0.2)) return static_cast<double>(random.Below(100));
  return (random.NextDouble() - 0.5) * std::pow(10.0, static_cast<double>(random.Below(20)));
}

template <typename Builder, typename Make>
std::shared_ptr<arrow::Array> Build(Builder& builder, int64_t rows, Random& random,
                                    const Make& make) {
  for (int64_t i = 0; i < rows; ++i) {
    const auto status = random.Chance(0.1) ? builder.AppendNull() : make(builder);
    CHECK(status.ok());
  }
  return builder.Finish().ValueOrDie();
}

template <typename Type>
std::shared_ptr<arrow::Array> Integers(const TypePtr& type, int64_t rows, Random& random,
                                       int64_t least, int64_t greatest) {
  typename arrow::TypeTraits<Type>::BuilderType builder(type, arrow::default_memory_pool());
  return Build(builder, rows, random, [&](auto& b) {
    return b.Append(static_cast<typename Type::c_type>(RandomInteger(random, least, greatest)));
  });
}

}  // namespace

dfs::FileSystem& LocalFiles() {
  static const std::shared_ptr<dfs::FileSystem> files = dfs::MakeLocalFileSystem();
  return *files;
}

void WriteText(const std::string& path, std::string_view text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

Result<WrittenTable> WriteTable(const std::string& path, const arrow::Table& table,
                                const TableWriterOptions& options, int64_t batch_rows) {
  ASSIGN_OR_RETURN(auto stream, LocalFiles().Create(path));
  ASSIGN_OR_RETURN(auto writer,
                   TableWriter::Open(options, table.schema(), MakeArrowOutput(std::move(stream))));
  arrow::TableBatchReader reader(table);
  reader.set_chunksize(batch_rows);
  while (true) {
    ASSIGN_OR_RETURN(const BatchPtr batch, FromArrow(reader.Next()));
    if (batch == nullptr) break;
    RETURN_IF_ERROR(writer->Write(*batch));
  }
  return writer->Close();
}

std::shared_ptr<arrow::Array> RandomColumn(const TypePtr& type, int64_t rows, Random& random,
                                           bool odd) {
  constexpr int64_t kYears = int64_t{250} * 365 * 24 * 3600 * 1'000'000;
  switch (type->id()) {
    case arrow::Type::BOOL: {
      arrow::BooleanBuilder builder;
      return Build(builder, rows, random, [&](auto& b) { return b.Append(random.Chance(0.5)); });
    }
    case arrow::Type::INT8:
      return Integers<arrow::Int8Type>(type, rows, random, INT8_MIN, INT8_MAX);
    case arrow::Type::INT16:
      return Integers<arrow::Int16Type>(type, rows, random, INT16_MIN, INT16_MAX);
    case arrow::Type::INT32:
      return Integers<arrow::Int32Type>(type, rows, random, INT32_MIN, INT32_MAX);
    case arrow::Type::INT64:
      return Integers<arrow::Int64Type>(type, rows, random, INT64_MIN, INT64_MAX);
    case arrow::Type::UINT8:
      return Integers<arrow::UInt8Type>(type, rows, random, 0, UINT8_MAX);
    case arrow::Type::UINT16:
      return Integers<arrow::UInt16Type>(type, rows, random, 0, UINT16_MAX);
    case arrow::Type::UINT32:
      return Integers<arrow::UInt32Type>(type, rows, random, 0, UINT32_MAX);
    case arrow::Type::UINT64:
      return Integers<arrow::UInt64Type>(type, rows, random, 0, INT64_MAX);
    case arrow::Type::DATE32:
      return Integers<arrow::Date32Type>(type, rows, random, -90'000, 90'000);
    case arrow::Type::TIMESTAMP:
      return Integers<arrow::TimestampType>(type, rows, random, -kYears, kYears);
    case arrow::Type::DURATION:
      return Integers<arrow::DurationType>(type, rows, random, -kYears, kYears);
    case arrow::Type::FLOAT: {
      arrow::FloatBuilder builder;
      return Build(builder, rows, random, [&](auto& b) {
        return b.Append(static_cast<float>(std::fmod(RandomDouble(random, odd), 1e30)));
      });
    }
    case arrow::Type::DOUBLE: {
      arrow::DoubleBuilder builder;
      return Build(builder, rows, random,
                   [&](auto& b) { return b.Append(RandomDouble(random, odd)); });
    }
    case arrow::Type::DECIMAL128: {
      arrow::Decimal128Builder builder(type);
      return Build(builder, rows, random, [&](auto& b) {
        return b.Append(arrow::Decimal128(RandomInteger(random, -99'999'999, 99'999'999)));
      });
    }
    case arrow::Type::STRING: {
      arrow::StringBuilder builder;
      return Build(builder, rows, random, [&](auto& b) { return b.Append(RandomText(random)); });
    }
    case arrow::Type::BINARY: {
      arrow::BinaryBuilder builder;
      return Build(builder, rows, random, [&](auto& b) {
        return b.Append(RandomText(random) + static_cast<char>(random.Below(256)));
      });
    }
    case arrow::Type::LIST: {
      const auto values = RandomColumn(arrow::int64(), rows * 2, random);
      arrow::Int32Builder offsets;
      int32_t offset = 0;
      for (int64_t i = 0; i <= rows; ++i) {
        CHECK(
            (i < rows && random.Chance(0.1) ? offsets.AppendNull() : offsets.Append(offset)).ok());
        if (i < rows) offset += static_cast<int32_t>(random.Below(3));
      }
      return arrow::ListArray::FromArrays(*offsets.Finish().ValueOrDie(), *values).ValueOrDie();
    }
    default:
      break;
  }
  internal::FailCheck("a random column of this type", type->ToString());
}

std::shared_ptr<arrow::Table> RandomTable(const std::vector<TypePtr>& types, int64_t rows,
                                          Random& random, bool odd) {
  std::vector<std::shared_ptr<arrow::Field>> fields;
  std::vector<std::shared_ptr<arrow::Array>> columns;
  for (const TypePtr& type : types) {
    fields.push_back(arrow::field("c" + std::to_string(fields.size()), type));
    columns.push_back(RandomColumn(type, rows, random, odd));
  }
  return arrow::Table::Make(arrow::schema(fields), columns, rows);
}

std::shared_ptr<arrow::Array> ColumnOf(const TypePtr& type, const std::vector<const char*>& texts) {
  arrow::StringBuilder builder;
  bool any = false;
  for (const char* text : texts) {
    CHECK((text == nullptr ? builder.AppendNull() : builder.Append(text)).ok());
    any |= text != nullptr;
  }
  if (!any) {
    return arrow::MakeArrayOfNull(type, static_cast<int64_t>(texts.size())).ValueOrDie();
  }
  return arrow::compute::Cast(*builder.Finish().ValueOrDie(), type).ValueOrDie();
}

std::shared_ptr<arrow::Array> ColumnOfTexts(const TypePtr& type,
                                            const std::vector<std::string>& texts) {
  std::vector<const char*> pointers;
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  return ColumnOf(type, pointers);
}

std::shared_ptr<const ScanNode> MakeScan(std::shared_ptr<const TableSource> source,
                                         ExprPtr predicate) {
  std::vector<ScanNode::Column> columns;
  for (const auto& field : source->schema->fields()) {
    columns.push_back({.source = field->name(), .name = field->name()});
  }
  return MakeScan(std::move(source), std::move(columns), std::move(predicate));
}

std::shared_ptr<const ScanNode> MakeScan(std::shared_ptr<const TableSource> source,
                                         std::vector<ScanNode::Column> columns, ExprPtr predicate) {
  auto plan = ScanNode::Make(std::move(source), std::move(columns), std::move(predicate));
  if (!plan.ok()) internal::FailCheck("ScanNode::Make", plan.status().ToString());
  return std::static_pointer_cast<const ScanNode>(*plan);
}

Result<std::shared_ptr<arrow::Table>> ReadAll(const ScanNode& scan, const SplitGoal& goal,
                                              ScanCounters* counters) {
  ASSIGN_OR_RETURN(const std::vector<ScanSplit> splits, MakeSplits(scan, LocalFiles(), goal));
  std::vector<BatchPtr> batches;
  int64_t rows = 0;
  for (const ScanSplit& split : splits) {
    // As it travels to a task.
    ASSIGN_OR_RETURN(const ScanSplit decoded, ScanSplit::Decode(AsBytes(split.Encode())));
    ASSIGN_OR_RETURN(const auto stream, OpenScan(scan, decoded, LocalFiles(), counters));
    while (true) {
      ASSIGN_OR_RETURN(const BatchPtr batch, stream->Next());
      if (batch == nullptr) break;
      if (batch->num_rows() == 0) return Status(StatusCode::kInternal, "an empty batch");
      if (!batch->schema()->Equals(*scan.schema())) {
        return Status(StatusCode::kInternal, "not the schema: " + batch->schema()->ToString());
      }
      RETURN_IF_ERROR(FromArrow(batch->Validate()));
      rows += batch->num_rows();
      batches.push_back(batch);
    }
  }
  if (scan.schema()->num_fields() == 0) {
    return arrow::Table::Make(scan.schema(), std::vector<std::shared_ptr<arrow::Array>>(), rows);
  }
  return FromArrow(arrow::Table::FromRecordBatches(scan.schema(), batches));
}

Result<std::shared_ptr<arrow::Table>> ReadPath(const std::string& path,
                                               const DiscoveryOptions& options,
                                               const SplitGoal& goal) {
  ASSIGN_OR_RETURN(const auto source, DiscoverTable(LocalFiles(), path, options));
  return ReadAll(*MakeScan(source), goal);
}

std::vector<std::string> Texts(const arrow::Table& table, const std::string& column) {
  std::vector<std::string> out;
  const auto values = table.GetColumnByName(column);
  CHECK(values != nullptr);
  for (int64_t i = 0; i < values->length(); ++i) {
    const auto value = values->GetScalar(i).ValueOrDie();
    out.push_back(value->is_valid ? value->ToString() : "null");
  }
  return out;
}

}  // namespace tusk::df

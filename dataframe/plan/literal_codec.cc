#include <bit>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "dataframe/plan/expr_codec.h"
#include "dataframe/proto/plan.pb.h"
#include "dataframe/type/arrow_status.h"
#include "dataframe/type/type_rules.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {
namespace {

// What decompressing the values of one plan may take; those that we write are not compressed.
constexpr int64_t kMaxUnpackedBytes = 64 << 20;

Status Corrupt(std::string_view what) {
  return Status::Error(StatusCode::kCorruption, "plan: {}", what);
}

Status CorruptArrow(const arrow::Status& status) {
  return Status::Error(StatusCode::kCorruption, "plan: {}", status.ToString());
}

template <typename ScalarType>
int64_t IntegerOf(const arrow::Scalar& value) {
  return static_cast<int64_t>(static_cast<const ScalarType&>(value).value);
}

// Types whose values are one signed integer.
std::optional<int64_t> SignedInteger(const arrow::Scalar& value) {
  switch (value.type->id()) {
    case arrow::Type::BOOL:
      return IntegerOf<arrow::BooleanScalar>(value);
    case arrow::Type::INT8:
      return IntegerOf<arrow::Int8Scalar>(value);
    case arrow::Type::INT16:
      return IntegerOf<arrow::Int16Scalar>(value);
    case arrow::Type::INT32:
      return IntegerOf<arrow::Int32Scalar>(value);
    case arrow::Type::INT64:
      return IntegerOf<arrow::Int64Scalar>(value);
    case arrow::Type::DATE32:
      return IntegerOf<arrow::Date32Scalar>(value);
    case arrow::Type::TIMESTAMP:
      return IntegerOf<arrow::TimestampScalar>(value);
    case arrow::Type::DURATION:
      return IntegerOf<arrow::DurationScalar>(value);
    default:
      return std::nullopt;
  }
}

std::optional<uint64_t> UnsignedInteger(const arrow::Scalar& value) {
  switch (value.type->id()) {
    case arrow::Type::UINT8:
      return static_cast<const arrow::UInt8Scalar&>(value).value;
    case arrow::Type::UINT16:
      return static_cast<const arrow::UInt16Scalar&>(value).value;
    case arrow::Type::UINT32:
      return static_cast<const arrow::UInt32Scalar&>(value).value;
    case arrow::Type::UINT64:
      return static_cast<const arrow::UInt64Scalar&>(value).value;
    default:
      return std::nullopt;
  }
}

// A scalar of an integer type from a number that it must hold.
template <typename ScalarType, typename Number>
Result<std::shared_ptr<arrow::Scalar>> Narrow(Number number, const TypePtr& type) {
  using Value = typename ScalarType::ValueType;
  if (!std::in_range<Value>(number)) return Corrupt("a number does not fit its type");
  return std::shared_ptr<arrow::Scalar>(
      std::make_shared<ScalarType>(static_cast<Value>(number), type));
}

Result<std::shared_ptr<arrow::Scalar>> FromSigned(int64_t number, const TypePtr& type) {
  switch (type->id()) {
    case arrow::Type::BOOL:
      if (number != 0 && number != 1) return Corrupt("a number does not fit its type");
      return std::shared_ptr<arrow::Scalar>(std::make_shared<arrow::BooleanScalar>(number == 1));
    case arrow::Type::INT8:
      return Narrow<arrow::Int8Scalar>(number, type);
    case arrow::Type::INT16:
      return Narrow<arrow::Int16Scalar>(number, type);
    case arrow::Type::INT32:
      return Narrow<arrow::Int32Scalar>(number, type);
    case arrow::Type::INT64:
      return Narrow<arrow::Int64Scalar>(number, type);
    case arrow::Type::DATE32:
      return Narrow<arrow::Date32Scalar>(number, type);
    case arrow::Type::TIMESTAMP:
      return Narrow<arrow::TimestampScalar>(number, type);
    case arrow::Type::DURATION:
      return Narrow<arrow::DurationScalar>(number, type);
    default:
      return Corrupt("an integer of a type that has none");
  }
}

Result<std::shared_ptr<arrow::Scalar>> FromUnsigned(uint64_t number, const TypePtr& type) {
  switch (type->id()) {
    case arrow::Type::UINT8:
      return Narrow<arrow::UInt8Scalar>(number, type);
    case arrow::Type::UINT16:
      return Narrow<arrow::UInt16Scalar>(number, type);
    case arrow::Type::UINT32:
      return Narrow<arrow::UInt32Scalar>(number, type);
    case arrow::Type::UINT64:
      return Narrow<arrow::UInt64Scalar>(number, type);
    default:
      return Corrupt("an integer of a type that has none");
  }
}

Result<std::shared_ptr<arrow::Scalar>> FromReal(uint64_t bits, const TypePtr& type) {
  const auto real = std::bit_cast<double>(bits);
  if (type->id() == arrow::Type::DOUBLE) {
    return std::shared_ptr<arrow::Scalar>(std::make_shared<arrow::DoubleScalar>(real));
  }
  if (type->id() == arrow::Type::FLOAT) {
    return std::shared_ptr<arrow::Scalar>(
        std::make_shared<arrow::FloatScalar>(static_cast<float>(real)));
  }
  return Corrupt("a real number of a type that has none");
}

Result<std::shared_ptr<arrow::Scalar>> FromData(const std::string& data, const TypePtr& type) {
  switch (type->id()) {
    case arrow::Type::STRING:
      return std::shared_ptr<arrow::Scalar>(
          std::make_shared<arrow::StringScalar>(arrow::Buffer::FromString(data)));
    case arrow::Type::BINARY:
      return std::shared_ptr<arrow::Scalar>(
          std::make_shared<arrow::BinaryScalar>(arrow::Buffer::FromString(data)));
    case arrow::Type::DECIMAL128: {
      if (data.size() != 16) return Corrupt("a decimal has another length");
      const arrow::Decimal128 decimal(reinterpret_cast<const uint8_t*>(data.data()));
      return std::shared_ptr<arrow::Scalar>(
          std::make_shared<arrow::Decimal128Scalar>(decimal, type));
    }
    default:
      return Corrupt("bytes of a type that has none");
  }
}

Result<std::shared_ptr<arrow::Scalar>> FromInterval(const proto::LiteralProto& in,
                                                    const TypePtr& type) {
  if (type->id() != arrow::Type::INTERVAL_MONTH_DAY_NANO || !std::in_range<int32_t>(in.months()) ||
      !std::in_range<int32_t>(in.days())) {
    return Corrupt("an interval that is none");
  }
  return std::shared_ptr<arrow::Scalar>(std::make_shared<arrow::MonthDayNanoIntervalScalar>(
      arrow::MonthDayNanoIntervalType::MonthDayNanos{
          static_cast<int32_t>(in.months()), static_cast<int32_t>(in.days()), in.nanoseconds()}));
}

Result<std::shared_ptr<arrow::Scalar>> FromStream(const std::string& bytes, const TypePtr& type) {
  ASSIGN_OR_RETURN(const auto batch, DecodeBatch(bytes));
  if (batch->num_columns() != 1 || batch->num_rows() != 1 ||
      !batch->column(0)->type()->Equals(*type)) {
    return Corrupt("a literal is not one value of its type");
  }
  return FromArrow(batch->column(0)->GetScalar(0));
}

Result<std::shared_ptr<arrow::Scalar>> FromField(const proto::LiteralProto& in,
                                                 const TypePtr& type) {
  if (in.null()) return arrow::MakeNullScalar(type);
  if (in.has_integer()) return FromSigned(in.integer(), type);
  if (in.has_unsigned_integer()) return FromUnsigned(in.unsigned_integer(), type);
  if (in.has_real_bits()) return FromReal(in.real_bits(), type);
  if (in.has_data()) return FromData(in.data(), type);
  if (in.has_ipc()) return FromStream(in.ipc(), type);
  return FromInterval(in, type);
}

}  // namespace

void ToProto(const arrow::Schema& schema, proto::SchemaProto* out) {
  for (const auto& field : schema.fields()) {
    proto::FieldProto* one = out->add_fields();
    one->set_name(field->name());
    one->set_type(TypeText(*field->type()));
    if (!field->nullable()) one->set_not_null(true);
  }
}

Result<SchemaPtr> FromProto(const proto::SchemaProto& in) {
  arrow::FieldVector fields;
  for (const proto::FieldProto& field : in.fields()) {
    Result<TypePtr> type = ParseType(field.type());
    if (!type.ok()) return Corrupt(type.status().message());
    fields.push_back(arrow::field(field.name(), std::move(*type), !field.not_null()));
  }
  return arrow::schema(std::move(fields));
}

std::string EncodeBatch(const arrow::RecordBatch& batch) {
  // Into memory and of types that Arrow itself made: it cannot fail but for lack of memory.
  const auto write = [&]() -> arrow::Result<std::string> {
    ARROW_ASSIGN_OR_RAISE(auto out, arrow::io::BufferOutputStream::Create());
    ARROW_ASSIGN_OR_RAISE(auto writer, arrow::ipc::MakeStreamWriter(out, batch.schema()));
    ARROW_RETURN_NOT_OK(writer->WriteRecordBatch(batch));
    ARROW_RETURN_NOT_OK(writer->Close());
    ARROW_ASSIGN_OR_RAISE(auto buffer, out->Finish());
    return buffer->ToString();
  };
  arrow::Result<std::string> bytes = write();
  CHECK(bytes.ok());
  return std::move(bytes).ValueUnsafe();
}

Result<std::shared_ptr<arrow::RecordBatch>> DecodeBatch(const std::string& bytes) {
  // Never ends: batches that use it may live as long as the process.
  static arrow::ProxyMemoryPool* const counted =
      new arrow::ProxyMemoryPool(arrow::default_memory_pool());
  static arrow::CappedMemoryPool* const pool =
      new arrow::CappedMemoryPool(counted, kMaxUnpackedBytes);
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.memory_pool = pool;
  options.use_threads = false;
  options.max_recursion_depth = 16;
  const auto read = [&]() -> arrow::Result<std::shared_ptr<arrow::RecordBatch>> {
    auto stream = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes));
    ARROW_ASSIGN_OR_RAISE(auto reader,
                          arrow::ipc::RecordBatchStreamReader::Open(std::move(stream), options));
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(reader->ReadNext(&batch));
    if (batch == nullptr) return arrow::Status::Invalid("no batch in the stream");
    ARROW_RETURN_NOT_OK(batch->ValidateFull());
    return batch;
  };
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> batch = read();
  if (!batch.ok()) return CorruptArrow(batch.status());
  return std::move(batch).ValueUnsafe();
}

void ToProto(const arrow::Scalar& value, proto::LiteralProto* out) {
  out->set_type(TypeText(*value.type));
  if (!value.is_valid) return out->set_null(true);
  if (const auto number = SignedInteger(value)) return out->set_integer(*number);
  if (const auto number = UnsignedInteger(value)) return out->set_unsigned_integer(*number);
  switch (value.type->id()) {
    case arrow::Type::FLOAT:
      return out->set_real_bits(std::bit_cast<uint64_t>(
          static_cast<double>(static_cast<const arrow::FloatScalar&>(value).value)));
    case arrow::Type::DOUBLE:
      return out->set_real_bits(
          std::bit_cast<uint64_t>(static_cast<const arrow::DoubleScalar&>(value).value));
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return out->set_data(std::string(static_cast<const arrow::BaseBinaryScalar&>(value).view()));
    case arrow::Type::DECIMAL128: {
      const auto bytes = static_cast<const arrow::Decimal128Scalar&>(value).value.ToBytes();
      return out->set_data(std::string(bytes.begin(), bytes.end()));
    }
    case arrow::Type::INTERVAL_MONTH_DAY_NANO: {
      const auto& interval = static_cast<const arrow::MonthDayNanoIntervalScalar&>(value).value;
      out->set_months(interval.months);
      out->set_days(interval.days);
      return out->set_nanoseconds(interval.nanoseconds);
    }
    default: {
      auto column = arrow::MakeArrayFromScalar(value, 1);
      CHECK(column.ok());
      const auto schema = arrow::schema({arrow::field("v", value.type)});
      return out->set_ipc(EncodeBatch(*arrow::RecordBatch::Make(schema, 1, {*column})));
    }
  }
}

Result<std::shared_ptr<arrow::Scalar>> FromProto(const proto::LiteralProto& in) {
  const Result<TypePtr> type = ParseType(in.type());
  if (!type.ok()) return Corrupt(type.status().message());
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Scalar> value, FromField(in, *type));
  const arrow::Status valid = value->ValidateFull();
  if (!valid.ok()) return CorruptArrow(valid);
  return value;
}

void ToProto(const WindowFrame& frame, proto::WindowFrameProto* out) {
  out->set_unit(static_cast<uint32_t>(frame.unit));
  if (frame.start.has_value()) out->set_start(*frame.start);
  if (frame.end.has_value()) out->set_end(*frame.end);
}

Result<WindowFrame> FromProto(const proto::WindowFrameProto& in) {
  if (in.unit() > static_cast<uint32_t>(WindowFrame::Unit::kInterval)) {
    return Corrupt("unknown unit of a frame");
  }
  WindowFrame frame;
  frame.unit = static_cast<WindowFrame::Unit>(in.unit());
  frame.start = in.has_start() ? std::optional<int64_t>(in.start()) : std::nullopt;
  frame.end = in.has_end() ? std::optional<int64_t>(in.end()) : std::nullopt;
  return frame;
}

}  // namespace tusk::df

#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"

namespace tusk::df {

namespace proto {
class LiteralProto;
class PlanProto;
class SchemaProto;
class SortKeyProto;
class WindowFrameProto;
}  // namespace proto

/// The parts of `plan_codec`: schemas, values and expressions. Decoders take bytes of strangers:
/// all errors are kCorruption or kTooLarge.

void ToProto(const arrow::Schema& schema, proto::SchemaProto* out);
Result<SchemaPtr> FromProto(const proto::SchemaProto& in);

/// A batch with its schema as one stream of Arrow's, and back, fully checked.
std::string EncodeBatch(const arrow::RecordBatch& batch);
Result<std::shared_ptr<arrow::RecordBatch>> DecodeBatch(const std::string& bytes);

void ToProto(const arrow::Scalar& value, proto::LiteralProto* out);
Result<std::shared_ptr<arrow::Scalar>> FromProto(const proto::LiteralProto& in);

void ToProto(const WindowFrame& frame, proto::WindowFrameProto* out);
Result<WindowFrame> FromProto(const proto::WindowFrameProto& in);

/// Puts expressions into the list of a plan, each shared branch once.
class ExprEncoder {
 public:
  /// `plan` must outlive this.
  explicit ExprEncoder(proto::PlanProto* plan) : plan_(plan) {}

  /// The position of `expr`.
  uint32_t Add(const ExprPtr& expr);
  void Add(const SortKey& key, proto::SortKeyProto* out);

 private:
  proto::PlanProto* const plan_;
  std::unordered_map<const Expr*, uint32_t> positions_;
};

/// The expressions of a decoded plan. Hostile lists whose branches share each other grow to trees
/// without bound: what is handed out is counted as trees and refused beyond a bound.
class ExprTable {
 public:
  static Result<ExprTable> Decode(const proto::PlanProto& plan);

  Result<ExprPtr> Get(uint32_t position);
  Result<SortKey> Get(const proto::SortKeyProto& key);
  /// The last one, which has all others below it.
  Result<ExprPtr> Root();

 private:
  std::vector<ExprPtr> exprs_;
  std::vector<uint64_t> weights_;
  uint64_t handed_out_ = 0;
};

}  // namespace tusk::df

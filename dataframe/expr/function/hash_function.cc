#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>
#include <vector>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>

#include "common/base/stable_hash.h"
#include "common/base/status_macros.h"
#include "dataframe/expr/function/families.h"
#include "dataframe/expr/function_registry.h"
#include "dataframe/expr/new_array.h"
#include "dataframe/type/arrow_status.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {

namespace {

constexpr uint64_t kNullWord = 0x9e3779b97f4a7c15;

/// The finaliser of MurmurHash3: every bit of the result depends on every bit of `x`.
constexpr uint64_t MixWord(uint64_t x) {
  x = (x ^ (x >> 33)) * 0xff51afd7ed558ccd;
  x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53;
  return x ^ (x >> 33);
}

uint64_t Fold(uint64_t hash, uint64_t word) { return MixWord(hash ^ MixWord(word + kNullWord)); }

uint64_t WordOfDouble(double value) {
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  return std::bit_cast<uint64_t>(value == 0 ? 0.0 : value);
}

/// Values of one column into the hashes of rows; a scalar counts for all.
class HashFolder {
 public:
  explicit HashFolder(std::vector<uint64_t>& hashes) : hashes_(hashes) {}

  Status Add(const arrow::Datum& datum) {
    ArrayPtr array;
    if (datum.is_array()) {
      array = datum.make_array();
    } else {
      ASSIGN_OR_RETURN(array, FromArrow(arrow::MakeArrayFromScalar(*datum.scalar(), 1)));
    }
    stride_ = datum.is_array() ? 1 : 0;
    return Add(*array);
  }

 private:
  template <typename WordOf>
  Status Each(const arrow::Array& array, const WordOf& word_of) {
    for (size_t row = 0; row < hashes_.size(); ++row) {
      const int64_t at = static_cast<int64_t>(row) * stride_;
      hashes_[row] = Fold(hashes_[row], array.IsNull(at) ? kNullWord : word_of(at));
    }
    return Status::Ok();
  }

  /// Numbers that are equal hash equal, whatever their width.
  template <typename T>
  Status Numbers(const arrow::Array& array) {
    const T* const values = array.data()->GetValues<T>(1);
    return Each(array, [values](int64_t at) {
      if constexpr (std::is_floating_point_v<T>) {
        return WordOfDouble(static_cast<double>(values[at]));
      } else {
        return static_cast<uint64_t>(static_cast<int64_t>(values[at]));
      }
    });
  }

  /// Values of a fixed width by their bytes.
  Status Bytes(const arrow::Array& array) {
    const int width = array.type()->byte_width();
    const auto* const bytes = array.data()->GetValues<char>(1, array.offset() * width);
    return Each(array, [=](int64_t at) {
      return StableHash(std::string_view(bytes + at * width, static_cast<size_t>(width)));
    });
  }

  Status Lists(const arrow::ListArray& lists) {
    for (size_t row = 0; row < hashes_.size(); ++row) {
      const int64_t at = static_cast<int64_t>(row) * stride_;
      const int64_t length = lists.IsNull(at) ? 0 : lists.value_length(at);
      const uint64_t begun =
          Fold(hashes_[row], lists.IsNull(at) ? kNullWord : static_cast<uint64_t>(length));
      std::vector<uint64_t> element = {begun};
      for (int64_t i = 0; i < length; ++i) {
        HashFolder folder(element);
        RETURN_IF_ERROR(
            folder.Add(arrow::Datum(lists.values()->Slice(lists.value_offset(at) + i, 1))));
      }
      hashes_[row] = element.front();
    }
    return Status::Ok();
  }

  Status Add(const arrow::Array& array) {
    switch (array.type_id()) {
      case arrow::Type::NA:
        return Each(array, [](int64_t) { return kNullWord; });
      case arrow::Type::BOOL: {
        const auto& bits = static_cast<const arrow::BooleanArray&>(array);
        return Each(array, [&bits](int64_t at) { return uint64_t{bits.Value(at)}; });
      }
      case arrow::Type::INT8:
        return Numbers<int8_t>(array);
      case arrow::Type::INT16:
        return Numbers<int16_t>(array);
      case arrow::Type::INT32:
      case arrow::Type::DATE32:
        return Numbers<int32_t>(array);
      case arrow::Type::INT64:
      case arrow::Type::TIMESTAMP:
      case arrow::Type::DURATION:
        return Numbers<int64_t>(array);
      case arrow::Type::UINT8:
        return Numbers<uint8_t>(array);
      case arrow::Type::UINT16:
        return Numbers<uint16_t>(array);
      case arrow::Type::UINT32:
        return Numbers<uint32_t>(array);
      case arrow::Type::UINT64:
        return Numbers<uint64_t>(array);
      case arrow::Type::FLOAT:
        return Numbers<float>(array);
      case arrow::Type::DOUBLE:
        return Numbers<double>(array);
      case arrow::Type::STRING:
      case arrow::Type::BINARY: {
        const auto& texts = static_cast<const arrow::BinaryArray&>(array);
        return Each(array, [&texts](int64_t at) { return StableHash(texts.GetView(at)); });
      }
      case arrow::Type::DECIMAL128:
      case arrow::Type::INTERVAL_MONTH_DAY_NANO:
        return Bytes(array);
      case arrow::Type::LIST:
        return Lists(static_cast<const arrow::ListArray&>(array));
      default:
        return Status::Error(StatusCode::kUnsupported, "hash takes no values of type {}",
                             TypeText(*array.type()));
    }
  }

  std::vector<uint64_t>& hashes_;
  int64_t stride_ = 1;
};

Result<arrow::Datum> HashRows(std::span<const arrow::Datum> args, int64_t rows) {
  const bool any_array =
      std::any_of(args.begin(), args.end(), [](const arrow::Datum& arg) { return arg.is_array(); });
  std::vector<uint64_t> hashes(static_cast<size_t>(any_array ? rows : 1), args.size());
  HashFolder folder(hashes);
  for (const arrow::Datum& arg : args) RETURN_IF_ERROR(folder.Add(arg));
  if (!any_array) return arrow::Datum(std::make_shared<arrow::UInt64Scalar>(hashes.front()));
  ASSIGN_OR_RETURN(const ArrayPtr array, FixedWidthArray(arrow::uint64(), hashes.data(),
                                                         sizeof(uint64_t), rows, nullptr));
  return arrow::Datum(array);
}

}  // namespace

void AddHashFunctions(FunctionRegistry& registry) {
  registry.Add({.name = "hash",
                .usage = "hash(a, b, ...)",
                .summary =
                    "A number of 64 bits that equal values have in common, null and NaN too; "
                    "the same in every version.",
                .resolve = [](std::span<const TypePtr> types, LiteralArgs) -> Result<Overload> {
                  if (types.empty()) {
                    return Status(StatusCode::kInvalidArgument, "hash takes one value or more");
                  }
                  return Overload{.arg_types = std::vector<TypePtr>(types.begin(), types.end()),
                                  .result = arrow::uint64(),
                                  .kernel = HashRows,
                                  .nulls = Overload::Nulls::kNever,
                                  .may_fail = false};
                }});
}

}  // namespace tusk::df

#include "dataframe/exec/packed_keys.h"

#include <string_view>

#include <arrow/array.h>
#include <arrow/type.h>

#include "dataframe/exec/key_hash.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {
namespace {

constexpr size_t kMostColumns = 4;

bool IsText(const arrow::DataType& type) {
  return type.id() == arrow::Type::STRING || type.id() == arrow::Type::BINARY;
}

/// Adds the share of one column to all words: 0 for null, else a number above it.
template <typename ShareOf>
void AddShares(const arrow::Array& column, uint32_t bits, const ShareOf& share_of, uint64_t* words,
               uint8_t* fits) {
  const bool nulls = column.null_count() != 0;
  for (int64_t i = 0; i < column.length(); ++i) {
    uint64_t share = 0;
    if (!nulls || column.IsValid(i)) fits[i] &= share_of(i, &share) ? 1 : 0;
    words[i] = (bits == 64 ? 0 : words[i] << bits) | share;
  }
}

}  // namespace

bool KeyPacker::CanPack(std::span<const TypePtr> types) {
  if (types.empty() || types.size() > kMostColumns) return false;
  for (const TypePtr& type : types) {
    if (!IsText(*type) && (!IsWordType(*type) || IsFloatType(*type))) return false;
  }
  return true;
}

void KeyPacker::Pack(std::span<const ArrayPtr> keys, int64_t rows, std::vector<uint64_t>* words,
                     std::vector<uint8_t>* fits) const {
  words->assign(static_cast<size_t>(rows), 0);
  fits->assign(static_cast<size_t>(rows), 1);
  std::vector<uint64_t> values;
  for (const ArrayPtr& key : keys) {
    if (IsText(*key->type())) {
      const auto& text = static_cast<const arrow::BinaryArray&>(*key);
      // A byte for the length + 1, which is above 0, then the text.
      const size_t longest = bits_ / 8 - 1;
      const auto share = [&](int64_t i, uint64_t* out) {
        const std::string_view value = text.GetView(i);
        if (value.size() > longest) return false;
        *out = value.size() + 1;
        for (size_t at = 0; at < value.size(); ++at) {
          *out |= uint64_t{static_cast<uint8_t>(value[at])} << (8 * (at + 1));
        }
        return true;
      };
      AddShares(*key, bits_, share, words->data(), fits->data());
      continue;
    }
    values.resize(static_cast<size_t>(rows));
    LoadWords(*key, values.data());
    const uint64_t half = uint64_t{1} << (bits_ - 2);
    const auto share = [&](int64_t i, uint64_t* out) {
      const uint64_t moved = values[static_cast<size_t>(i)] + half;
      *out = moved + 1;
      return moved < 2 * half;
    };
    AddShares(*key, bits_, share, words->data(), fits->data());
  }
}

}  // namespace tusk::df

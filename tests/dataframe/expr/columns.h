#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <gtest/gtest.h>

namespace tusk::df {

using ArrayPtr = std::shared_ptr<arrow::Array>;

/// A column of `type` from texts as Arrow parses them; nothing for null.
inline ArrayPtr ColumnOfTexts(const std::shared_ptr<arrow::DataType>& type,
                              const std::vector<std::optional<std::string>>& texts) {
  arrow::StringBuilder builder;
  for (const auto& text : texts) EXPECT_TRUE(builder.AppendOrNull(text).ok());
  const ArrayPtr column = builder.Finish().ValueOrDie();
  if (type->id() == arrow::Type::STRING) return column;
  return arrow::compute::Cast(*column, type).ValueOrDie();
}

}  // namespace tusk::df

#pragma once

#include <vector>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"
#include "dataframe/type/type_text.h"

namespace parquet {
class FileMetaData;
namespace arrow {
struct SchemaManifest;
}
}  // namespace parquet

namespace tusk::df {

/// The row groups [begin, end) of a file, as far as their statistics do not show that `predicate`
/// (over columns of `schema`; null: true) is true for none of their rows. Looked at are comparisons
/// of columns with constants, IN, IS [NOT] NULL, and what AND and OR make of these; all else may be
/// true. Floating point columns are left alone where NaN could matter.
std::vector<int> SelectRowGroups(const parquet::FileMetaData& metadata,
                                 const parquet::arrow::SchemaManifest& manifest,
                                 const arrow::Schema& schema, const ExprPtr& predicate, int begin,
                                 int end);

}  // namespace tusk::df

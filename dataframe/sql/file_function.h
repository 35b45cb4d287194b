#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "dataframe/source/table_discovery.h"
#include "dataframe/sql/bind_context.h"
#include "dataframe/sql/tree.h"

namespace tusk::df::sql {

/// Files of a FROM clause with how they are to be read.
struct FileFunction {
  std::string path;
  DiscoveryOptions options;
};

/// True for read_csv, read_json, read_parquet, read_arrow, read_text.
bool IsFileFunction(std::string_view name);

/// Reads such a call: read_csv('/data/*.csv', delim => ';', on_bad => 'reject', rejects => '/bad').
/// Options are constants. Of CSV: delim, quote, header, nulls; of CSV and JSON: columns, on_bad,
/// rejects.
Result<FileFunction> BindFileFunction(BindContext& context, const Tree& call);

}  // namespace tusk::df::sql

#pragma once

#include <map>
#include <source_location>
#include <string>
#include <string_view>

#include "dataframe/api/dataframe.h"
#include "dataframe/api/session.h"

namespace tusk::df {

/// The dataframe that a SELECT means; like the methods of DataFrame it runs nothing. Tables are
/// what `tables` names, then tables of the warehouse, then files: FROM '/data/*.parquet'.
///
///   Sql(session, "SELECT carrier, count(*) FROM f GROUP BY carrier", {{"f", flights}}).Show()
DataFrame Sql(Session& session, std::string_view text,
              const std::map<std::string, DataFrame>& tables = {},
              const std::source_location& where = std::source_location::current());

}  // namespace tusk::df

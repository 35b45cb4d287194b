#pragma once

#include <string>
#include <string_view>

namespace tusk::df {

/// Folders that say what all rows below them have in a column, as Hive names them: "country=DE".

/// The value that stands for null.
inline constexpr std::string_view kNullFolder = "__HIVE_DEFAULT_PARTITION__";

/// "column=value"; null without a value. What a name of a folder cannot hold, or what patterns
/// mean otherwise, is written as %2F and the like: control characters, " # % ' * / : = ? [ \ ] ^ {
/// }, bytes that are no UTF-8, and a first _ or . (such names are hidden).
std::string PartitionFolder(std::string_view column, const std::string_view* value);

/// "a%2Fb" -> "a/b".
std::string DecodeFolderText(std::string_view text);

}  // namespace tusk::df

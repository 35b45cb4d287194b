#pragma once

#include <string>
#include <vector>

namespace tusk::df {

/// `tusk shell`: a prompt for statements, with history and completion of words, tables and
/// functions. Options and exit statuses as of RunSqlCommand; without a terminal it reads statements
/// from standard input and stops at the first that fails.
int RunShellCommand(std::vector<std::string> arguments);

}  // namespace tusk::df

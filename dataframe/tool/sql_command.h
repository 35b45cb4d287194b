#pragma once

#include <string>
#include <vector>

namespace tusk::df {

/// `tusk sql [options] "STATEMENT; ..." | -f FILE`: runs statements one after the other, prints
/// rows on stdout and how it went on stderr. Exit status 0; 1 after the first statement that fails;
/// 2 for wrong usage.
int RunSqlCommand(std::vector<std::string> arguments);

}  // namespace tusk::df

#pragma once

#include <string>
#include <vector>

namespace tusk::df {

/// `tusk query list | show ID | resume ID | kill ID | clean`: the queries of this user, also those
/// whose programs are gone. Exit statuses as of RunSqlCommand.
int RunQueryCommand(std::vector<std::string> arguments);

}  // namespace tusk::df

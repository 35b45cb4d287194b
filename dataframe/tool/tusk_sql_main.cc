// `tusk sql`, `tusk shell` and `tusk query`: one program of its own under three names, because it
// loads Arrow, which nothing else of `tusk` needs. It is also the job binary of its queries.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataframe/tool/query_command.h"
#include "dataframe/tool/shell_command.h"
#include "dataframe/tool/sql_command.h"
#include "mapreduce/client/open_job_runner.h"

int main(int argc, char** argv) {
  if (const std::optional<int> exit_status = tusk::mapreduce::RunAsTaskProcess()) {
    // Not exit: destructors of the driver's objects have nothing to do with a task.
    std::fflush(nullptr);
    std::_Exit(*exit_status);
  }
  // A file that may not grow (ulimit -f) is an error of a write, which says where.
  std::signal(SIGXFSZ, SIG_IGN);
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::string_view name(argv[0]);
  if (name.ends_with("tusk-query")) return tusk::df::RunQueryCommand(std::move(arguments));
  if (name.ends_with("tusk-shell")) return tusk::df::RunShellCommand(std::move(arguments));
  return tusk::df::RunSqlCommand(std::move(arguments));
}

#include "dataframe/tool/sql_command.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "common/config/option_registry.h"
#include "common/env/posix_env.h"
#include "dataframe/api/session.h"
#include "dataframe/tool/sql_arguments.h"
#include "dataframe/tool/sql_runner.h"

namespace tusk::df {
namespace {

constexpr const char* kUsage =
    R"(usage: tusk sql [options] "STATEMENT; ..."
       tusk sql [options] -f FILE        ("-" reads standard input)
       Runs SQL over files of the file system. Tables are files in FROM '/data/*.parquet', the
       entries of the folder of --tables, and what CREATE TABLE AS has made.
)";

Result<std::string> ReadScript(const std::string& path) {
  std::FILE* const file = path == "-" ? stdin : std::fopen(path.c_str(), "r");
  if (file == nullptr) return ErrnoStatus(errno, "open " + path);
  std::string text;
  char chunk[64 << 10];
  while (const size_t got = std::fread(chunk, 1, sizeof chunk, file)) text.append(chunk, got);
  const bool failed = std::ferror(file) != 0;
  if (file != stdin) std::fclose(file);
  if (failed) return Status::Error(StatusCode::kIoError, "cannot read {}", path);
  return text;
}

Status RunScript(const SqlArguments& arguments) {
  ASSIGN_OR_RETURN(const Config config,
                   LoadConfig(PosixEnv::Get(), SqlProgramOptions(), arguments.sources));
  std::string text = arguments.text;
  if (arguments.file) {
    ASSIGN_OR_RETURN(text, ReadScript(*arguments.file));
  }
  ASSIGN_OR_RETURN(const auto session, Session::Open(config, arguments.local));
  SqlRunner runner(*session, arguments.look, OriginOf(arguments, config), stdout);
  if (arguments.tables) RETURN_IF_ERROR(runner.catalog().AddFolder(*arguments.tables));
  return runner.Run(text);
}

}  // namespace

int RunSqlCommand(std::vector<std::string> arguments) {
  Result<SqlArguments> read = SqlArguments::Read(std::move(arguments));
  if (read.ok() && !read->help && read->text.empty() == !read->file) {
    read = Status(StatusCode::kInvalidArgument, "statements are needed, as an argument or with -f");
  }
  return RunSqlProgram(read, kUsage, &RunScript);
}

}  // namespace tusk::df

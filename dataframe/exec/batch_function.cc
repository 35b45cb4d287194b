#include "dataframe/exec/batch_function.h"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>

namespace tusk::df {
namespace {

using Table = std::map<std::string, BatchFunction, std::less<>>;

/// A function's static: registrations run before `main` in any order.
Table& Functions() {
  static Table table;
  return table;
}

}  // namespace

bool RegisterBatchFunction(const char* name, BatchFunction function) {
  const auto [place, added] = Functions().emplace(name, function);
  if (!added && place->second != function) {
    std::fprintf(stderr,
                 "error: two different functions of this program are both called %s\n"
                 "  cause: classes of unnamed namespaces with one name in two files\n"
                 "  do: rename one of them\n",
                 name);
    std::exit(70);
  }
  return true;
}

Result<BatchFunction> FindBatchFunction(std::string_view name) {
  const auto found = Functions().find(name);
  if (found != Functions().end()) return found->second;
  return Status::Error(StatusCode::kNotFound,
                       "this program has no function \"{}\": the query was made with another one",
                       name.substr(0, 200));
}

}  // namespace tusk::df

#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "common/config/config.h"
#include "dataframe/api/dataframe.h"
#include "dataframe/api/session.h"
#include "tests/support/temp_dir.h"

namespace tusk::df {

/// A session on local files, with a folder of its own for everything.
class LocalSession {
 public:
  /// `settings` as after -D.
  explicit LocalSession(const std::map<std::string, std::string>& settings = {});

  Session& operator*() { return *session_; }
  Session* operator->() { return session_.get(); }
  Config& MutableConfig() { return *config_; }
  /// The path of a new file of this text.
  std::string File(const std::string& name, std::string_view text);
  /// The path of something in the folder.
  std::string PathOf(const std::string& name) const { return directory_ / name; }

  /// flights.csv: carrier, day, delay, distance; a null delay, a null carrier.
  DataFrame Flights();
  /// carriers.csv: carrier, name; one without flights.
  DataFrame Carriers();

 private:
  TempDir directory_;
  std::unique_ptr<Config> config_;
  std::unique_ptr<Session> session_;
};

/// The rows of a dataframe, a text each: "AA|12|null". Fails the test when it cannot be run.
std::vector<std::string> RowsOf(const DataFrame& frame);
/// The same, sorted: where there is no order.
std::vector<std::string> SortedRowsOf(const DataFrame& frame);
/// The plan's text, or the error's.
std::string PlanOf(const DataFrame& frame);
/// "a int64, b string"; the error's text where there is one.
std::string SchemaOf(const DataFrame& frame);

}  // namespace tusk::df

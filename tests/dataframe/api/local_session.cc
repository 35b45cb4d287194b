#include "tests/dataframe/api/local_session.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "common/base/check.h"
#include "common/config/config_loader.h"
#include "common/config/option_registry.h"
#include "common/env/posix_env.h"
#include "dataframe/options/sql_options.h"
#include "dataframe/plan/plan_printer.h"
#include "mapreduce/client/open_job_runner.h"

namespace tusk::df {

LocalSession::LocalSession(const std::map<std::string, std::string>& settings) {
  OptionRegistry registry = mapreduce::JobBinaryOptions();
  registry.Add(SqlOptions());
  Result<Config> config = LoadConfig(PosixEnv::Get(), registry, ConfigSources());
  CHECK(config.ok());
  config_ = std::make_unique<Config>(std::move(*config));
  for (const auto& [name, folder] :
       {std::pair("tusk.sql.stage-dir", "stages"), {"tusk.sql.warehouse", "warehouse"}}) {
    CHECK(config_->Set(name, directory_ / folder, "test").ok());
  }
  for (const auto& [name, value] : settings) CHECK(config_->Set(name, value, "test").ok());
  Result<std::unique_ptr<Session>> session = Session::Open(*config_, true);
  CHECK(session.ok());
  session_ = std::move(*session);
}

std::string LocalSession::File(const std::string& name, std::string_view text) {
  const std::string path = directory_ / name;
  std::ofstream(path) << text;
  return path;
}

DataFrame LocalSession::Flights() {
  return session_->ReadCsv(File("flights.csv",
                                "carrier,day,delay,distance\n"
                                "AA,2024-01-01,10,100.5\n"
                                "AA,2024-01-02,30,200.0\n"
                                "UA,2024-01-01,,300.0\n"
                                "UA,2024-01-03,-5,50.0\n"
                                "UA,2024-02-01,45,75.5\n"
                                ",2024-02-02,7,10.0\n"));
}

DataFrame LocalSession::Carriers() {
  return session_->ReadCsv(File("carriers.csv",
                                "carrier,name\n"
                                "AA,American\n"
                                "UA,United\n"
                                "ZZ,Nobody\n"));
}

std::vector<std::string> RowsOf(const DataFrame& frame) {
  const Result<std::shared_ptr<arrow::Table>> table = frame.Collect();
  if (!table.ok()) {
    ADD_FAILURE() << table.status().ToString();
    return {};
  }
  std::vector<std::string> rows(static_cast<size_t>((*table)->num_rows()));
  for (int column = 0; column < (*table)->num_columns(); ++column) {
    for (size_t row = 0; row < rows.size(); ++row) {
      const auto value =
          (*table)->column(column)->GetScalar(static_cast<int64_t>(row)).ValueOrDie();
      if (column > 0) rows[row] += '|';
      rows[row] += value->is_valid ? value->ToString() : "null";
    }
  }
  return rows;
}

std::vector<std::string> SortedRowsOf(const DataFrame& frame) {
  std::vector<std::string> rows = RowsOf(frame);
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::string PlanOf(const DataFrame& frame) {
  return frame.plan().ok() ? PlanText(*frame.plan()) : frame.plan().status().ToString();
}

std::string SchemaOf(const DataFrame& frame) {
  const Result<SchemaPtr> schema = frame.Schema();
  return schema.ok() ? SchemaText(**schema) : schema.status().ToString();
}

}  // namespace tusk::df

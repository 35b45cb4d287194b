#include "dataframe/tool/query_log.h"
#include "tests/fuzz/damaged_seed.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

std::vector<std::string> WholeRecords() {
  tusk::df::QueryRecord record;
  record.id = "q_0007";
  record.text = "SELECT 1";
  std::vector<std::string> encoded = {record.Encode()};
  record.state = tusk::df::QueryRecord::State::kFailed;
  record.tables = "/data";
  record.settings = {{"tusk.sql.reduces", "3"}};
  record.started_ms = 1;
  record.ended_ms = 2;
  record.driver = "node1:4711";
  record.error = "division by zero";
  record.stages.push_back(
      {"group t", std::string(32, 'a'), "job_202601010001_0001", true, 10, 2345, 0.25});
  encoded.push_back(record.Encode());
  return encoded;
}

}  // namespace

// A record of a query that anybody may have written: what is read is the same after it was written
// again.
FUZZ_TARGET(QueryRecord) {
  static const std::vector<std::string> seeds = WholeRecords();
  const auto record = df::QueryRecord::Decode(DamagedSeed(seeds, bytes));
  if (!record.ok()) return;
  const auto back = df::QueryRecord::Decode(record->Encode());
  CHECK(back.ok());
  CHECK(back->Encode() == record->Encode());
}

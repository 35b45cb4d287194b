// Runs the fuzz targets of dataframe/ over seeded damage of what is whole, so that they stay alive
// in presets that cannot fuzz.

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "common/base/byte_span.h"

namespace tusk {

void FuzzBatchCodec(ByteView bytes);
void FuzzCsvScan(ByteView bytes);
void FuzzKeptGroups(ByteView bytes);
void FuzzPlanCodec(ByteView bytes);
void FuzzQueryRecord(ByteView bytes);
void FuzzSqlText(ByteView bytes);
void FuzzStage(ByteView bytes);

namespace {

/// Inputs of DamagedSeed: every seed whole, then with up to seven changes.
void ReplayDamage(void (*target)(ByteView), int runs) {
  std::mt19937 random(20261129);
  for (int seed = 0; seed < 256; ++seed) target(AsBytes(std::string(1, static_cast<char>(seed))));
  for (int i = 0; i < runs; ++i) {
    std::string input(1, static_cast<char>(random() % 24));
    for (size_t n = 4 * (random() % 8); n > 0; --n) input += static_cast<char>(random());
    target(AsBytes(input));
  }
}

TEST(DataframeFuzzReplay, BatchCodec) { ReplayDamage(&FuzzBatchCodec, 3'000); }
TEST(DataframeFuzzReplay, KeptGroups) { ReplayDamage(&FuzzKeptGroups, 3'000); }
TEST(DataframeFuzzReplay, PlanCodec) { ReplayDamage(&FuzzPlanCodec, 3'000); }
TEST(DataframeFuzzReplay, QueryRecord) { ReplayDamage(&FuzzQueryRecord, 3'000); }
TEST(DataframeFuzzReplay, SqlText) { ReplayDamage(&FuzzSqlText, 300); }
TEST(DataframeFuzzReplay, Stage) { ReplayDamage(&FuzzStage, 3'000); }

TEST(DataframeFuzzReplay, CsvScan) {
  std::mt19937 random(20261129);
  const std::string pieces[] = {"a",         "b,c", ",",    "\n",         "\r\n", "\"",
                                "\"x,\ny\"", "12",  "-1.5", "2024-02-29", "NA",   ";",
                                "\xFF",      "'",   "\t",   "",           "true", "\0"};
  for (int i = 0; i < 300; ++i) {
    std::string input;
    for (int n = 0; n < 3; ++n) input += static_cast<char>(random());
    for (size_t n = random() % 40; n > 0; --n) input += pieces[random() % std::size(pieces)];
    FuzzCsvScan(AsBytes(input));
  }
}

}  // namespace
}  // namespace tusk

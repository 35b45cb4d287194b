#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/config/option.h"

namespace tusk::df {

inline constexpr Option<std::string> kWarehouse{
    {.name = "tusk.sql.warehouse",
     .default_text = "/tusk/warehouse",
     .unit = "",
     .doc = "Folder of the tables that CREATE TABLE AS makes; each folder in it is a table.",
     .stability = Stability::kEvolving}};

inline constexpr Option<std::string> kStageDirectory{
    {.name = "tusk.sql.stage-dir",
     .default_text = "",
     .unit = "",
     .doc = "Folder of the intermediate tables of queries, one folder for each user in it. Empty: "
            "/tmp/tusk-stages on a cluster, with --local tusk/stages in the user's cache.",
     .stability = Stability::kEvolving}};

inline constexpr Option<bool> kReuseStages{
    {.name = "tusk.sql.reuse",
     .default_text = "true",
     .unit = "",
     .doc = "Whether a query takes the intermediate tables of earlier ones when plan and files are "
            "the same.",
     .stability = Stability::kEvolving}};

inline constexpr Option<ByteSize> kSmallQueryBytes{
    {.name = "tusk.sql.small-query-bytes",
     .default_text = "32m",
     .unit = "bytes",
     .doc =
         "A query whose inputs have at most so many bytes, and a stage of a greater one, runs in "
         "the driver's process, without a job on the cluster; 0: never.",
     .stability = Stability::kEvolving}};

inline constexpr Option<ByteSize> kBroadcastBytes{
    {.name = "tusk.sql.broadcast-bytes",
     .default_text = "16m",
     .unit = "bytes",
     .doc = "A side of a join with at most so many bytes is held by every task; a greater one is "
            "shuffled.",
     .stability = Stability::kEvolving}};

inline constexpr Option<ByteSize> kBloomBytes{
    {.name = "tusk.sql.bloom-bytes",
     .default_text = "16m",
     .unit = "bytes",
     .doc =
         "A shuffled join of a side with one that is much smaller leaves out of the shuffle what "
         "has no match, by a Bloom filter of the smaller one's keys when that has at most so "
         "many bytes; 0: never.",
     .stability = Stability::kEvolving,
     .max = 128 << 20}};

inline constexpr Option<ByteSize> kTaskMemory{
    {.name = "tusk.sql.task-memory",
     .default_text = "512m",
     .unit = "bytes",
     .doc = "Memory that the operators of one task may hold before they spill to disk.",
     .stability = Stability::kEvolving,
     .min = 1}};

inline constexpr Option<int64_t> kSqlReduces{
    {.name = "tusk.sql.reduces",
     .default_text = "0",
     .unit = "tasks",
     .doc = "Reduce tasks of each shuffle of a query; 0: as its size asks for.",
     .stability = Stability::kEvolving,
     .min = 0,
     .max = 100'000}};

inline constexpr Option<int64_t> kMostPairs{
    {.name = "tusk.sql.most-pairs",
     .default_text = "10000000000",
     .unit = "pairs of rows",
     .doc =
         "A join without an equality between its sides compares every row of one with every row "
         "of the other; it is refused when these are more pairs than this by estimate. 0: never.",
     .stability = Stability::kEvolving,
     .min = 0}};

inline constexpr Option<ByteSize> kSkewBytes{
    {.name = "tusk.sql.skew-bytes",
     .default_text = "256m",
     .unit = "bytes",
     .doc =
         "A shuffled join whose inputs have at least so many bytes is sampled for keys with more "
         "rows than a reduce's share; these are spread over all reduces.",
     .stability = Stability::kEvolving}};

inline constexpr Option<std::vector<std::string>> kDisabledPasses{
    {.name = "tusk.sql.optimizer.disable",
     .default_text = "",
     .unit = "",
     .doc = "Passes of the optimizer that are left out, by name (EXPLAIN lists them).",
     .stability = Stability::kInternal}};

/// All of the above.
std::span<const OptionBase* const> SqlOptions();

}  // namespace tusk::df

#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "common/config/option.h"

namespace tusk::mapreduce {

inline constexpr Option<int64_t> kSortBufferMebibytes{
    {.name = "mapreduce.task.io.sort.mb",
     .default_text = "100",
     .unit = "MiB",
     .doc = "Memory for sorting map output in each task, in MiB; more means fewer spills.",
     .min = 1,
     .max = 2048}};

inline constexpr Option<int64_t> kSortFactor{
    {.name = "mapreduce.task.io.sort.factor",
     .default_text = "64",
     .unit = "runs",
     .doc = "Sorted runs that are merged at once; more means fewer passes and more memory.",
     .min = 2,
     .max = 1000}};

inline constexpr Option<int64_t> kReduces{
    {.name = "mapreduce.job.reduces",
     .default_text = "1",
     .unit = "tasks",
     .doc = "Reduce tasks of jobs that do not say it themselves.",
     .min = 1,
     .max = 100'000}};

inline constexpr Option<std::string> kPriority{
    {.name = "mapreduce.job.priority",
     .default_text = "NORMAL",
     .unit = "",
     .doc =
         "VERY_HIGH, HIGH, NORMAL, LOW or VERY_LOW: jobs of a higher priority get slots first."}};

inline constexpr Option<int64_t> kMapMaxAttempts{
    {.name = "mapreduce.map.maxattempts",
     .default_text = "4",
     .unit = "attempts",
     .doc = "Attempts of one task that may fail before the job does.",
     .min = 1,
     .max = 100}};

inline constexpr Option<std::string> kMapOutputCodec{
    {.name = "tusk.map.output.compression",
     .default_text = "none",
     .unit = "",
     .doc = "Compression of map output: none, snappy, lz4 or zstd; pays on slow networks only.",
     .stability = Stability::kEvolving}};

inline constexpr Option<ByteSize> kSplitMaxSize{
    {.name = "mapreduce.input.fileinputformat.split.maxsize",
     .default_text = "8191p",
     .unit = "bytes",
     .doc = "Greatest part of a file that one map reads; a block otherwise.",
     .min = 1}};

inline constexpr Option<ByteSize> kSplitMinSize{
    {.name = "mapreduce.input.fileinputformat.split.minsize",
     .default_text = "1",
     .unit = "bytes",
     .doc = "Smallest part of a file that one map reads; greater than a block makes bigger splits.",
     .min = 0}};

inline constexpr Option<std::string> kLocalDir{
    {.name = "tusk.local.dir",
     .default_text = "/tmp",
     .unit = "",
     .doc = "Directory for the temporary files of --local runs."}};

inline constexpr Option<int64_t> kLocalThreads{
    {.name = "tusk.local.threads",
     .default_text = "0",
     .unit = "threads",
     .doc = "Tasks that --local runs at once; 0 means one for each core.",
     .stability = Stability::kEvolving,
     .min = 0,
     .max = 1024}};

/// All of the above.
std::span<const OptionBase* const> JobOptions();

}  // namespace tusk::mapreduce

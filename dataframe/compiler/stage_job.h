#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.h"
#include "dataframe/compiler/stage.h"
#include "mapreduce/api/job_builder.h"

namespace tusk::df {

/// What the job of a stage is told besides the stage.
struct StageJobOptions {
  /// A directory that does not exist yet.
  std::string output_path;
  /// Bytes that the operators of one task may hold (tusk.sql.task-memory).
  int64_t task_memory = int64_t{256} << 20;
  /// Bytes of input that one map shall have, where files can be cut so.
  uint64_t split_bytes = uint64_t{64} << 20;
  /// Each task counts what the nodes of its plan do (node_report.h).
  bool count_nodes = false;
  /// Where each reduce keeps the groups that it has merged (compiler/group_store.h); empty:
  /// nowhere.
  std::string keep_groups;
  /// Bytes of groups beyond which a reduce does not.
  int64_t keep_groups_limit = 0;
};

/// The MapReduce job that runs `stage`: each map runs an input's fragment over one split of its
/// driving leaf; rows travel as batches, unsorted, spread by the hash of their keys; each reduce
/// runs the reduce fragment; the output is a table of one file for each task. The stage itself
/// travels as a parameter of the job.
///
/// Counters of the group "Dataframe": bytes of input, rows read, bytes spilled.
mapreduce::Job MakeStageJob(const Stage& stage, const StageJobOptions& options);

/// Names of the counters.
inline constexpr const char* kCounterGroup = "Dataframe";
inline constexpr const char* kBytesReadCounter = "Bytes of input";
inline constexpr const char* kRowsReadCounter = "Rows read";
inline constexpr const char* kSpilledBytesCounter = "Spilled bytes";

}  // namespace tusk::df

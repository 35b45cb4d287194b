#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataframe/compiler/node_report.h"
#include "dataframe/compiler/stage.h"

namespace tusk::df {

/// What one stage of a query did.
struct StageReport {
  Stage stage;
  std::string fingerprint;
  /// Its output was there already: nothing was run.
  bool reused = false;
  /// "job_...", or "job_local_..."; empty when reused.
  std::string job;
  double seconds = 0;
  uint32_t maps = 0;
  uint32_t reduces = 0;
  /// Of input files and of stages.
  int64_t bytes_read = 0;
  /// Input files that were not read since the groups over them were kept, out of how many; their
  /// bytes, and those of the groups that were read instead.
  size_t spared_files = 0;
  size_t input_files = 0;
  uint64_t spared_bytes = 0;
  uint64_t kept_bytes = 0;
  int64_t shuffled_bytes = 0;
  int64_t spilled_bytes = 0;
  /// The greatest of its tasks.
  int64_t peak_memory = 0;
  /// Of the output.
  int64_t rows = 0;
  uint64_t bytes = 0;
  /// What each node did; only when nodes were counted.
  StageNodes nodes;
};

/// What a query did, stage by stage, in the order in which they ended.
struct QueryTrace {
  std::vector<StageReport> stages;
};

/// The table of stages for people: a line each, and the sums.
std::string TraceText(const QueryTrace& trace);

/// The same with the plans of each stage below its line, and behind each node what it did.
std::string AnalyzedText(const QueryTrace& trace);

}  // namespace tusk::df

#pragma once

#include <cstdint>
#include <string>

#include "mapreduce/proto/job_client.pb.h"

namespace tusk::mapreduce {

/// Shows on stderr how a job goes: nothing for the first second; then on a terminal one line,
/// redrawn in place; elsewhere Hadoop's " map 40% reduce 0%" lines, one a change, which scripts
/// look for. One thread.
class JobProgress {
 public:
  JobProgress();

  /// The state of the job now, `elapsed_ms` after its start.
  void Show(const proto::JobStatusProto& status, int64_t elapsed_ms);
  /// Clears the line, so that something else can be printed.
  void End();

 private:
  const bool terminal_;
  bool drawn_ = false;
  std::string last_;
};

/// " map 40% reduce 0%".
std::string HadoopProgressLine(const proto::JobStatusProto& status);
/// " word count  [=====>      ]  61 %  38+4/64 maps  0+0/2 reduces  2.5e+06 records/s  3.2 s". The
/// rate is that of the maps' input since the start, as long as maps run.
std::string TerminalProgressLine(const proto::JobStatusProto& status, int64_t elapsed_ms);

}  // namespace tusk::mapreduce

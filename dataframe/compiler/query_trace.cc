#include "dataframe/compiler/query_trace.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/base/quantity_text.h"
#include "dataframe/compiler/stage_text.h"

namespace tusk::df {
namespace {

/// What was kept of an earlier run.
std::string SparedText(const StageReport& report) {
  if (report.spared_files == 0) return std::string();
  return fmt::format("; {} of {} reused ({}, of which {} of groups were kept)", report.spared_files,
                     CountText(static_cast<int64_t>(report.input_files), "file"),
                     BytesText(static_cast<int64_t>(report.spared_bytes)),
                     BytesText(static_cast<int64_t>(report.kept_bytes)));
}

std::string LineOf(const StageReport& report, size_t number) {
  std::string line =
      fmt::format("stage {}: {}: {}, {}", number, report.stage.title, CountText(report.rows, "row"),
                  BytesText(static_cast<int64_t>(report.bytes)));
  if (report.reused) return line + "; reused\n";
  return line +
         fmt::format("; {:.3f} s, {}, {}, read {}, shuffled {}, spilled {}, peak {} a task{}\n",
                     report.seconds, CountText(report.maps, "map"),
                     CountText(report.reduces, "reduce"), BytesText(report.bytes_read),
                     BytesText(report.shuffled_bytes), BytesText(report.spilled_bytes),
                     BytesText(report.peak_memory), SparedText(report));
}

std::string SumsOf(const QueryTrace& trace) {
  int64_t bytes = 0;
  int64_t reused = 0;
  for (const StageReport& report : trace.stages) {
    bytes += static_cast<int64_t>(report.bytes);
    reused += report.reused ? 1 : 0;
  }
  return fmt::format("{}, {} reused, {} of intermediates and results on disk\n",
                     CountText(static_cast<int64_t>(trace.stages.size()) - reused, "job"),
                     CountText(reused, "stage"), BytesText(bytes));
}

}  // namespace

std::string TraceText(const QueryTrace& trace) {
  std::string text;
  for (size_t i = 0; i < trace.stages.size(); ++i) text += LineOf(trace.stages[i], i + 1);
  return text + SumsOf(trace);
}

std::string AnalyzedText(const QueryTrace& trace) {
  std::string text;
  for (size_t i = 0; i < trace.stages.size(); ++i) {
    const StageReport& report = trace.stages[i];
    text += LineOf(report, i + 1) + FragmentsText(report.stage, &report.nodes);
  }
  return text + SumsOf(trace);
}

}  // namespace tusk::df

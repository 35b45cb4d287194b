#include "dataframe/compiler/query_trace.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/base/quantity_text.h"

namespace tusk::df {

std::string TraceText(const QueryTrace& trace) {
  std::string text;
  int64_t bytes = 0;
  size_t jobs = 0;
  for (size_t i = 0; i < trace.stages.size(); ++i) {
    const StageReport& report = trace.stages[i];
    bytes += static_cast<int64_t>(report.bytes);
    text +=
        fmt::format("stage {}: {}: {}, {}", i + 1, report.stage.title,
                    CountText(report.rows, "row"), BytesText(static_cast<int64_t>(report.bytes)));
    if (report.reused) {
      text += "; reused\n";
      continue;
    }
    ++jobs;
    text += fmt::format("; {:.3f} s, {}, {}, read {}, shuffled {}, spilled {}, peak {} a task\n",
                        report.seconds, CountText(report.maps, "map"),
                        CountText(report.reduces, "reduce"), BytesText(report.bytes_read),
                        BytesText(report.shuffled_bytes), BytesText(report.spilled_bytes),
                        BytesText(report.peak_memory));
  }
  text += fmt::format("{}, {} reused, {} of intermediates and results on disk\n",
                      CountText(static_cast<int64_t>(jobs), "job"),
                      CountText(static_cast<int64_t>(trace.stages.size() - jobs), "stage"),
                      BytesText(bytes));
  return text;
}

}  // namespace tusk::df

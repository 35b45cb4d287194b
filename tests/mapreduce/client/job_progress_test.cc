#include "mapreduce/client/job_progress.h"

#include <gtest/gtest.h>

#include "mapreduce/model/job_codec.h"
#include "mapreduce/model/task_state.h"

namespace tusk::mapreduce {
namespace {

proto::JobStatusProto Example(float maps, float reduces, uint32_t reduce_tasks) {
  proto::JobStatusProto status;
  status.set_name("word count");
  status.mutable_maps()->set_total(64);
  status.mutable_maps()->set_succeeded(38);
  status.mutable_maps()->set_running(4);
  status.mutable_maps()->set_progress(maps);
  status.mutable_reduces()->set_total(reduce_tasks);
  status.mutable_reduces()->set_progress(reduces);
  return status;
}

TEST(JobProgress, HadoopsLineIsWhatScriptsLookFor) {
  EXPECT_EQ(HadoopProgressLine(Example(0.4F, 0, 2)), " map 40% reduce 0%");
  EXPECT_EQ(HadoopProgressLine(Example(1, 1, 2)), " map 100% reduce 100%");
  EXPECT_EQ(HadoopProgressLine(Example(0.999F, 0, 2)), " map 99% reduce 0%");
}

TEST(JobProgress, TheLineOfATerminal) {
  EXPECT_EQ(TerminalProgressLine(Example(0.5F, 0, 2), 3210),
            " word count  [=====>                ]  25 %  38+4/64 maps  0+0/2 reduces  3.2 s");
  EXPECT_EQ(TerminalProgressLine(Example(1, 0, 0), 100),
            " word count  [======================] 100 %  38+4/64 maps  0.1 s");
  proto::JobStatusProto failing = Example(0, 0, 0);
  failing.mutable_maps()->set_failed_attempts(3);
  EXPECT_NE(TerminalProgressLine(failing, 0).find("  3 failed attempts"), std::string::npos);
}

TEST(JobProgress, TheRateIsShownWhileMapsRun) {
  proto::JobStatusProto status = Example(0.5F, 0, 2);
  Counters counters;
  counters.Set(BuiltinCounter::kMapInputRecords, 5'000'000);
  ToProto(counters, status.mutable_counters());
  EXPECT_NE(TerminalProgressLine(status, 2000).find("  2.5e+06 records/s  2.0 s"),
            std::string::npos);
  EXPECT_EQ(TerminalProgressLine(status, 0).find("records/s"), std::string::npos);
  status.mutable_maps()->set_succeeded(status.maps().total());
  EXPECT_EQ(TerminalProgressLine(status, 2000).find("records/s"), std::string::npos);
}

TEST(JobProgress, NonsenseDrawsABarAllTheSame) {
  for (const float value : {-1.0F, 7.0F}) {
    const std::string line = TerminalProgressLine(Example(value, value, 1), 0);
    EXPECT_EQ(line.find(']') - line.find('['), 23U);
  }
}

}  // namespace
}  // namespace tusk::mapreduce

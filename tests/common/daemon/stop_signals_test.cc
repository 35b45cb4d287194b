#include "common/daemon/stop_signals.h"

#include <gtest/gtest.h>

#include "tests/common/daemon/child.h"
#include "tests/support/eventually.h"
#include "tests/support/temp_dir.h"

namespace tusk {
namespace {

constexpr int kForced = 66;

void Say(const char* text) {
  std::puts(text);
  std::fflush(stdout);
}

// Waits for a stop and then hangs, as a daemon that cannot end does.
int HangInStop(std::chrono::seconds grace) {
  StopSignals signals(grace, kForced);
  Say("ready");
  signals.Wait();
  Say("stopping");
  for (;;) pause();
}

TEST(StopSignalsTest, TheFirstSignalEndsTheWaitAndTheSecondTheProcess) {
  for (const int signal : {SIGTERM, SIGINT}) {
    TempDir dir;
    Child child(dir.path(), [] { return HangInStop(std::chrono::seconds(1000)); });
    ASSERT_TRUE(Eventually([&] { return child.out() == "ready\n"; }));
    child.Send(SIGHUP);
    child.Send(SIGPIPE);
    child.Send(signal);
    ASSERT_TRUE(Eventually([&] { return child.out() == "ready\nstopping\n"; }));
    child.Send(signal);
    EXPECT_EQ(child.Wait(), kForced);
    EXPECT_NE(child.err().find("by force"), std::string::npos);
  }
}

TEST(StopSignalsTest, AStopThatTakesTooLongIsForced) {
  TempDir dir;
  Child child(dir.path(), [] { return HangInStop(std::chrono::seconds(1)); });
  ASSERT_TRUE(Eventually([&] { return child.out() == "ready\n"; }));
  child.Send(SIGTERM);
  EXPECT_EQ(child.Wait(), kForced);
}

TEST(StopSignalsTest, ASignalBeforeTheWaitIsNotLost) {
  TempDir dir;
  Child child(dir.path(), [] {
    StopSignals signals(std::chrono::seconds(1000), kForced);
    if (signals.WaitFor(std::chrono::milliseconds(1))) return 1;
    raise(SIGTERM);
    if (!signals.WaitFor(std::chrono::seconds(1000))) return 2;
    signals.Wait();
    return 3;
  });
  EXPECT_EQ(child.Wait(), 3);
}

TEST(StopSignalsTest, TheEndTakesEverythingBack) {
  TempDir dir;
  Child child(dir.path(), [] {
    {
      StopSignals signals(std::chrono::seconds(1), kForced);
      raise(SIGTERM);
      signals.Wait();
    }
    raise(SIGTERM);
    return 4;
  });
  EXPECT_EQ(child.Wait(), 128 + SIGTERM);
}

}  // namespace
}  // namespace tusk

#include <gtest/gtest.h>

#include <csignal>

int main(int argc, char** argv) {
  // A peer that closes its end must show as an error of the write, never as a signal.
  std::signal(SIGPIPE, SIG_IGN);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

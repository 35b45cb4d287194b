#include "cli/daemon_process.h"

#include <gtest/gtest.h>

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

#include "common/base/scope_exit.h"
#include "tests/support/eventually.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A shell that plays a daemon.
Result<StartedDaemon> Shell(const TempDir& dir, const std::string& script,
                            const std::vector<std::string>& arguments = {}) {
  std::vector<std::string> words = {"-c", script, "sh"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return StartedDaemon::Spawn("actor", "/bin/sh", words, dir / "stderr");
}

std::vector<StartedDaemon> One(StartedDaemon daemon) {
  std::vector<StartedDaemon> daemons;
  daemons.push_back(std::move(daemon));
  return daemons;
}

TEST(DaemonProcess, ReadyLineEndsTheWait) {
  const TempDir dir;
  ASSERT_OK_AND_ASSIGN(StartedDaemon daemon,
                       Shell(dir, "echo loading; echo ready actor pid=$$; exec cat <&0 >&0"));
  const pid_t pid = daemon.pid();
  auto daemons = One(std::move(daemon));
  EXPECT_OK(WaitReady(daemons, seconds(60)));
  EXPECT_TRUE(daemons[0].ready());
  EXPECT_EQ(StopProcesses({pid}, seconds(60)), std::vector<pid_t>());
}

TEST(DaemonProcess, AnEndBeforeTheReadyLineTellsTheLastWords) {
  const TempDir dir;
  std::ofstream(dir / "stderr") << "words of an earlier run\n";
  ASSERT_OK_AND_ASSIGN(StartedDaemon silent, Shell(dir, "exit 5"));
  auto daemons = One(std::move(silent));
  EXPECT_EQ(WaitReady(daemons, seconds(60)).message(),
            "actor did not start (exit status 5): it said nothing");
  ASSERT_OK_AND_ASSIGN(StartedDaemon talker,
                       Shell(dir, "echo first >&2; echo 'actor: disk is full' >&2; kill -9 $$"));
  daemons = One(std::move(talker));
  EXPECT_EQ(WaitReady(daemons, seconds(60)).message(),
            "actor did not start (signal 9): actor: disk is full");
}

TEST(DaemonProcess, PatienceEnds) {
  const TempDir dir;
  ASSERT_OK_AND_ASSIGN(StartedDaemon daemon, Shell(dir, "read forever < " + (dir / "fifo") +
                                                            " || while :; do sleep 1000; done"));
  const pid_t pid = daemon.pid();
  auto daemons = One(std::move(daemon));
  EXPECT_THAT(WaitReady(daemons, milliseconds(20)),
              StatusIs(StatusCode::kDeadlineExceeded, "actor"));
  kill(-pid, SIGKILL);
}

TEST(DaemonProcess, OneThatDoesNotStopIsKilled) {
  const TempDir dir;
  ASSERT_OK_AND_ASSIGN(StartedDaemon daemon,
                       Shell(dir, "trap '' TERM; echo ready actor; while :; do sleep 0.01; done"));
  const pid_t pid = daemon.pid();
  auto daemons = One(std::move(daemon));
  ASSERT_OK(WaitReady(daemons, seconds(60)));
  EXPECT_EQ(StopProcesses({pid}, milliseconds(50)), std::vector<pid_t>{pid});
}

TEST(DaemonProcess, IsFoundByPidFileAndCommandLine) {
  const TempDir dir;
  const std::string pid_file = dir / "actor.pid";
  EXPECT_EQ(RunningDaemon(pid_file), std::nullopt);
  std::ofstream(pid_file) << "garbage";
  EXPECT_EQ(RunningDaemon(pid_file), std::nullopt);
  // This process runs, but is none that was started with the file.
  std::ofstream(pid_file) << getpid() << "\n";
  EXPECT_EQ(RunningDaemon(pid_file), std::nullopt);
  ASSERT_OK_AND_ASSIGN(
      StartedDaemon daemon,
      Shell(dir, "echo ready actor; while :; do sleep 0.01; done", {"--pid-file", pid_file}));
  const pid_t pid = daemon.pid();
  auto daemons = One(std::move(daemon));
  ASSERT_OK(WaitReady(daemons, seconds(60)));
  std::ofstream(pid_file) << pid << "\n";
  EXPECT_EQ(RunningDaemon(pid_file), pid);
  EXPECT_EQ(StopProcesses({pid}, seconds(60)), std::vector<pid_t>());
  EXPECT_EQ(RunningDaemon(pid_file), std::nullopt);
}

TEST(DaemonProcess, PortsInUseAreSeen) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const ScopeExit close_fd([fd] { close(fd); });
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(listen(fd, 1), 0);
  ASSERT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length), 0);
  EXPECT_FALSE(PortIsFree(ntohs(address.sin_port)));
}

}  // namespace
}  // namespace tusk::cli

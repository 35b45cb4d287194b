#include "mapreduce/tasktracker/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/support/eventually.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce::tasktracker {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Shell scripts as children.
class ChildProcessTest : public ::testing::Test {
 protected:
  ChildSpec Shell(const std::string& script) const {
    ChildSpec spec;
    spec.program = "/bin/sh";
    spec.arguments = {"-c", script};
    spec.environment = {{"PATH", "/usr/bin:/bin"}, {"ONLY", "this"}};
    spec.directory = directory_.path();
    spec.output_file = directory_ / "log";
    return spec;
  }
  std::string Run(const std::string& script) const {
    const Result<pid_t> pid = StartChild(Shell(script));
    EXPECT_OK(pid);
    return pid.ok() ? WaitForChild(*pid) : "";
  }
  std::string Log() const {
    std::ifstream in(directory_ / "log");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

  const TempDir directory_;
};

TEST_F(ChildProcessTest, EndsAreToldInWords) {
  EXPECT_EQ(Run("true"), "exited with status 0");
  EXPECT_EQ(Run("exit 3"), "exited with status 3");
  EXPECT_EQ(Run("kill -SEGV $$"), "was ended by signal 11 (Segmentation fault)");
}

TEST_F(ChildProcessTest, HasItsOwnEnvironmentDirectoryAndLog) {
  ::setenv("TUSK_TEST_INHERITED", "secret", 1);
  Run("env; pwd; echo to stderr >&2; cat");
  const std::string log = Log();
  EXPECT_THAT(log, HasSubstr("ONLY=this\n"));
  EXPECT_THAT(log, Not(HasSubstr("secret")));
  EXPECT_THAT(log, HasSubstr(directory_.path() + "\n"));
  EXPECT_THAT(log, HasSubstr("to stderr\n"));
  Run("echo again");
  EXPECT_THAT(Log(), HasSubstr(log + "again\n"));
}

TEST_F(ChildProcessTest, GetsNoDescriptorOfOurs) {
  std::ifstream open_here("/proc/self/status");
  Run("ls -l /proc/self/fd");
  EXPECT_THAT(Log(), Not(HasSubstr("/status")));
}

TEST_F(ChildProcessTest, KillEndsWhatItStartedToo) {
  ASSERT_OK_AND_ASSIGN(const pid_t pid,
                       StartChild(Shell("sh -c 'echo $$ >inner; read x </dev/tty || sleep 1000'")));
  const auto inner = [this] {
    long number = 0;
    std::ifstream(directory_ / "inner") >> number;
    return static_cast<pid_t>(number);
  };
  ASSERT_TRUE(Eventually([&] { return inner() != 0; }));
  EXPECT_TRUE(ChildIsRunning(pid));
  KillChildGroup(pid);
  EXPECT_EQ(WaitForChild(pid), "was ended by signal 9 (Killed)");
  EXPECT_TRUE(Eventually([&] {
    std::ifstream stat("/proc/" + std::to_string(inner()) + "/stat");
    std::string words;
    std::getline(stat, words);
    return words.empty() || words.find(") Z ") != std::string::npos;
  }));
}

TEST_F(ChildProcessTest, AProgramThatIsNotThereIsAnError) {
  ChildSpec spec = Shell("");
  spec.program = directory_ / "none";
  EXPECT_THAT(StartChild(spec), StatusIs(StatusCode::kNotFound));
}

}  // namespace
}  // namespace tusk::mapreduce::tasktracker

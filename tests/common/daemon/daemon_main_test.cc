#include "common/daemon/daemon_main.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "common/config/config.h"
#include "common/log/logger.h"
#include "tests/common/daemon/child.h"
#include "tests/support/eventually.h"
#include "tests/support/temp_dir.h"

namespace tusk {
namespace {

inline constexpr Option<std::string> kMode{
    {.name = "tusk.testd.mode", .default_text = "good", .doc = "How it behaves."}};
inline constexpr Option<std::string> kAddress{
    {.name = "tusk.testd.address", .default_text = "127.0.0.1:7", .doc = "What it says."}};
inline constexpr Option<int64_t> kCount{
    {.name = "tusk.testd.count", .default_text = "1", .unit = "things", .doc = "A number."}};
constexpr const OptionBase* kOptions[] = {&kMode, &kAddress, &kCount};

// Serves nothing; does what its mode says.
class TestService : public Service {
 public:
  TestService(std::string mode, std::string address)
      : mode_(std::move(mode)), address_(std::move(address)) {}
  ~TestService() override { std::puts("destroyed"); }

  Status Start() override {
    LOG_INFO("testd", "start is called");
    if (mode_ == "start-fails") return Status(StatusCode::kIoError, "the disk is gone");
    if (mode_ == "start-throws") throw std::runtime_error("thrown");
    return Status();
  }
  void Stop() override {
    std::puts("stop");
    std::fflush(stdout);
    while (mode_ == "hangs") pause();
  }
  std::vector<std::pair<std::string, std::string>> Addresses() const override {
    return {{"rpc", address_}};
  }

 private:
  const std::string mode_;
  const std::string address_;
};

Result<std::unique_ptr<Service>> MakeTestService(const DaemonContext& context) {
  const std::string mode = context.config.Get(kMode);
  if (mode == "make-fails") return Status(StatusCode::kInvalidArgument, "cannot be made");
  if (mode == "tell") {
    std::printf("conf=%s log=%s arguments=%zu\n", context.conf_directory.c_str(),
                context.log_directory.c_str(), context.arguments.size());
  }
  return std::unique_ptr<Service>(
      std::make_unique<TestService>(mode, context.config.Get(kAddress)));
}

int RunTestDaemon(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "testd");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  DaemonSpec spec;
  spec.name = "testd";
  spec.summary = "Tests.";
  spec.options = {kOptions};
  spec.make = MakeTestService;
  spec.io_threads = 1;
  spec.max_arguments = 1;
  return DaemonMain(static_cast<int>(argv.size()), argv.data(), spec);
}

std::string LastLine(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

class DaemonMainTest : public testing::Test {
 protected:
  std::unique_ptr<Child> Start(std::vector<std::string> arguments) {
    return std::make_unique<Child>(dir_.path(), [&] { return RunTestDaemon(arguments); });
  }
  static bool Ready(const Child& child) {
    return Eventually([&] {
      return child.out().find("\nready ") != std::string::npos || child.out().starts_with("ready ");
    });
  }

  TempDir dir_;
};

TEST_F(DaemonMainTest, LivesFromReadyToTheSignal) {
  for (const int signal : {SIGTERM, SIGINT}) {
    const auto child = Start({"--pid-file", dir_ / "pid"});
    ASSERT_TRUE(Ready(*child)) << child->err();
    EXPECT_EQ(child->out(),
              "ready testd pid=" + std::to_string(child->pid()) + " rpc=127.0.0.1:7\n");
    EXPECT_TRUE(std::filesystem::exists(dir_ / "pid"));
    child->Send(SIGHUP);
    child->Send(signal);
    EXPECT_EQ(child->Wait(), 0);
    EXPECT_NE(child->out().find("stop\ndestroyed\n"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(dir_ / "pid"));
    EXPECT_EQ(child->err().find("WARNING"), std::string::npos);
  }
}

TEST_F(DaemonMainTest, EveryFailedStageHasItsStatusAndItsLastLine) {
  struct Case {
    std::vector<std::string> arguments;
    DaemonExit exit;
    std::string cause;
  };
  const std::vector<Case> cases = {
      {{"--nonsense"}, DaemonExit::kUsage, "--nonsense"},
      {{"one", "two"}, DaemonExit::kUsage, "two"},
      {{"--conf", dir_ / "none"}, DaemonExit::kConfig, "none"},
      {{"-D", "tusk.testd.mod=x"}, DaemonExit::kConfig, "tusk.testd.mode"},
      {{"-D", "tusk.testd.count=x"}, DaemonExit::kConfig, "tusk.testd.count"},
      {{"-D", "tusk.testd.mode=make-fails"}, DaemonExit::kInit, "testd: cannot be made"},
      {{"-D", "tusk.testd.mode=start-fails"}, DaemonExit::kInit, "testd: the disk is gone"},
      {{"-D", "tusk.testd.mode=start-throws"}, DaemonExit::kInit, "thrown"},
      {{"--pid-file", dir_ / "none/pid"}, DaemonExit::kInit, "none/pid"},
      {{"--log-dir", "/dev/null/x"}, DaemonExit::kInit, "/dev/null"},
  };
  for (const Case& c : cases) {
    const auto child = Start(c.arguments);
    EXPECT_EQ(child->Wait(), static_cast<int>(c.exit)) << c.cause << child->err();
    EXPECT_NE(LastLine(child->err()).find(c.cause), std::string::npos) << child->err();
    EXPECT_EQ(child->out().find("ready"), std::string::npos);
  }
}

TEST_F(DaemonMainTest, ASecondInstanceIsRefused) {
  TempDir other;
  const auto first = Start({"--pid-file", dir_ / "pid"});
  ASSERT_TRUE(Ready(*first));
  Child second(other.path(), [&] { return RunTestDaemon({"--pid-file", dir_ / "pid"}); });
  EXPECT_EQ(second.Wait(), static_cast<int>(DaemonExit::kAlreadyRunning));
  EXPECT_NE(second.err().find(std::to_string(first->pid())), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(dir_ / "pid"));
  first->Send(SIGTERM);
  EXPECT_EQ(first->Wait(), 0);
}

TEST_F(DaemonMainTest, ASecondSignalEndsAStopThatHangs) {
  const auto child = Start({"-D", "tusk.testd.mode=hangs"});
  ASSERT_TRUE(Ready(*child));
  child->Send(SIGTERM);
  ASSERT_TRUE(Eventually([&] { return child->out().find("stop\n") != std::string::npos; }));
  child->Send(SIGTERM);
  EXPECT_EQ(child->Wait(), static_cast<int>(DaemonExit::kForced));
}

TEST_F(DaemonMainTest, OpenAddressesAreWarnedOf) {
  const auto child = Start({"-D", "tusk.testd.address=0.0.0.0:8020"});
  ASSERT_TRUE(Ready(*child));
  EXPECT_NE(child->err().find("WARNING: testd rpc listens on 0.0.0.0:8020"), std::string::npos);
  child->Send(SIGTERM);
  EXPECT_EQ(child->Wait(), 0);
}

TEST_F(DaemonMainTest, TheContextTellsDirectoriesAndArguments) {
  std::filesystem::create_directory(dir_ / "conf");
  const auto child = Start({"-D", "tusk.testd.mode=tell", "--conf", dir_ / "conf/.", "--log-dir",
                            dir_ / "a/logs", "-upgrade"});
  ASSERT_TRUE(Ready(*child)) << child->err();
  EXPECT_NE(child->out().find("conf=" + dir_.path() + "/conf"), std::string::npos);
  // What it logged is there before it ends.
  EXPECT_TRUE(Eventually([&] {
    std::ifstream file(dir_ / "a/logs/testd.log");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return text.find("start is called") != std::string::npos &&
           text.find("ready testd") != std::string::npos;
  }));
  EXPECT_NE(child->out().find(" log=" + (dir_ / "a/logs") + " arguments=1\n"), std::string::npos);
  child->Send(SIGTERM);
  EXPECT_EQ(child->Wait(), 0);
  // The log is in the directory and not on stderr.
  EXPECT_EQ(child->err(), "");
  EXPECT_GT(std::filesystem::file_size(dir_ / "a/logs/testd.log"), 50u);
}

TEST_F(DaemonMainTest, HelpSaysWhatThereIs) {
  const auto child = Start({"--help"});
  EXPECT_EQ(child->Wait(), 0);
  for (const char* text : {"usage: tusk testd", "Tests.", "--pid-file", "-D NAME=VALUE"}) {
    EXPECT_NE(child->out().find(text), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace tusk

#include "common/daemon/daemon_arguments.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

TEST(DaemonArgumentsTest, GenericAndOwnOptionsInAnyOrder) {
  ASSERT_OK_AND_ASSIGN(
      const DaemonArguments arguments,
      ParseDaemonArguments({"--pid-file", "/p", "-D", "a=1", "-format", "--log-dir=/l", "--conf",
                            "/c", "-Db=2", "--log-level", "debug"},
                           1));
  EXPECT_EQ(arguments.pid_file, "/p");
  EXPECT_EQ(arguments.log_directory, "/l");
  EXPECT_EQ(arguments.log_level, LogLevel::kDebug);
  EXPECT_EQ(arguments.sources.conf_dir, "/c");
  ASSERT_EQ(arguments.sources.defines.size(), 2u);
  EXPECT_EQ(arguments.rest, std::vector<std::string>{"-format"});
  EXPECT_FALSE(arguments.help);
}

TEST(DaemonArgumentsTest, HelpIsFoundAnywhere) {
  for (const char* spelled : {"--help", "-h", "-help"}) {
    ASSERT_OK_AND_ASSIGN(const DaemonArguments arguments,
                         ParseDaemonArguments({"-D", "a=1", spelled}, 0));
    EXPECT_TRUE(arguments.help);
  }
}

TEST(DaemonArgumentsTest, MistakesAreNamed) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"--pidfile", "x"}, "--pidfile"},
      {{"--pid-filex"}, "--pid-filex"},
      {{"stray"}, "stray"},
      {{"--pid-file"}, "--pid-file needs a value"},
      {{"--log-dir="}, "--log-dir needs"},
      {{"--log-level", "loud"}, "loud"},
      {{"-D"}, "-D needs a value"},
  };
  for (const auto& [args, text] : cases) {
    EXPECT_THAT(ParseDaemonArguments(args, 0), StatusIs(StatusCode::kInvalidArgument, text));
  }
  EXPECT_THAT(ParseDaemonArguments({"-format", "more"}, 1),
              StatusIs(StatusCode::kInvalidArgument, "more"));
}

}  // namespace
}  // namespace tusk

#include "common/config/command_line.h"

#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

using Args = std::vector<std::string>;

TEST(GenericOptions, AreTakenOffTheFront) {
  Args args = {"--conf", "/c",         "-D",  "a=b=c", "-Dx=", "-conf", "f.xml",
               "-fs",    "hdfs://h:1", "-jt", "local", "-ls",  "-D",    "y=z"};
  ConfigSources sources;
  ASSERT_OK(TakeGenericOptions(args, sources));
  EXPECT_EQ(args, (Args{"-ls", "-D", "y=z"}));
  EXPECT_EQ(sources.conf_dir, "/c");
  EXPECT_EQ(sources.conf_files, Args{"f.xml"});
  EXPECT_THAT(sources.defines,
              testing::ElementsAre(testing::Pair("a", "b=c"), testing::Pair("x", ""),
                                   testing::Pair("fs.defaultFS", "hdfs://h:1"),
                                   testing::Pair("mapreduce.framework.name", "local")));
}

TEST(GenericOptions, MayStandBeforeAndAfterTheVerb) {
  Args args = {"--config=/c", "fs", "-fs", "local", "-cat", "/x"};
  ConfigSources sources;
  ASSERT_OK(TakeGenericOptions(args, sources));
  EXPECT_EQ(args.front(), "fs");
  args.erase(args.begin());
  ASSERT_OK(TakeGenericOptions(args, sources));
  EXPECT_EQ(args, (Args{"-cat", "/x"}));
  EXPECT_EQ(sources.conf_dir, "/c");
  EXPECT_THAT(sources.defines, testing::ElementsAre(testing::Pair("fs.defaultFS", "file:///")));
}

TEST(GenericOptions, ErrorsLeaveTheArguments) {
  for (const Args& args :
       {Args{"-D"}, Args{"-D", "novalue"}, Args{"-D", "=x"}, Args{"--conf"}, Args{"-fs", ""}}) {
    Args changed = args;
    ConfigSources sources;
    EXPECT_THAT(TakeGenericOptions(changed, sources),
                StatusIs(StatusCode::kInvalidArgument, args[0]));
    EXPECT_EQ(changed, args);
    EXPECT_TRUE(sources.defines.empty());
  }
}

TEST(GenericOptions, UsageNamesThemAll) {
  for (const char* option :
       {"--conf DIR", "-conf FILE", "-D NAME=VALUE", "-fs URI", "-jt HOST:PORT"}) {
    EXPECT_THAT(GenericOptionsUsage(), testing::HasSubstr(option));
  }
}

}  // namespace
}  // namespace tusk

#include "common/config/config_loader.h"

#include <cstdlib>

#include "tests/common/config/test_options.h"
#include "tests/support/memory_env.h"
#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

/// A conf directory in memory.
class ConfigLoader : public testing::Test {
 protected:
  void Write(const std::string& path, std::string_view properties) {
    ASSERT_OK(env_.MakeDirectories("/conf"));
    ASSERT_OK(env_.ReplaceFile(
        path, AsBytes(fmt::format("<configuration>\n{}</configuration>", properties))));
  }
  Result<Config> Load() { return LoadConfig(env_, TestRegistry(), sources_); }

  MemoryEnv env_;
  ConfigSources sources_;
};

constexpr std::string_view kTwo =
    "<property><name>dfs.replication</name><value>2</value></property>\n";
constexpr std::string_view kFour =
    "<property><name>dfs.replication</name><value>4</value></property>\n";

std::string OriginOf(const Config& config, std::string_view name) {
  for (const Config::Entry& entry : config.Entries()) {
    if (entry.name == name) return entry.origin;
  }
  return "";
}

TEST_F(ConfigLoader, NothingAtAllIsDefaults) {
  ASSERT_OK_AND_ASSIGN(const Config config, Load());
  EXPECT_EQ(config.Get(kReplication), 3);
  EXPECT_EQ(OriginOf(config, "dfs.replication"), "default");
}

TEST_F(ConfigLoader, Precedence) {
  Write("/conf/hdfs-site.xml", kTwo);
  sources_.environment = {{"HADOOP_CONF_DIR", "/conf"}, {"PATH", "/bin"}};
  ASSERT_OK_AND_ASSIGN(const Config from_file, Load());
  EXPECT_EQ(from_file.Get(kReplication), 2);
  EXPECT_EQ(OriginOf(from_file, "dfs.replication"), "/conf/hdfs-site.xml:2");
  Write("/more.xml", kFour);
  sources_.conf_files = {"/more.xml"};
  EXPECT_EQ(Load().value().Get(kReplication), 4);
  sources_.environment.emplace_back("TUSK_CONF_dfs_replication", "5");
  ASSERT_OK_AND_ASSIGN(const Config from_environment, Load());
  EXPECT_EQ(from_environment.Get(kReplication), 5);
  EXPECT_EQ(OriginOf(from_environment, "dfs.replication"), "environment TUSK_CONF_dfs_replication");
  sources_.defines = {{"dfs.replication", "6"}};
  ASSERT_OK_AND_ASSIGN(const Config defined, Load());
  EXPECT_EQ(defined.Get(kReplication), 6);
  EXPECT_EQ(OriginOf(defined, "dfs.replication"), "-D");
}

TEST_F(ConfigLoader, OurDirectoryVariableWinsOverHadoops) {
  sources_.environment = {{"HADOOP_CONF_DIR", "/h"}, {"TUSK_CONF_DIR", "/t"}};
  EXPECT_EQ(ConfDirOf(sources_), "/t");
  sources_.conf_dir = "/c";
  EXPECT_EQ(ConfDirOf(sources_), "/c");
  EXPECT_THAT(Load(), StatusIs(StatusCode::kNotFound, "no conf directory /c"));
}

TEST_F(ConfigLoader, FinalInAFileBeatsTheCommandLine) {
  Write("/conf/hdfs-site.xml",
        "<property><name>dfs.replication</name><value>2</value><final>true</final></property>");
  sources_.conf_dir = "/conf";
  sources_.defines = {{"dfs.replication", "6"}};
  EXPECT_EQ(Load().value().Get(kReplication), 2);
}

TEST_F(ConfigLoader, ErrorsNameTheirSource) {
  sources_.environment = {{"TUSK_CONF_dfs_replicaton", "1"}};
  EXPECT_THAT(
      Load(),
      StatusIs(
          StatusCode::kInvalidArgument,
          "TUSK_CONF_dfs_replicaton: sets no option, did you mean TUSK_CONF_dfs_replication?"));
  sources_.environment.clear();
  Write("/conf/core-site.xml",
        "\n<property><name>tusk.base.dri</name><value>/x</value></property>");
  sources_.conf_dir = "/conf";
  EXPECT_THAT(
      Load(),
      StatusIs(StatusCode::kInvalidArgument,
               "/conf/core-site.xml:3: unknown option tusk.base.dri, did you mean tusk.base.dir?"));
  Write("/conf/core-site.xml", "");
  sources_.conf_files = {"/absent.xml"};
  EXPECT_THAT(Load(), StatusIs(StatusCode::kNotFound, "/absent.xml"));
  sources_.conf_files.clear();
  sources_.defines = {{"dfs.replication", "0"}};
  EXPECT_THAT(Load(), StatusIs(StatusCode::kInvalidArgument, "-D: dfs.replication: 0 is less"));
}

TEST(ProcessEnvironment, HoldsWhatWasSet) {
  setenv("TUSK_TEST_VARIABLE", "a=b", 1);
  const auto environment = ProcessEnvironment();
  EXPECT_THAT(environment, testing::Contains(testing::Pair("TUSK_TEST_VARIABLE", "a=b")));
}

}  // namespace
}  // namespace tusk

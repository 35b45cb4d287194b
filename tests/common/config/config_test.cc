#include "common/config/config.h"

#include "tests/common/config/test_options.h"
#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

TEST(Config, DefaultsAndOverrides) {
  Config config(TestRegistry());
  EXPECT_EQ(config.Get(kReplication), 3);
  EXPECT_FALSE(config.IsSet(kReplication));
  ASSERT_OK(config.Set("dfs.replication", "2", "-D"));
  EXPECT_EQ(config.Get(kReplication), 2);
  EXPECT_TRUE(config.IsSet(kReplication));
  ASSERT_OK(config.Set("dfs.block.size", "1m", "a file"));
  EXPECT_EQ(config.Get(kBlockSize).bytes, 1u << 20);
  EXPECT_TRUE(config.Get(kSync));
}

TEST(Config, VariablesExpand) {
  Config config(TestRegistry());
  EXPECT_EQ(config.Get(kDirectory), "/var/lib/tusk/data");
  ASSERT_OK(config.Set("tusk.base.dir", "/srv/${who}/x${unknown}", "-D"));
  ASSERT_OK(config.Set("who", "me", "-D"));
  EXPECT_EQ(config.Get(kDirectory), "/srv/me/x${unknown}/data");
  EXPECT_EQ(config.GetText("who"), "me");
  EXPECT_EQ(config.GetText("nobody"), std::nullopt);
}

TEST(Config, CyclesAndBombsAreErrors) {
  Config config(TestRegistry());
  ASSERT_OK(config.Set("tusk.base.dir", "${a}", "f:1"));
  ASSERT_OK(config.Set("a", "${b}", "f:2"));
  ASSERT_OK(config.Set("b", "${a}", "f:3"));
  EXPECT_THAT(config.CheckVariables(),
              StatusIs(StatusCode::kInvalidArgument, "f:1: tusk.base.dir: variables are nested"));
  EXPECT_FALSE(config.TryGet(kBase).ok());
  Config bomb(TestRegistry());
  ASSERT_OK(bomb.Set("x0", std::string(1000, 'x'), "f"));
  for (int i = 1; i < 19; ++i) {
    ASSERT_OK(bomb.Set(fmt::format("x{}", i),
                       fmt::format("${{x{}}}${{x{}}}${{x{}}}${{x{}}}", i - 1, i - 1, i - 1, i - 1),
                       "f"));
  }
  ASSERT_OK(bomb.Set("tusk.base.dir", "${x18}", "f"));
  EXPECT_THAT(bomb.CheckVariables(), StatusIs(StatusCode::kTooLarge));
}

TEST(Config, ValuesBehindVariablesAreCheckedToo) {
  Config config(TestRegistry());
  ASSERT_OK(config.Set("dfs.replication", "${n}", "f:1"));
  ASSERT_OK(config.Set("n", "many", "f:2"));
  EXPECT_THAT(config.CheckVariables(),
              StatusIs(StatusCode::kInvalidArgument, "f:1: dfs.replication: \"many\""));
}

TEST(Config, BadValuesAndUnknownNamesAreRefused) {
  Config config(TestRegistry());
  EXPECT_THAT(config.Set("dfs.replication", "lots", "/c/hdfs-site.xml:7"),
              StatusIs(StatusCode::kInvalidArgument,
                       "/c/hdfs-site.xml:7: dfs.replication: \"lots\" is not a whole number"));
  EXPECT_THAT(config.Set("tusk.data.dri", "x", "-D"),
              StatusIs(StatusCode::kInvalidArgument,
                       "-D: unknown option tusk.data.dri, did you mean tusk.data.dir?"));
  EXPECT_OK(config.Set("dfs.some.other.thing", "x", "-D"));
  // Options of a part that this program does not link.
  EXPECT_OK(config.Set("tusk.elsewhere.thing", "x", "-D"));
}

TEST(Config, FinalStays) {
  Config config(TestRegistry());
  ASSERT_OK(config.Set("dfs.replication", "2", "f", true));
  ASSERT_OK(config.Set("dfs.replication", "5", "-D"));
  EXPECT_EQ(config.Get(kReplication), 2);
}

TEST(Config, EntriesTellOriginAndMaskSecrets) {
  Config config(TestRegistry());
  ASSERT_OK(config.Set("dfs.replication", "2", "-D"));
  ASSERT_OK(config.Set("some.Password", "hunter2", "f"));
  std::map<std::string, std::string> seen;
  for (const Config::Entry& entry : config.Entries())
    seen[entry.name] = entry.value + " from " + entry.origin;
  EXPECT_EQ(seen.size(), 6u);
  EXPECT_EQ(seen["dfs.replication"], "2 from -D");
  EXPECT_EQ(seen["dfs.blocksize"], "128m from default");
  EXPECT_EQ(seen["some.Password"], "****** from f");
  EXPECT_EQ(config.SetValues().size(), 2u);
}

}  // namespace
}  // namespace tusk

#include "common/config/option_registry.h"

#include "tests/common/config/test_options.h"
#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

TEST(OptionRegistry, FindsByNameOldNameAndVariable) {
  const OptionRegistry registry = TestRegistry();
  EXPECT_EQ(registry.Find("dfs.blocksize"), &kBlockSize);
  EXPECT_EQ(registry.Find("dfs.block.size"), &kBlockSize);
  EXPECT_EQ(registry.Find("dfs.nothing"), nullptr);
  EXPECT_EQ(EnvironmentNameOf("tusk.sync-on-close"), "TUSK_CONF_tusk_sync_on_close");
  EXPECT_EQ(registry.FindByEnvironmentName("TUSK_CONF_tusk_sync_on_close"), &kSync);
  EXPECT_EQ(registry.options().size(), 5u);
}

TEST(OptionRegistry, NearestName) {
  const OptionRegistry registry = TestRegistry();
  EXPECT_EQ(registry.Nearest("dfs.replicaton"), "dfs.replication");
  EXPECT_EQ(registry.Nearest("tusk.date.dir"), "tusk.data.dir");
  EXPECT_EQ(registry.Nearest("something.else.altogether"), "");
  EXPECT_EQ(registry.Nearest(""), "");
}

TEST(OptionRegistry, OurOwnMistakesStopTheProgram) {
  OptionRegistry registry = TestRegistry();
  const OptionBase* again[] = {&kBase};
  EXPECT_DEATH(registry.Add(again), "registered twice");
  constexpr static Option<bool> bad{{.name = "tusk.bad", .default_text = "maybe"}};
  const OptionBase* options[] = {&bad};
  EXPECT_DEATH(registry.Add(options), "default of an option");
}

TEST(ConfigurationMarkdown, OneSectionPerPartOneRowPerOption) {
  const std::string page = WriteConfigurationMarkdown(TestRegistry());
  EXPECT_THAT(page, testing::HasSubstr("\n## dfs\n"));
  EXPECT_THAT(
      page,
      testing::HasSubstr(
          "| `dfs.replication` | `3` | number | copies | Copies of each block of new files. |\n"));
  EXPECT_THAT(page, testing::HasSubstr("Older name: `dfs.block.size`."));
  EXPECT_THAT(page,
              testing::HasSubstr("Syncs \\| closes. Takes effect without a restart. (evolving) |"));
}

}  // namespace
}  // namespace tusk

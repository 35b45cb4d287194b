#include "mapreduce/model/output_manifest.h"

#include <gtest/gtest.h>

#include "common/base/random.h"
#include "tests/support/golden.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

OutputManifest Example() {
  OutputManifest manifest;
  manifest.job_uuid = "0123456789abcdef0123456789abcdef";
  manifest.tasks.push_back({"task_202611290001_0007_r_000000",
                            "attempt_202611290001_0007_r_000000_1",
                            {{"part-r-00000", 1204, 0x1a2b3c4d, 57}}});
  manifest.tasks.push_back(
      {"task_202611290001_0007_r_000001", "attempt_202611290001_0007_r_000001_0", {}});
  return manifest;
}

TEST(OutputManifest, GoldenText) {
  // The worked example of docs/formats/job_directory.md, with the hash that _SUCCESS says.
  const std::string page = ReadSourceFile("docs/formats/job_directory.md");
  const std::string text = Example().Encode();
  EXPECT_THAT(page, testing::HasSubstr(text));
  EXPECT_THAT(page, testing::HasSubstr("`" + OutputManifest::HashOf(text) + "`"));
  ASSERT_OK_AND_ASSIGN(const OutputManifest back, OutputManifest::Decode(text));
  EXPECT_EQ(back, Example());
}

TEST(OutputManifest, EveryPrefixIsRefused) {
  const std::string text = Example().Encode();
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_THAT(OutputManifest::Decode(text.substr(0, size)), StatusIs(StatusCode::kCorruption))
        << size;
  }
  EXPECT_THAT(OutputManifest::Decode(text + "x"), StatusIs(StatusCode::kCorruption, "behind"));
  EXPECT_THAT(OutputManifest::Decode(text + "\n"), StatusIs(StatusCode::kCorruption, "behind"));
}

TEST(OutputManifest, EveryFlippedByteIsRefusedOrHasAnotherHash) {
  const std::string text = Example().Encode();
  for (size_t at = 0; at < text.size(); ++at) {
    for (const int mask : {0x01, 0x10, 0x80}) {
      std::string bad = text;
      bad[at] = static_cast<char>(bad[at] ^ mask);
      const Result<OutputManifest> read = OutputManifest::Decode(bad);
      if (read.ok()) {
        EXPECT_NE(OutputManifest::HashOf(bad), OutputManifest::HashOf(text)) << at;
      }
    }
  }
}

TEST(OutputManifest, AnyTextEndsWithAStatus) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  const std::string text = Example().Encode();
  for (int round = 0; round < 5'000; ++round) {
    std::string bad = text;
    for (uint64_t change = random.Below(4); change > 0; --change) {
      const size_t at = random.Below(bad.size());
      if (random.Chance(0.5)) {
        bad.erase(at, random.Below(40));
      } else {
        bad.insert(at, random.Chance(0.5) ? "\t" : "file\n");
      }
      if (bad.empty()) break;
    }
    static_cast<void>(OutputManifest::Decode(bad));
  }
}

TEST(OutputManifest, RefusesWhatEncodeDoesNotWrite) {
  const char* const bad[] = {
      "",
      "tusk-manifest 2\njob\tu\nend\t0\t0\n",
      "tusk-manifest 1\nend\t0\t0\n",
      "tusk-manifest 1\njob\tu\nend\t1\t0\n",
      "tusk-manifest 1\njob\tu\nfile\tpart\t1\t00000000\t1\nend\t0\t1\n",
      "tusk-manifest 1\njob\tu\ntask\tt\ta\nfile\t../x\t1\t00000000\t1\nend\t1\t1\n",
      "tusk-manifest 1\njob\tu\ntask\tt\ta\nfile\tp\t-1\t00000000\t1\nend\t1\t1\n",
      "tusk-manifest 1\njob\tu\ntask\tt\ta\nfile\tp\t99999999999999999999\t0\t1\nend\t1\t1\n",
      "tusk-manifest 1\njob\tu\ntask\tt\ta\tx\nend\t1\t0\n",
      "tusk-manifest 1\njob\tu\nwhat\nend\t0\t0\n",
  };
  for (const char* text : bad) {
    EXPECT_THAT(OutputManifest::Decode(text), StatusIs(StatusCode::kCorruption)) << text;
  }
}

TEST(OutputFileName, MayNotLeaveTheDirectoryOrHide) {
  for (const char* name : {"part-r-00000", "a/b/c", "x_y", "a.b"}) {
    EXPECT_TRUE(IsOutputFileName(name)) << name;
  }
  for (const char* name :
       {"", "/a", "a/", "a//b", "..", "a/../b", ".a", "_a", "a/_b", "a\tb", "a\nb", "a\x7f"}) {
    EXPECT_FALSE(IsOutputFileName(name)) << name;
  }
  EXPECT_FALSE(IsOutputFileName(std::string(1025, 'a')));
}

}  // namespace
}  // namespace tusk::mapreduce

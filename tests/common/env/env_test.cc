// The files in memory forget what was not synced, and ReplaceFile survives that.
#include "common/env/env.h"

#include <set>

#include "tests/support/memory_env.h"
#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

TEST(MemoryEnv, LosesContentAndNamesThatWereNotSynced) {
  MemoryEnv env;
  ASSERT_OK_AND_ASSIGN(auto kept, env.OpenFile("/kept", OpenMode::kCreate));
  ASSERT_OK(kept->Append(AsBytes("durable")));
  ASSERT_OK(kept->Sync());
  ASSERT_OK(env.SyncDirectory("/"));
  ASSERT_OK(kept->Append(AsBytes(" lost")));
  ASSERT_OK_AND_ASSIGN(auto lost, env.OpenFile("/lost", OpenMode::kCreate));
  ASSERT_OK(lost->Append(AsBytes("x")));
  ASSERT_OK(lost->Sync());
  env.Crash(CrashMode::kLoseUnsynced, 1);
  ASSERT_OK_AND_ASSIGN(const std::string content, env.ReadSmallFile("/kept", 100));
  EXPECT_EQ(content, "durable");
  EXPECT_THAT(env.Stat("/lost"), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(kept->Append(AsBytes("x")), StatusIs(StatusCode::kIoError, "crashed"));
}

TEST(MemoryEnv, PrefixesAndSectorsSurviveBySeed) {
  for (const CrashMode mode : {CrashMode::kKeepPrefix, CrashMode::kKeepSectors}) {
    std::set<std::string> outcomes;
    for (uint64_t seed = 0; seed < 50; ++seed) {
      MemoryEnv env;
      ASSERT_OK_AND_ASSIGN(auto file, env.OpenFile("/f", OpenMode::kCreate));
      ASSERT_OK(file->Append(AsBytes(std::string(600, 'a'))));
      ASSERT_OK(file->Sync());
      ASSERT_OK(env.SyncDirectory("/"));
      ASSERT_OK(file->Append(AsBytes(std::string(600, 'b'))));
      ASSERT_OK(file->Append(AsBytes(std::string(600, 'c'))));
      env.Crash(mode, seed);
      ASSERT_OK_AND_ASSIGN(const std::string content, env.ReadSmallFile("/f", 10'000));
      EXPECT_EQ(content.substr(0, 600), std::string(600, 'a')) << seed;
      outcomes.insert(content);
    }
    EXPECT_GT(outcomes.size(), 5u);
  }
}

TEST(MemoryEnv, DirectoryOperationsSurviveInAnySubset) {
  std::set<std::vector<std::string>> outcomes;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    MemoryEnv env;
    for (const char* path : {"/a", "/b"}) ASSERT_OK(env.OpenFile(path, OpenMode::kCreate));
    env.Crash(CrashMode::kKeepDirectoryOps, seed);
    ASSERT_OK_AND_ASSIGN(const auto names, env.ListDirectory("/"));
    outcomes.insert(names);
  }
  EXPECT_EQ(outcomes.size(), 4u);
}

TEST(MemoryEnv, StepsFailAndCrashWhereAsked) {
  MemoryEnv env;
  std::vector<std::string> steps;
  env.SetStepHook([&steps](uint64_t, const std::string& what) {
    steps.push_back(what);
    return Status();
  });
  env.FailAt(2, Status(StatusCode::kNoSpace, "full"));
  ASSERT_OK_AND_ASSIGN(auto file, env.OpenFile("/f", OpenMode::kCreate));
  EXPECT_THAT(file->Append(AsBytes("lost")), StatusIs(StatusCode::kNoSpace));
  ASSERT_OK(file->Append(AsBytes("ok")));
  EXPECT_EQ(steps, (std::vector<std::string>{"create /f", "write /f 2"}));
  env.CrashAt(4);
  EXPECT_THAT(file->Sync(), StatusIs(StatusCode::kIoError));
  EXPECT_FALSE(env.ListDirectory("/").ok());
  env.SetCapacity(3);
  env.Crash(CrashMode::kLoseUnsynced, 1);
  ASSERT_OK_AND_ASSIGN(auto again, env.OpenFile("/f", OpenMode::kCreate));
  EXPECT_THAT(again->Append(AsBytes("1234")), StatusIs(StatusCode::kNoSpace));
}

TEST(Env, ReplaceFileIsOldOrNewAtEveryCrashPoint) {
  const auto run = [](MemoryEnv& env) {
    EXPECT_OK(env.ReplaceFile("/f", AsBytes("old")));
    return env.steps();
  };
  MemoryEnv counted;
  const uint64_t before = run(counted);
  ASSERT_OK(counted.ReplaceFile("/f", AsBytes("new content")));
  const uint64_t last = counted.steps();
  ASSERT_GE(last - before, 5u);
  for (uint64_t step = before + 1; step <= last + 1; ++step) {
    for (const CrashMode mode : kAllCrashModes) {
      for (uint64_t seed = 0; seed < 8; ++seed) {
        MemoryEnv env;
        run(env);
        env.CrashAt(step);
        const Status replaced = env.ReplaceFile("/f", AsBytes("new content"));
        EXPECT_EQ(replaced.ok(), step > last);
        env.Crash(mode, seed);
        ASSERT_OK_AND_ASSIGN(const std::string content, env.ReadSmallFile("/f", 100));
        EXPECT_TRUE(content == "new content" || (content == "old" && !replaced.ok()))
            << "step " << step << " seed " << seed << ": " << content;
      }
    }
  }
}

}  // namespace
}  // namespace tusk

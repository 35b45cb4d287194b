#include "dfs/datanode/storage/volume.h"

#include <gtest/gtest.h>

#include <functional>

#include "dfs/datanode/storage/version_file.h"
#include "dfs/datanode/storage/volume_set.h"
#include "tests/dfs/datanode/storage/stored_block.h"
#include "tests/support/golden.h"

namespace tusk::dfs::datanode {
namespace {

Result<std::unique_ptr<Volume>> OpenVolume(Env& env, const std::string& path = "/data",
                                           StorageType type = StorageType::kDisk,
                                           uint64_t reserved = 0) {
  VolumeOptions options;
  options.threads = 1;
  options.reserved_bytes = reserved;
  return Volume::Open(env, path, type, 0, options);
}

/// All names below `path`, one a line, directories with a slash.
std::string Tree(Env& env, const std::string& path, const std::string& prefix = "") {
  std::string text;
  const auto names = env.ListDirectory(path);
  EXPECT_OK(names);
  for (const std::string& name : *names) {
    const auto stat = env.Stat(path + "/" + name);
    EXPECT_OK(stat);
    const bool directory = stat->type == FileType::kDirectory;
    text += prefix + name + (directory ? "/\n" : "\n");
    if (directory) text += Tree(env, path + "/" + name, prefix + name + "/");
  }
  return text;
}

std::string Replace(std::string text, const std::string& what, const std::string& with) {
  const size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(Volume, GoldenLayout) {
  // Tree and VERSION files of docs/formats/block_file.md.
  const std::string page = ReadSourceFile("docs/formats/block_file.md");
  MemoryEnv env;
  ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(env));
  Volume& volume = store->volumes().at(0);
  for (const int64_t id : {1073741825, 1073741826, 1073741827}) {
    const Block block{BlockId(id), GenerationStamp(id - 1073740824), 0};
    const bool copied = id == 1073741827;
    ASSERT_OK_AND_ASSIGN(auto writer, store->Create(volume, block, ChecksumSpec(), copied, {}));
    if (id == 1073741825) {
      ASSERT_OK(store->Finalize(std::move(writer), false));
    }
  }
  EXPECT_THAT(page, testing::HasSubstr(Tree(env, "/data")));
  ASSERT_OK_AND_ASSIGN(const std::string storage, env.ReadSmallFile("/data/current/VERSION", 1000));
  EXPECT_THAT(page, testing::HasSubstr(Replace(storage, volume.storage_id(),
                                               "DS-37be6b9c-9f49-4a52-8a30-7e2d0f3f0f9c")));
  ASSERT_OK_AND_ASSIGN(const std::string pool,
                       env.ReadSmallFile("/data/current/BP-1-127.0.0.1-2/current/VERSION", 1000));
  EXPECT_THAT(page, testing::HasSubstr(pool));
}

TEST(Volume, LeafDirectoriesAreHdfss) {
  MemoryEnv env;
  ASSERT_OK_AND_ASSIGN(const auto volume, OpenVolume(env));
  ASSERT_OK(volume->Attach(kTestIdentity, "uuid"));
  const std::string finalized = volume->finalized_directory();
  EXPECT_EQ(volume->FinalizedDirectory(BlockId(1073741825)), finalized + "/subdir0/subdir0");
  EXPECT_EQ(volume->FinalizedDirectory(BlockId(0x0012'3456)), finalized + "/subdir18/subdir20");
  EXPECT_EQ(volume->FinalizedDirectory(BlockId(-1)), finalized + "/subdir31/subdir31");
}

TEST(Volume, IsWhatItWasAfterARestart) {
  MemoryEnv env;
  std::string storage_id;
  {
    ASSERT_OK_AND_ASSIGN(const auto volume, OpenVolume(env));
    EXPECT_EQ(volume->datanode_uuid(), "");
    ASSERT_OK(volume->Attach(kTestIdentity, "uuid"));
    ASSERT_OK(volume->Attach(kTestIdentity, "uuid"));
    storage_id = volume->storage_id();
    EXPECT_TRUE(storage_id.starts_with("DS-"));
    ASSERT_OK(env.OpenFile(volume->tmp_directory() + "/left", OpenMode::kCreate));
  }
  ASSERT_OK_AND_ASSIGN(const auto volume, OpenVolume(env));
  EXPECT_EQ(volume->datanode_uuid(), "uuid");
  ASSERT_OK(volume->Attach(kTestIdentity, "uuid"));
  EXPECT_EQ(volume->storage_id(), storage_id);
  EXPECT_TRUE(env.ListDirectory(volume->tmp_directory())->empty());
}

TEST(Volume, IsLockedWhileItIsOpen) {
  MemoryEnv env;
  ASSERT_OK_AND_ASSIGN(const auto volume, OpenVolume(env));
  EXPECT_THAT(OpenVolume(env), StatusIs(StatusCode::kFailedPrecondition));
}

TEST(Volume, BlocksOfOthersAreRefused) {
  MemoryEnv env;
  {
    ASSERT_OK_AND_ASSIGN(const auto volume, OpenVolume(env));
    ASSERT_OK(volume->Attach(kTestIdentity, "uuid"));
  }
  const auto refused = [&env](const std::function<void(NamespaceIdentity*)>& change,
                              const std::string& uuid) {
    const auto volume = OpenVolume(env);
    EXPECT_OK(volume);
    NamespaceIdentity identity = kTestIdentity;
    change(&identity);
    return (*volume)->Attach(identity, uuid);
  };
  const auto same = [](NamespaceIdentity*) {};
  EXPECT_THAT(refused([](NamespaceIdentity* i) { i->cluster_id = "CID-other"; }, "uuid"),
              StatusIs(StatusCode::kVersionMismatch, "cluster"));
  EXPECT_THAT(refused([](NamespaceIdentity* i) { i->namespace_id = 43; }, "uuid"),
              StatusIs(StatusCode::kVersionMismatch, "namespace"));
  EXPECT_THAT(refused(same, "other"), StatusIs(StatusCode::kVersionMismatch, "datanode"));
  EXPECT_OK(refused(same, "uuid"));
}

TEST(Volume, APoolIdThatIsNoNameIsRefused) {
  MemoryEnv env;
  for (const std::string& pool : {std::string(), std::string("a/b"), std::string(".."),
                                  std::string("a\0b", 3), std::string(201, 'a')}) {
    ASSERT_OK_AND_ASSIGN(const auto volume, OpenVolume(env));
    NamespaceIdentity identity = kTestIdentity;
    identity.pool_id = pool;
    EXPECT_THAT(volume->Attach(identity, "uuid"), StatusIs(StatusCode::kInvalidArgument)) << pool;
  }
  EXPECT_THAT(env.Stat("/data/current"), StatusIs(StatusCode::kNotFound));
}

TEST(Volume, ACrashWhileFormattingFormatsAgain) {
  MemoryEnv counted;
  {
    ASSERT_OK_AND_ASSIGN(const auto volume, OpenVolume(counted));
    ASSERT_OK(volume->Attach(kTestIdentity, "uuid"));
  }
  const uint64_t steps = counted.steps();
  for (uint64_t step = 1; step <= steps + 1; ++step) {
    for (const CrashMode mode : kAllCrashModes) {
      SCOPED_TRACE(fmt::format("step {} mode {}", step, static_cast<int>(mode)));
      MemoryEnv env;
      env.CrashAt(step);
      std::string storage_id;
      if (const auto volume = OpenVolume(env); volume.ok()) {
        if ((*volume)->Attach(kTestIdentity, "uuid").ok()) storage_id = (*volume)->storage_id();
      }
      env.Crash(mode, step);
      ASSERT_OK_AND_ASSIGN(const auto volume, OpenVolume(env));
      ASSERT_OK(volume->Attach(kTestIdentity, "uuid"));
      EXPECT_TRUE(storage_id.empty() || volume->storage_id() == storage_id);
    }
  }
}

TEST(Volume, RoomIsWhatTheReserveLeaves) {
  MemoryEnv env;
  env.SetCapacity(1000);
  ASSERT_OK_AND_ASSIGN(const auto volume, OpenVolume(env, "/data", StorageType::kDisk, 100));
  EXPECT_EQ(volume->capacity(), 900u);
  EXPECT_EQ(volume->remaining(), 900u);
  volume->AddUsed(400);
  EXPECT_EQ(volume->used(), 400u);
  EXPECT_EQ(volume->remaining(), 500u);
  volume->AddUsed(5000);
  EXPECT_EQ(volume->remaining(), 0u);
  volume->AddUsed(-5400);
  EXPECT_EQ(volume->used(), 0u);
  ASSERT_OK(volume->RefreshSpace());
  EXPECT_EQ(volume->remaining(), 900u);
  volume->MarkFailed(Status(StatusCode::kIoError, "test"));
  EXPECT_EQ(volume->remaining(), 0u);
}

TEST(VersionFile, IsAPropertiesFile) {
  MemoryEnv env;
  ASSERT_OK(env.ReplaceFile("/VERSION", AsBytes("#Sun Nov 29\n\na=1\r\nb=x=y\nc=")));
  ASSERT_OK_AND_ASSIGN(const VersionFile values, ReadVersionFile(env, "/VERSION"));
  EXPECT_EQ(values, (VersionFile{{"a", "1"}, {"b", "x=y"}, {"c", ""}}));
  EXPECT_EQ(*VersionValue(values, "b"), "x=y");
  EXPECT_THAT(VersionValue(values, "d"), StatusIs(StatusCode::kCorruption, "no d"));
  ASSERT_OK(WriteVersionFile(env, "/again", values));
  EXPECT_EQ(*ReadVersionFile(env, "/again"), values);
}

TEST(VersionFile, DamageAndSizeAreTold) {
  MemoryEnv env;
  EXPECT_THAT(ReadVersionFile(env, "/none"), StatusIs(StatusCode::kNotFound));
  ASSERT_OK(env.ReplaceFile("/VERSION", AsBytes("a=1\nnonsense\n")));
  EXPECT_THAT(ReadVersionFile(env, "/VERSION"), StatusIs(StatusCode::kCorruption, "nonsense"));
  ASSERT_OK(env.ReplaceFile("/VERSION", AsBytes(std::string(65'537, '#'))));
  EXPECT_THAT(ReadVersionFile(env, "/VERSION"), StatusIs(StatusCode::kTooLarge));
}

class VolumeSetTest : public testing::Test {
 protected:
  void Add(StorageType type, uint64_t used) {
    auto volume = OpenVolume(env_, "/data" + std::to_string(volumes_.size()), type);
    ASSERT_OK(volume);
    ASSERT_OK((*volume)->Attach(kTestIdentity, "uuid"));
    (*volume)->AddUsed(static_cast<int64_t>(used));
    volumes_.push_back(std::move(*volume));
  }

  MemoryEnv env_;
  std::vector<std::unique_ptr<Volume>> volumes_;
};

TEST_F(VolumeSetTest, TakesTurnsAmongThoseWithRoom) {
  env_.SetCapacity(1'000'000);
  Add(StorageType::kDisk, 0);
  Add(StorageType::kDisk, 0);
  Add(StorageType::kDisk, 950'000);  // less than a tenth of the others' room
  VolumeSet set(std::move(volumes_));
  std::map<std::string, int> chosen;
  for (int i = 0; i < 30; ++i) {
    ASSERT_OK_AND_ASSIGN(const Volume* volume, set.Choose("", StorageType::kDisk, 1000));
    ++chosen[volume->path()];
  }
  EXPECT_EQ(chosen.size(), 2u);
  EXPECT_FALSE(chosen.contains("/data2"));
}

TEST_F(VolumeSetTest, TheNamedStorageAndTheTypeComeFirst) {
  Add(StorageType::kDisk, 0);
  Add(StorageType::kSsd, 0);
  const std::string named = volumes_[0]->storage_id();
  VolumeSet set(std::move(volumes_));
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(*set.Choose("", StorageType::kSsd, 1), &set.at(1));
    EXPECT_EQ(*set.Choose(named, StorageType::kSsd, 1), &set.at(0));
    EXPECT_OK(set.Choose("DS-unknown", StorageType::kArchive, 1));
  }
  set.at(0).MarkFailed(Status(StatusCode::kIoError, "test"));
  EXPECT_EQ(set.failed(), 1u);
  EXPECT_EQ(*set.Choose(named, StorageType::kDisk, 1), &set.at(1));
}

TEST_F(VolumeSetTest, NoRoomNamesEachVolume) {
  env_.SetCapacity(1000);
  Add(StorageType::kDisk, 900);
  VolumeSet set(std::move(volumes_));
  EXPECT_THAT(set.Choose("", StorageType::kDisk, 500),
              StatusIs(StatusCode::kNoSpace, "/data0 has "));
}

}  // namespace
}  // namespace tusk::dfs::datanode

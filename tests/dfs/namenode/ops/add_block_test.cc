// A file while it is written: blocks, their ends, pipelines, appending, and who may.
#include "dfs/namenode/ops/add_block.h"

#include "dfs/namenode/ops/abandon_block.h"
#include "dfs/namenode/ops/append_file.h"
#include "dfs/namenode/ops/get_block_locations.h"
#include "dfs/namenode/ops/sync_file.h"
#include "dfs/namenode/ops/update_pipeline.h"
#include "tests/dfs/namenode/ops/file_writer.h"

namespace tusk::dfs::namenode {
namespace {

class AddBlockTest : public FileWriter {
 protected:
  uint64_t Blocks(const std::string& path) {
    const auto located = GetBlockLocations(*context_, root_, path, 0, UINT64_MAX / 2);
    EXPECT_OK(located);
    return located.ok() ? located->blocks.size() : 0;
  }
};

TEST_F(AddBlockTest, BlocksFollowEachOther) {
  ASSERT_OK(Create(root_, "/file"));
  ASSERT_OK_AND_ASSIGN(const LocatedBlock first, AddLocated("/file", {}));
  EXPECT_EQ(first.offset, 0u);
  EXPECT_EQ(first.locations.size(), 3u);
  EXPECT_EQ(first.block.block.length, 0u);
  const Block done = Written(first.block.block, 1 << 20);
  ASSERT_OK_AND_ASSIGN(const LocatedBlock second, AddLocated("/file", done));
  EXPECT_EQ(second.offset, 1u << 20);
  EXPECT_GT(second.block.block.id, done.id);
  EXPECT_GT(second.block.block.generation_stamp, done.generation_stamp);
  const Block last = Written(second.block.block, 5);
  EXPECT_TRUE(*Complete("/file", last));
  EXPECT_EQ(StatusAt("/file").length, (1u << 20) + 5);
  EXPECT_EQ(ns_->leases().open_files(), 0u);
}

TEST_F(AddBlockTest, ARepeatGetsTheSameBlock) {
  ASSERT_OK(Create(root_, "/file"));
  ASSERT_OK_AND_ASSIGN(const Block first, AddNext("/file", {}));
  EXPECT_EQ(*AddNext("/file", {}), first);
  const Block done = Written(first, 100);
  ASSERT_OK_AND_ASSIGN(const LocatedBlock second, AddLocated("/file", done));
  ASSERT_OK_AND_ASSIGN(const LocatedBlock again, AddLocated("/file", done));
  EXPECT_EQ(again.block, second.block);
  EXPECT_EQ(again.offset, second.offset);
  EXPECT_EQ(Blocks("/file"), 2u);
}

TEST_F(AddBlockTest, APreviousThatIsNotTheLastIsRefused) {
  ASSERT_OK(Create(root_, "/file"));
  ASSERT_OK_AND_ASSIGN(const Block first, AddNext("/file", {}));
  Block other = first;
  other.id = BlockId(first.id.value() + 50);
  EXPECT_THAT(AddNext("/file", other), StatusIs(StatusCode::kFailedPrecondition, "does not match"));
  other = first;
  other.generation_stamp = GenerationStamp(first.generation_stamp.value() + 1);
  EXPECT_THAT(AddNext("/file", other), StatusIs(StatusCode::kFailedPrecondition));
}

TEST_F(AddBlockTest, TheBlockBeforeMustBeThere) {
  ASSERT_OK(Create(root_, "/file"));
  ASSERT_OK_AND_ASSIGN(Block first, AddNext("/file", {}));
  first.length = 100;
  ASSERT_OK_AND_ASSIGN(Block second, AddNext("/file", first));
  second.length = 100;
  EXPECT_THAT(AddNext("/file", second), StatusIs(StatusCode::kNotReplicatedYet, "/file"));
  EXPECT_FALSE(*Complete("/file", second));
  // Two replicas make a block safe here, one is not enough (tusk.namenode.min-replicas-ack).
  cluster_.Put(0, first);
  EXPECT_THAT(AddNext("/file", second), StatusIs(StatusCode::kNotReplicatedYet));
  cluster_.Put(1, first);
  ASSERT_OK_AND_ASSIGN(Block third, AddNext("/file", second));
  third.length = 1;
  EXPECT_FALSE(*Complete("/file", third)) << "the second is nowhere";
  for (const size_t i : {0, 1}) cluster_.Put(i, second);
  EXPECT_FALSE(*Complete("/file", third)) << "the third is nowhere";
  for (const size_t i : {1, 2}) cluster_.Put(i, third);
  EXPECT_TRUE(*Complete("/file", third));
  EXPECT_TRUE(*Complete("/file", third)) << "the answer was lost";
  EXPECT_EQ(StatusAt("/file").length, 201u);
}

TEST_F(AddBlockTest, OnlyTheWriterMay) {
  ASSERT_OK(Create(root_, "/file"));
  EXPECT_THAT(AddLocated("/file", {}, "client-2"),
              StatusIs(StatusCode::kLeaseExpired, "Client (=client-2) is not the lease owner"));
  EXPECT_THAT(Complete("/file", {}, "client-2"), StatusIs(StatusCode::kLeaseExpired));
  EXPECT_THAT(AddLocated("/missing", {}),
              StatusIs(StatusCode::kNotFound, "Holder client-1 does not have any open files"));
  EXPECT_TRUE(*Complete("/file", {}));
  EXPECT_THAT(AddLocated("/file", {}), StatusIs(StatusCode::kLeaseExpired, "not open for writing"));
}

TEST_F(AddBlockTest, FilesHaveABoundOnBlocks) {
  options_.max_blocks_per_file = 1;
  ASSERT_OK(Create(root_, "/file"));
  ASSERT_OK_AND_ASSIGN(const Block first, AddNext("/file", {}));
  EXPECT_THAT(AddNext("/file", Written(first, 10)),
              StatusIs(StatusCode::kQuotaExceeded, "max-blocks-per-file"));
}

TEST_F(AddBlockTest, NoRoomIsTold) {
  for (size_t i = 0; i < 3; ++i) {
    cluster_.nodes[i].capacity = 1000;
    cluster_.Heartbeat(i);
  }
  ASSERT_OK(Create(root_, "/file"));
  EXPECT_THAT(AddNext("/file", {}), StatusIs(StatusCode::kNoSpace));
  EXPECT_EQ(Blocks("/file"), 0u);
}

TEST_F(AddBlockTest, ABlockIsGivenBack) {
  ASSERT_OK(Create(root_, "/file"));
  ASSERT_OK_AND_ASSIGN(const Block first, AddNext("/file", {}));
  const auto abandon = [this](const Block& block, const char* client) {
    return AbandonBlock(*context_, root_, "/file", kUnknownFileId, client, block).status();
  };
  EXPECT_THAT(abandon(first, "client-2"), StatusIs(StatusCode::kLeaseExpired));
  EXPECT_OK(abandon(first, kWriter));
  EXPECT_OK(abandon(first, kWriter)) << "gone already";
  EXPECT_EQ(Blocks("/file"), 0u);
  ASSERT_OK_AND_ASSIGN(const Block next, AddNext("/file", {}));
  EXPECT_NE(next.id, first.id);
  const Block done = Written(next, 10);
  ASSERT_OK(AddNext("/file", done));
  EXPECT_THAT(abandon(done, kWriter), StatusIs(StatusCode::kFailedPrecondition, "not the last"));
}

TEST_F(AddBlockTest, AppendingReopensTheLastBlock) {
  const Block block = WriteFile("/file", 1000);
  ASSERT_OK_AND_ASSIGN(const auto appended, AppendFile(*context_, root_, "/file", kWriter, false));
  ASSERT_TRUE(appended.value.last_block.has_value());
  EXPECT_EQ(appended.value.last_block->block.block, block);
  EXPECT_EQ(appended.value.last_block->locations.size(), 3u);
  EXPECT_EQ(appended.value.status.length, 1000u);
  EXPECT_FALSE(*IsFileClosed(*context_, root_, "/file"));
  EXPECT_THAT(AppendFile(*context_, root_, "/file", "client-2", false),
              StatusIs(StatusCode::kAlreadyBeingCreated));

  // The writer gets a stamp, sets its pipeline up, tells, writes and closes.
  ASSERT_OK_AND_ASSIGN(const auto renewed,
                       UpdateBlockForPipeline(*context_, root_, block, kWriter));
  Block next = renewed.value.block.block;
  EXPECT_GT(next.generation_stamp, block.generation_stamp);
  EXPECT_THAT(UpdateBlockForPipeline(*context_, root_, block, "client-2"),
              StatusIs(StatusCode::kLeaseExpired));
  std::vector<ReplicaName> pipeline;
  for (const FakeDatanode& node : cluster_.nodes)
    pipeline.push_back({node.id.uuid, node.storage.id});
  EXPECT_THAT(UpdatePipeline(*context_, root_, kWriter, block, block, pipeline),
              StatusIs(StatusCode::kFailedPrecondition, "older state"));
  Block shorter = next;
  shorter.length = 999;
  EXPECT_THAT(UpdatePipeline(*context_, root_, kWriter, block, shorter, pipeline),
              StatusIs(StatusCode::kFailedPrecondition, "older state"));
  next.length = 1000;
  ASSERT_OK(UpdatePipeline(*context_, root_, kWriter, block, next, pipeline));
  const Block final_one = Written(next, 1500);
  EXPECT_TRUE(*Complete("/file", final_one));
  EXPECT_EQ(StatusAt("/file").length, 1500u);
}

TEST_F(AddBlockTest, AppendingNeedsWriteAndAFile) {
  WriteFile("/file", 10);
  SetAttributesOf("/file", 0644, "alice", "users");
  MakeDirectory("/directory");
  EXPECT_THAT(AppendFile(*context_, bob_, "/file", kWriter, false),
              StatusIs(StatusCode::kPermissionDenied, "user=bob, access=WRITE"));
  EXPECT_THAT(AppendFile(*context_, root_, "/directory", kWriter, false),
              StatusIs(StatusCode::kAlreadyExists));
  EXPECT_THAT(AppendFile(*context_, root_, "/missing", kWriter, false),
              StatusIs(StatusCode::kNotFound, "non-existent file /missing"));
  EXPECT_OK(AppendFile(*context_, alice_, "/file", kWriter, true));
}

TEST_F(AddBlockTest, ASyncMakesTheLengthKnown) {
  ASSERT_OK(Create(root_, "/file"));
  ASSERT_OK(AddNext("/file", {}));
  ASSERT_OK(SyncFile(*context_, root_, "/file", kUnknownFileId, kWriter, 500));
  EXPECT_EQ(StatusAt("/file").length, 500u);
  ASSERT_OK(SyncFile(*context_, root_, "/file", kUnknownFileId, kWriter, 400));
  EXPECT_EQ(StatusAt("/file").length, 500u) << "never back";
  EXPECT_THAT(SyncFile(*context_, root_, "/file", kUnknownFileId, "client-2", 600),
              StatusIs(StatusCode::kLeaseExpired));
}

TEST_F(AddBlockTest, ReadersAreToldWhereTheBytesAre) {
  const Block block = WriteFile("/file", 1000);
  SetAttributesOf("/file", 0640, "alice", "users");
  ASSERT_OK_AND_ASSIGN(const LocatedBlocks located,
                       GetBlockLocations(*context_, bob_, "/file", 10, 5));
  EXPECT_EQ(located.file_length, 1000u);
  EXPECT_FALSE(located.under_construction);
  ASSERT_EQ(located.blocks.size(), 1u);
  EXPECT_EQ(located.blocks[0].block.block, block);
  EXPECT_EQ(located.blocks[0].locations.size(), 3u);
  EXPECT_THAT(GetBlockLocations(*context_, carol_, "/file", 0, 5),
              StatusIs(StatusCode::kPermissionDenied,
                       "user=carol, access=READ, inode=\"/file\":alice:users:-rw-r-----"));
  EXPECT_THAT(GetBlockLocations(*context_, root_, "/missing", 0, 5),
              StatusIs(StatusCode::kNotFound, "File does not exist: /missing"));
  EXPECT_THAT(GetBlockLocations(*context_, root_, "/", 0, 5), StatusIs(StatusCode::kNotFound));
  ASSERT_OK_AND_ASSIGN(const LocatedBlocks beyond,
                       GetBlockLocations(*context_, root_, "/file", 5000, 5));
  EXPECT_TRUE(beyond.blocks.empty());
  EXPECT_TRUE(beyond.last_block.has_value());
}

TEST_F(AddBlockTest, SafeModeRefuses) {
  ASSERT_OK(Create(root_, "/file"));
  safe_mode_.Enter();
  EXPECT_THAT(AddNext("/file", {}), StatusIs(StatusCode::kSafeMode, "Cannot add block to /file"));
  EXPECT_THAT(Complete("/file", {}), StatusIs(StatusCode::kSafeMode));
  EXPECT_THAT(SyncFile(*context_, root_, "/file", kUnknownFileId, kWriter, 1),
              StatusIs(StatusCode::kSafeMode));
}

}  // namespace
}  // namespace tusk::dfs::namenode

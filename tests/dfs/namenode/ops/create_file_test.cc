// Creating files, and taking over those whose writer is gone.
#include "dfs/namenode/ops/create_file.h"

#include "dfs/namenode/ops/append_file.h"
#include "dfs/namenode/ops/commit_block_synchronization.h"
#include "dfs/namenode/ops/recover_lease.h"
#include "tests/dfs/namenode/ops/file_writer.h"

namespace tusk::dfs::namenode {
namespace {

using std::chrono::seconds;

class CreateFileTest : public FileWriter {
 protected:
  CreateFileRequest Request(std::string_view path, std::string_view client = kWriter) {
    CreateFileRequest request;
    request.path = path;
    request.client_name = client;
    return request;
  }
  Status Try(const Caller& who, const CreateFileRequest& request) {
    return CreateFile(*context_, who, request).status();
  }
};

TEST_F(CreateFileTest, MakesAnOpenFileOfItsCreator) {
  MakeDirectory("/top", 0775, "bob", "users");
  CreateFileRequest request = Request("/top/file");
  request.permission = 0600;
  request.replication = 2;
  request.block_size = 4 << 20;
  ASSERT_OK_AND_ASSIGN(const auto created, CreateFile(*context_, alice_, request));
  EXPECT_GT(created.txid, 0u);
  const FileStatus status = StatusAt("/top/file");
  EXPECT_EQ(status.owner, "alice");
  EXPECT_EQ(status.group, "users") << "the parent's";
  EXPECT_EQ(status.permission, 0600);
  EXPECT_EQ(status.replication, 2);
  EXPECT_EQ(status.block_size, 4u << 20);
  EXPECT_EQ(status.file_id, created.value.file_id);
  EXPECT_FALSE(*IsFileClosed(*context_, root_, "/top/file"));
  EXPECT_EQ(ns_->leases().open_files(), 1u);
}

TEST_F(CreateFileTest, WhatExistsIsInTheWayUnlessReplaced) {
  MakeFile("/file", 0644, "alice", "users");
  MakeDirectory("/directory");
  const uint64_t id = StatusAt("/file").file_id;
  CreateFileRequest request = Request("/file");
  EXPECT_THAT(Try(root_, request),
              StatusIs(StatusCode::kAlreadyExists, "/file for client 10.0.0.1 already exists"));
  request.overwrite = true;
  EXPECT_OK(Try(root_, request));
  EXPECT_NE(StatusAt("/file").file_id, id);
  request.path = "/directory";
  EXPECT_THAT(Try(root_, request), StatusIs(StatusCode::kAlreadyExists, "as a directory"));
}

TEST_F(CreateFileTest, ReplacingNeedsWriteOnTheFileAndOnTheParent) {
  MakeDirectory("/top", 0777, "alice", "users");
  MakeFile("/top/file", 0644, "alice", "users");
  CreateFileRequest request = Request("/top/file");
  request.overwrite = true;
  EXPECT_THAT(Try(bob_, request),
              StatusIs(StatusCode::kPermissionDenied,
                       "user=bob, access=WRITE, inode=\"/top/file\":alice:users:-rw-r--r--"));
  SetAttributesOf("/top/file", 0666, "alice", "users");
  SetAttributesOf("/top", 0755, "alice", "users");
  EXPECT_THAT(Try(bob_, request),
              StatusIs(StatusCode::kPermissionDenied, "inode=\"/top\":alice:users:drwxr-xr-x"));
  SetAttributesOf("/top", 0775, "alice", "users");
  EXPECT_OK(Try(bob_, request));
}

TEST_F(CreateFileTest, ParentsAreMadeIfAsked) {
  CreateFileRequest request = Request("/a/b/file");
  EXPECT_THAT(Try(root_, request), StatusIs(StatusCode::kNotFound, "/a/b"));
  request.create_parents = true;
  EXPECT_OK(Try(root_, request));
  request = Request("/a/b/file/x");
  EXPECT_THAT(Try(root_, request), StatusIs(StatusCode::kNotADirectory));
  request = Request("/new");
  request.create = false;
  request.overwrite = true;
  EXPECT_THAT(Try(root_, request), StatusIs(StatusCode::kNotFound, "non-existent /new"));
}

TEST_F(CreateFileTest, NumbersHaveBounds) {
  CreateFileRequest request = Request("/file");
  request.replication = 0;
  EXPECT_THAT(Try(root_, request), StatusIs(StatusCode::kInvalidArgument, "minimum of 1"));
  request.replication = 513;
  EXPECT_THAT(Try(root_, request), StatusIs(StatusCode::kInvalidArgument, "maximum of 512"));
  request = Request("/file");
  request.block_size = (1 << 20) - 1;
  EXPECT_THAT(Try(root_, request), StatusIs(StatusCode::kInvalidArgument, "min-block-size"));
  EXPECT_FALSE(Exists("/file"));
}

TEST_F(CreateFileTest, AnOpenFileIsItsWriters) {
  ASSERT_OK(Create(root_, "/file"));
  EXPECT_THAT(Try(root_, Request("/file", "client-2")),
              StatusIs(StatusCode::kAlreadyBeingCreated, "currently owned by client-1"));
  EXPECT_THAT(Try(root_, Request("/file", kWriter)),
              StatusIs(StatusCode::kAlreadyBeingCreated, "already the current lease holder"));
  CreateFileRequest replace = Request("/file", "client-2");
  replace.overwrite = true;
  EXPECT_OK(Try(root_, replace));
  ReaderLock lock(context_->ns.mutex());
  EXPECT_THAT(FindOpenFile(*context_, "/file", kUnknownFileId, kWriter),
              StatusIs(StatusCode::kLeaseExpired, "Client (=client-1) is not the lease owner"));
}

TEST_F(CreateFileTest, ASilentWriterLosesItsFile) {
  ASSERT_OK(Create(root_, "/file"));
  cluster_.clock.Advance(seconds(59));
  EXPECT_THAT(Try(root_, Request("/file", "client-2")), StatusIs(StatusCode::kAlreadyBeingCreated));
  ns_->leases().Renew(kWriter);
  cluster_.clock.Advance(seconds(59));
  EXPECT_THAT(Try(root_, Request("/file", "client-2")), StatusIs(StatusCode::kAlreadyBeingCreated));
  cluster_.clock.Advance(seconds(2));
  EXPECT_THAT(Try(root_, Request("/file", "client-2")), StatusIs(StatusCode::kAlreadyExists));
  EXPECT_TRUE(*IsFileClosed(*context_, root_, "/file"));
}

TEST_F(CreateFileTest, TheHardLimitClosesByItself) {
  ASSERT_OK(Create(root_, "/file"));
  cluster_.clock.Advance(seconds(1100));
  ReleaseExpiredLeases(*context_);
  EXPECT_FALSE(*IsFileClosed(*context_, root_, "/file"));
  cluster_.clock.Advance(seconds(101));
  safe_mode_.Enter();
  ReleaseExpiredLeases(*context_);
  EXPECT_FALSE(*IsFileClosed(*context_, root_, "/file")) << "not in safe mode";
  safe_mode_.Leave(false);
  ReleaseExpiredLeases(*context_);
  EXPECT_TRUE(*IsFileClosed(*context_, root_, "/file"));
  EXPECT_EQ(ns_->leases().open_files(), 0u);
}

TEST_F(CreateFileTest, RecoveryOfALeaseGoesThroughTheDatanodes) {
  ASSERT_OK(Create(root_, "/file"));
  ASSERT_OK_AND_ASSIGN(const Block block, AddNext("/file", {}));
  for (size_t i = 0; i < 3; ++i) {
    cluster_.Put(i, block, /*quiet=*/true, ReplicaState::kBeingWritten);
    cluster_.FullReport(i);
  }
  EXPECT_THAT(RecoverLease(*context_, carol_, "/file"), StatusIs(StatusCode::kPermissionDenied));
  ASSERT_OK_AND_ASSIGN(const auto started, RecoverLease(*context_, root_, "/file"));
  EXPECT_FALSE(started.value);
  // The old writer is out, and a second try does not start a second recovery.
  EXPECT_THAT(AddNext("/file", block), StatusIs(StatusCode::kLeaseExpired));
  EXPECT_THAT(Try(root_, Request("/file", "client-2")), StatusIs(StatusCode::kRecoveryInProgress));
  ASSERT_OK_AND_ASSIGN(const auto again, RecoverLease(*context_, root_, "/file"));
  EXPECT_FALSE(again.value);

  BlockSynchronization sync;
  sync.block = block;
  sync.new_stamp = GenerationStamp(block.generation_stamp.value() + 1);
  sync.new_length = 77;
  for (size_t i = 0; i < 2; ++i) {
    sync.replicas.push_back({cluster_.nodes[i].id.uuid, cluster_.nodes[i].storage.id});
  }
  ASSERT_OK(CommitBlockSynchronization(*context_, sync));
  EXPECT_TRUE(*IsFileClosed(*context_, root_, "/file"));
  EXPECT_EQ(StatusAt("/file").length, 77u);
  EXPECT_OK(CommitBlockSynchronization(*context_, sync)) << "told twice";
  ASSERT_OK_AND_ASSIGN(const auto closed, RecoverLease(*context_, root_, "/file"));
  EXPECT_TRUE(closed.value);
}

TEST_F(CreateFileTest, LeasesOfNothingAreTold) {
  MakeDirectory("/directory");
  EXPECT_THAT(RecoverLease(*context_, root_, "/missing"), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(RecoverLease(*context_, root_, "/directory"), StatusIs(StatusCode::kNotFound));
}

TEST_F(CreateFileTest, SafeModeRefuses) {
  MakeFile("/file");
  safe_mode_.Enter();
  EXPECT_THAT(Try(root_, Request("/new")),
              StatusIs(StatusCode::kSafeMode, "Cannot create file/new"));
  EXPECT_THAT(RecoverLease(*context_, root_, "/file"), StatusIs(StatusCode::kSafeMode));
  EXPECT_THAT(AppendFile(*context_, root_, "/file", kWriter, false),
              StatusIs(StatusCode::kSafeMode));
}

}  // namespace
}  // namespace tusk::dfs::namenode

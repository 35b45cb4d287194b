#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/namespace/namespace.h"
#include "dfs/namenode/namespace/permission_checker.h"
#include "dfs/namenode/ops/block_reclaimer.h"
#include "dfs/namenode/ops/create_file.h"
#include "dfs/namenode/ops/get_file_info.h"
#include "dfs/namenode/ops/make_directories.h"
#include "dfs/namenode/ops/operation.h"
#include "dfs/namenode/ops/safe_mode.h"
#include "dfs/namenode/ops/set_owner.h"
#include "dfs/namenode/ops/set_permission.h"
#include "tests/dfs/namenode/blocks/fake_cluster.h"
#include "tests/support/memory_env.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::namenode {

/// What operations work on, in memory: three datanodes that answer at once, a superuser "root", and
/// alice and bob of the group "users", carol of "staff".
class NamenodeInMemory : public testing::Test {
 protected:
  static constexpr char kWriter[] = "client-1";

  void SetUp() override {
    cluster_.Start();
    NamespaceOptions options;
    options.directory = "/name";
    options.superuser = "root";
    options.background_writers = false;
    auto opened = Namespace::Open(env_, cluster_.clock, options, [](const Status&) {});
    ASSERT_OK(opened);
    ns_ = std::move(*opened);
    ASSERT_OK(ns_->Load([](const Inode&) { return Status::Ok(); }));
    ns_->Start();
    permissions_ = std::make_unique<PermissionChecker>(ns_->names(), true);
    reclaimer_ = std::make_unique<BlockReclaimer>(*ns_, *cluster_.blocks);
    reclaimer_->Start();
    safe_mode_.Leave(true);
    context_ = std::unique_ptr<OpContext>(
        new OpContext{*ns_, *cluster_.blocks, safe_mode_, *reclaimer_, *permissions_, options_});
    root_ = Who("root", {"supergroup"}, true);
    alice_ = Who("alice", {"users"});
    bob_ = Who("bob", {"users"});
    carol_ = Who("carol", {"staff"});
  }
  void TearDown() override {
    reclaimer_->Stop();
    ns_->Stop();
  }

  Caller Who(const std::string& user, const std::vector<std::string>& groups,
             bool superuser = false) {
    auto identity = std::make_shared<Identity>();
    identity->user = user;
    identity->user_id = ns_->names().Intern(user);
    for (const std::string& group : groups) identity->groups.push_back(ns_->names().Intern(group));
    identity->superuser = superuser;
    return Caller{identity, "10.0.0.1", "", 0};
  }

  /// Makes a directory with these attributes, as root.
  void MakeDirectory(const std::string& path, uint16_t permission = 0755,
                     const std::string& owner = "root", const std::string& group = "supergroup") {
    ASSERT_OK(MakeDirectories(*context_, root_, {.path = path, .permission = permission}));
    SetAttributesOf(path, permission, owner, group);
  }
  /// Makes an empty closed file with these attributes, as root.
  void MakeFile(const std::string& path, uint16_t permission = 0644,
                const std::string& owner = "root", const std::string& group = "supergroup") {
    ASSERT_OK(Create(root_, path));
    CloseAsWriter(path);
    SetAttributesOf(path, permission, owner, group);
  }
  Result<Outcome<FileStatus>> Create(const Caller& caller, const std::string& path,
                                     bool overwrite = false) {
    CreateFileRequest request;
    request.path = path;
    request.client_name = kWriter;
    request.overwrite = overwrite;
    return CreateFile(*context_, caller, request);
  }
  /// Closes an open file without blocks.
  void CloseAsWriter(const std::string& path) {
    WriterLock lock(context_->ns.mutex());
    const Result<ResolvedPath> found = ResolveFor(*context_, path);
    ASSERT_OK(found);
    ASSERT_TRUE(found->Exists());
    Mutation mutation = NewMutation(*context_, root_, MutationKind::kComplete);
    mutation.changes.push_back(ClearWriter{found->target()->id});
    ASSERT_OK(context_->ns.Commit(mutation));
    ns_->leases().Remove(kWriter, found->target()->id);
  }
  void SetAttributesOf(const std::string& path, uint16_t permission, const std::string& owner,
                       const std::string& group) {
    ASSERT_OK(SetPermission(*context_, root_, path, permission));
    ASSERT_OK(SetOwner(*context_, root_, path, owner, group));
  }

  bool Exists(const std::string& path) {
    const auto status = GetFileInfo(*context_, root_, path);
    EXPECT_OK(status);
    return status.ok() && status->has_value();
  }
  FileStatus StatusAt(const std::string& path) {
    const auto status = GetFileInfo(*context_, root_, path);
    EXPECT_OK(status);
    EXPECT_TRUE(status->has_value()) << path;
    return status->value_or(FileStatus());
  }

  MemoryEnv env_;
  FakeCluster cluster_{OneRack(3)};
  OpsOptions options_;
  std::unique_ptr<Namespace> ns_;
  std::unique_ptr<PermissionChecker> permissions_;
  std::unique_ptr<BlockReclaimer> reclaimer_;
  SafeModeCounts counts_;
  SafeMode safe_mode_{
      {.host_name = "nn.example"}, cluster_.clock, [this] { return counts_; }, [](bool) {}};
  std::unique_ptr<OpContext> context_;
  Caller root_, alice_, bob_, carol_;
};

}  // namespace tusk::dfs::namenode

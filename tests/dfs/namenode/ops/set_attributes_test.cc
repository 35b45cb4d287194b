// chown, chgrp, chmod, touch and setrep: who may, and what is refused.
#include "dfs/namenode/ops/set_replication.h"
#include "dfs/namenode/ops/set_times.h"
#include "tests/dfs/namenode/ops/namenode_in_memory.h"

namespace tusk::dfs::namenode {
namespace {

class SetAttributesTest : public NamenodeInMemory {
 protected:
  void SetUp() override {
    NamenodeInMemory::SetUp();
    MakeFile("/file", 0640, "alice", "users");
  }
  Status Chown(const Caller& who, std::string_view user, std::string_view group) {
    return SetOwner(*context_, who, "/file", user, group).status();
  }
};

TEST_F(SetAttributesTest, OnlyTheSuperuserGivesFilesAway) {
  EXPECT_THAT(Chown(alice_, "bob", ""),
              StatusIs(StatusCode::kPermissionDenied, "alice is not a super user"));
  EXPECT_THAT(Chown(bob_, "bob", ""),
              StatusIs(StatusCode::kPermissionDenied, "user=bob is not the owner of inode=/file"));
  EXPECT_OK(Chown(alice_, "alice", "")) << "to oneself";
  EXPECT_OK(Chown(root_, "bob", ""));
  EXPECT_EQ(StatusAt("/file").owner, "bob");
  EXPECT_EQ(StatusAt("/file").group, "users");
}

TEST_F(SetAttributesTest, OwnersChooseAmongTheirGroups) {
  EXPECT_THAT(Chown(alice_, "", "staff"),
              StatusIs(StatusCode::kPermissionDenied, "User alice does not belong to staff"));
  EXPECT_THAT(Chown(alice_, "", "never heard of"), StatusIs(StatusCode::kPermissionDenied));
  EXPECT_OK(Chown(alice_, "", "users"));
  EXPECT_OK(Chown(root_, "", "staff"));
  EXPECT_EQ(StatusAt("/file").group, "staff");
}

TEST_F(SetAttributesTest, NamesAreBounded) {
  EXPECT_THAT(Chown(root_, std::string(256, 'x'), ""), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(Chown(root_, std::string_view("a\0b", 3), ""),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST_F(SetAttributesTest, OwnersAndTheSuperuserSetTheMode) {
  EXPECT_THAT(SetPermission(*context_, bob_, "/file", 0777),
              StatusIs(StatusCode::kPermissionDenied, "not the owner"));
  EXPECT_OK(SetPermission(*context_, alice_, "/file", 0000));
  EXPECT_EQ(StatusAt("/file").permission, 0);
  EXPECT_OK(SetPermission(*context_, root_, "/file", 07777));
  EXPECT_EQ(StatusAt("/file").permission, 01777) << "no setuid, no setgid";
}

TEST_F(SetAttributesTest, TimesNeedWrite) {
  EXPECT_THAT(SetTimes(*context_, bob_, "/file", 1, 2),
              StatusIs(StatusCode::kPermissionDenied,
                       "user=bob, access=WRITE, inode=\"/file\":alice:users:-rw-r-----"));
  EXPECT_OK(SetTimes(*context_, alice_, "/file", 1000, {}));
  const FileStatus first = StatusAt("/file");
  EXPECT_EQ(first.modification_ms, 1000);
  EXPECT_OK(SetTimes(*context_, alice_, "/file", {}, 2000));
  EXPECT_EQ(StatusAt("/file").modification_ms, 1000);
  EXPECT_EQ(StatusAt("/file").access_ms, 2000);
  options_.access_time_precision = std::chrono::milliseconds(0);
  EXPECT_THAT(SetTimes(*context_, alice_, "/file", {}, 3000),
              StatusIs(StatusCode::kFailedPrecondition, "Access time for hdfs is not configured"));
}

TEST_F(SetAttributesTest, ReplicationHasBounds) {
  const auto set = [this](const Caller& who, const char* path, uint32_t copies) -> Result<bool> {
    ASSIGN_OR_RETURN(const Outcome<bool> done, SetReplication(*context_, who, path, copies));
    return done.value;
  };
  EXPECT_TRUE(*set(alice_, "/file", 2));
  EXPECT_EQ(StatusAt("/file").replication, 2);
  EXPECT_TRUE(*set(alice_, "/file", 2)) << "again";
  EXPECT_THAT(set(alice_, "/file", 0), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(set(alice_, "/file", 513), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(set(alice_, "/file", 65'538), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(set(bob_, "/file", 3), StatusIs(StatusCode::kPermissionDenied));
  EXPECT_FALSE(*set(root_, "/missing", 2));
  MakeDirectory("/directory");
  EXPECT_FALSE(*set(root_, "/directory", 2));
}

TEST_F(SetAttributesTest, WhatIsMissingIsTold) {
  EXPECT_THAT(SetOwner(*context_, root_, "/no", "a", ""), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(SetPermission(*context_, root_, "/no", 0), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(SetTimes(*context_, root_, "/no", 1, 2), StatusIs(StatusCode::kNotFound, "/no"));
}

TEST_F(SetAttributesTest, SafeModeRefusesAllOfThem) {
  safe_mode_.Enter();
  EXPECT_THAT(Chown(root_, "bob", ""),
              StatusIs(StatusCode::kSafeMode, "Cannot set owner for /file"));
  EXPECT_THAT(SetPermission(*context_, root_, "/file", 0), StatusIs(StatusCode::kSafeMode));
  EXPECT_THAT(SetTimes(*context_, root_, "/file", 1, 2), StatusIs(StatusCode::kSafeMode));
  EXPECT_THAT(SetReplication(*context_, root_, "/file", 2), StatusIs(StatusCode::kSafeMode));
  safe_mode_.Leave(false);
  EXPECT_OK(Chown(root_, "bob", ""));
}

TEST_F(SetAttributesTest, WithoutPermissionsEverybodyMay) {
  const PermissionChecker off(ns_->names(), false);
  const OpContext open{*ns_, *cluster_.blocks, safe_mode_, *reclaimer_, off, options_};
  EXPECT_OK(SetPermission(open, carol_, "/file", 0777));
  EXPECT_OK(SetOwner(open, carol_, "/file", "carol", "staff"));
  EXPECT_THAT(off.CheckSuperuser(*carol_.who), StatusIs(StatusCode::kPermissionDenied));
}

TEST_F(SetAttributesTest, RefusedCallsLeaveNoNameBehind) {
  // Names are kept for ever: a user must not be able to make them up.
  const NameId before = ns_->names().Intern("first");
  for (int i = 0; i < 50; ++i) {
    EXPECT_FALSE(Chown(alice_, "", "made-up-" + std::to_string(i)).ok());
    EXPECT_FALSE(Chown(bob_, "made-up-" + std::to_string(i), "").ok());
  }
  EXPECT_EQ(ns_->names().Intern("second"), before + 1);
}

}  // namespace
}  // namespace tusk::dfs::namenode
